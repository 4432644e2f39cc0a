import Kernel
import Lowering
import Policy

/// A program of hook.bpf.c: which one serves a subject, by which method, where in a call.
struct EntryPoint {
    /// The function in the BPF object.
    let program: String
    /// The map that the object has for its chain.
    let chain: String
    fileprivate let method: AttachMethod
    fileprivate let moment: Attempt.Moment

    init(_ subject: Subject, _ method: AttachMethod, _ moment: Attempt.Moment) {
        self.method = method
        self.moment = moment
        let isEntry = moment == .entry
        chain =
            switch method {
            case .tracepoint: "tp_chain"
            case .kprobe, .kprobeMulti: "kprobe_chain"
            case .fentry, .rawTracepoint: "raw_chain"
            }
        program =
            switch (subject, method) {
            case (.tracepoint, _): "tracepoint"
            case (.rawTracepoint, _): "raw_tracepoint"
            case (.systemCalls, .fentry): isEntry ? "syscall_fentry" : "syscall_fexit"
            case (.systemCalls, .kprobe), (.systemCalls, .kprobeMulti):
                isEntry ? "syscall_kprobe" : "syscall_kretprobe"
            case (.systemCalls, _): isEntry ? "syscall_enter" : "syscall_exit"
            case (.functions, .fentry): isEntry ? "function_fentry" : "function_fexit"
            case (.functions, _): isEntry ? "function_kprobe" : "function_kretprobe"
            }
    }
}

extension ProgramInstance {
    /// Loads the program that serves some targets of a subject; not attached.
    func load(
        _ entryPoint: EntryPoint, for subject: Subject, _ targets: Range<Int>, chain: BPFMap
    ) throws(KernelError) -> Program {
        let functionID = subject.functionID(of: targets.lowerBound)
        return try load(
            program: entryPoint.program,
            for: ProgramPlace(entryPoint.method, entryPoint.moment, functionID: functionID),
            with: [chain])
    }
}

extension ProgramPlace {
    /// What a program must be loaded for, at one target of a subject or at all of them.
    fileprivate init(_ method: AttachMethod, _ moment: Attempt.Moment, functionID: UInt32?) {
        switch (method, functionID) {
        case (.kprobeMulti, _): self = .functions
        case (.fentry, let id?): self = moment == .entry ? .entry(of: id) : .exit(of: id)
        default: self = .any
        }
    }
}

extension Subject {
    /// The BTF id of a target's function.
    fileprivate func functionID(of target: Int) -> UInt32? {
        switch self {
        case .systemCalls(let calls): calls[target].functionID
        case .functions(let functions): functions[target].id
        case .tracepoint, .rawTracepoint: nil
        }
    }
}
