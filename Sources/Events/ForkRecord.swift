import CWire

/// A process was created: `wire_fork`. The header names who called fork(2).
public struct ForkRecord: Sendable {
    /// When, and the caller.
    public let header: RecordHeader
    /// The child. Its parent is not always the caller.
    let child: ProcessTask

    /// Reads the record.
    public init(decoding record: RawSpan) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: WIRE_KIND_FORK)
        let wire = try record.read(wire_fork.self, at: 0)
        try record.requireSize(of: wire_fork.self)
        child = ProcessTask(wire.child)
    }
}
