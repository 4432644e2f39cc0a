import CWire

/// The last thread of a process ended: `wire_exit`.
public struct ExitRecord: Sendable {
    /// When, and which process.
    public let header: RecordHeader
    /// As in wait(2): status << 8, or the signal, and 128 where core was dumped.
    public let code: UInt32

    /// Reads the record.
    public init(decoding record: RawSpan) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: WIRE_KIND_EXIT)
        let wire = try record.read(wire_exit.self, at: 0)
        try record.requireSize(of: wire_exit.self)
        code = wire.code
    }
}
