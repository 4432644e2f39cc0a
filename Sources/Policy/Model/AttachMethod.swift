/// A way to have the kernel run a program at a hook.
///
/// The raw value is what policies, statuses and metrics call it.
public enum AttachMethod: String, Sendable, CaseIterable {
    /// BPF trampolines at a function's entry and exit: fentry, fexit.
    case fentry
    /// One program at many functions: kprobe.multi, kretprobe.multi.
    case kprobeMulti = "kprobe.multi"
    /// A breakpoint or a call at the start of a function: kprobe, kretprobe.
    case kprobe
    /// A tracepoint of tracefs; for a system call its `sys_enter` and `sys_exit`.
    case tracepoint
    /// A tracepoint without the formatting of its fields.
    case rawTracepoint = "raw_tp"
}

/// The method that the author of a policy asks for.
public struct ChosenMethod: Sendable, Equatable {
    /// The method.
    public let method: AttachMethod
    /// A JSON Pointer to what asks for it: an option, or a hook of `fentries`.
    public let pointer: String
    /// Where that is.
    public let position: SourcePosition
}
