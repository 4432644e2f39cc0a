import Policy

/// Which ways there are to attach to what, the best first.
///
/// The order is that of the costs of a call, as `make bench` measures them; a list
/// goes to what attaches many functions at once.
enum MethodOrder {
    ///
    /// `waits` for returns: kretprobe.multi keeps 2 of a function per CPU at a time, kretprobe at
    /// least 10, and returns of further calls are missed.
    static func methods(for subject: Subject, waits: Bool) -> [AttachMethod] {
        switch subject {
        case .systemCalls(let calls):
            calls.count == 1
                ? [.fentry, .tracepoint, .kprobeMulti, .kprobe]
                : [.tracepoint, .kprobeMulti, .kprobe, .fentry]
        case .functions(let functions):
            functions.count == 1
                ? waits ? [.fentry, .kprobe, .kprobeMulti] : [.fentry, .kprobeMulti, .kprobe]
                : [.kprobeMulti, .kprobe, .fentry]
        case .tracepoint: [.tracepoint]
        case .rawTracepoint: [.rawTracepoint]
        }
    }

    /// Why a way does not fit all of these targets, whatever the kernel offers; nil where it does.
    static func obstacle(to method: AttachMethod, for subject: Subject) -> String? {
        guard method == .fentry else { return nil }
        let missing: String? =
            switch subject {
            case .systemCalls(let calls): calls.first { $0.functionID == nil }?.function
            case .functions(let functions): functions.first { $0.id == nil }?.name
            case .tracepoint, .rawTracepoint: nil
            }
        return missing.map { "the kernel's types (BTF) do not have \($0)" }
    }
}
