/// The kinds of events, named as in their JSON.
public enum EventKind: String, Sendable, CaseIterable {
    /// A hooked function was called.
    case processKprobe = "process_kprobe"
    /// A tracepoint was passed.
    case processTracepoint = "process_tracepoint"
    /// A process replaced its program.
    case processExec = "process_exec"
    /// A process ended.
    case processExit = "process_exit"
}

/// What filters need to know of an event without parsing it.
public struct EventMetadata: Sendable, Equatable {
    /// The kind.
    public var kind: EventKind
    /// The policy's id; 0 where no policy asked for the event.
    public var policy: UInt32
    /// The hook's id; 0 where no hook saw it.
    public var hook: UInt32
    /// The process.
    public var pid: UInt32
    /// The process's number in its own pid namespace.
    public var namespacePID: UInt32
    /// When it happened, in nanoseconds since 1970, as the line says it.
    public var time: UInt64
    /// Where the process's binary stands in the line, escaped and without quotes; maybe empty.
    public var binary: Range<Int>
    /// The same for the function or the tracepoint's event; empty where the event is of none.
    public var function: Range<Int>
}

extension EventMetadata {
    /// Describes an event of a process, which no policy asked for.
    init(_ kind: EventKind, of process: ProcessEntry, time: UInt64, binary: Range<Int>) {
        self.init(
            kind: kind, policy: 0, hook: 0, pid: process.pid,
            namespacePID: process.task.innerPID, time: time, binary: binary, function: 0..<0)
    }
}
