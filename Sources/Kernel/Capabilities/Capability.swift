/// Something that a kernel offers to the service, or does not.
public struct Capability: Sendable, Equatable {
    /// Its name, such as `kprobe.multi`.
    public let name: String
    /// Why it is missing: what the kernel said, and what it would have to be built with.
    public let reason: String?
    /// What its absence costs, in one sentence; nil where it is there.
    public let costs: String?

    /// Whether the kernel offers it.
    public var isAvailable: Bool { reason == nil }
}

/// A way to attach programs.
public enum KernelMethod: String, Sendable, CaseIterable {
    /// Entry and return of a kernel function through a trampoline.
    case fentry
    /// Entry and return of many kernel functions at once.
    case kprobeMulti = "kprobe.multi"
    /// A breakpoint in a kernel function.
    case kprobe
    /// The tracepoints of system calls.
    case systemCallTracepoint = "tracepoint.syscalls"
    /// Every other tracepoint.
    case tracepoint
    /// A tracepoint's own arguments, before they are put into its record.
    case rawTracepoint = "raw_tp"
    /// A breakpoint in many places of a program.
    case uprobeMulti = "uprobe.multi"
    /// A breakpoint in a program.
    case uprobe
    /// A security hook.
    case lsm

    /// What its absence costs.
    var costs: String {
        switch self {
        case .fentry: "Hooks on kernel functions use kprobes, which take longer per call."
        case .kprobeMulti:
            "Policies that hook many kernel functions take longer to load and to remove."
        case .kprobe:
            "Without fentry and kprobe.multi, too, only system calls and tracepoints can be traced."
        case .systemCallTracepoint: "System calls can be traced as kernel functions only."
        case .tracepoint: "Policies with tracepoints are refused."
        case .rawTracepoint: "Policies with raw tracepoints are refused."
        case .uprobeMulti: "Hooks on many places of a program are attached one by one."
        case .uprobe: "Programs outside of the kernel cannot be traced."
        case .lsm: "Security hooks (lsmhooks) are refused."
        }
    }
}

/// Something in the kernel that makes programs able or cheap.
public enum KernelFeature: String, Sendable, CaseIterable {
    case ringBuffer = "ring_buffer"
    case taskStorage = "task_storage"
    case mappedArray = "mapped_array"
    case loop = "bpf_loop"
    case functionArgument = "func_arg"
    case attachCookie = "attach_cookie"
    case kprobeSession = "kprobe.session"
    case signal = "send_signal"
    case override = "override_return"
    case stackTrace = "stack_trace"
    case path = "d_path"
    case runStatistics = "run_statistics"
    case skippedRuns = "skipped_runs"
    case functionList = "function_list"

    /// What its absence costs.
    var costs: String {
        switch self {
        case .ringBuffer: "Nothing can be reported."
        case .taskStorage: "Arguments that are read at entry cannot be reported with the result."
        case .mappedArray: "The service cannot tell programs that it reads, and so loses time."
        case .loop: "Long lists of values make large programs, which load slowly or not at all."
        case .functionArgument: "fentry is not used: it could not read parameters by number."
        case .attachCookie: "A program serves one function, so many functions need many programs."
        case .kprobeSession: "A function's entry and return need two programs."
        case .signal: "Policies that send signals, such as Sigkill, are refused."
        case .override: "Policies that override a function's result are refused."
        case .stackTrace: "Events carry no stack traces."
        case .path: "Paths of files are put together name by name, which takes longer."
        case .runStatistics: "The runs of a policy's programs are neither counted nor timed."
        case .skippedRuns: "Runs that the kernel skipped are not counted."
        case .functionList:
            "Patterns of function names may take in functions that cannot be traced."
        }
    }
}
