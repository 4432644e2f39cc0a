import CWire

/// A process was created: `wire_fork`.
public struct ForkRecord: Sendable {
    /// When, and who called fork(2).
    public let header: RecordHeader
    /// The child, whose parent is not always the caller.
    let child: ProcessTask

    /// Reads the record.
    public init(decoding record: RawSpan) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: WIRE_KIND_FORK)
        let wire = try record.read(wire_fork.self, at: 0)
        try record.requireSize(of: wire_fork.self)
        child = ProcessTask(wire.child)
    }
}
