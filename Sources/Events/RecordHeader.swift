import CWire

/// What every record begins with.
public struct RecordHeader: Sendable, Equatable {
    /// CLOCK_BOOTTIME, in nanoseconds.
    public let time: UInt64
    /// The process, in the initial pid namespace.
    public let tgid: UInt32
    /// The thread, in the initial pid namespace.
    public let tid: UInt32
    let kind: UInt16

    /// Reads the header and holds it against the bytes received.
    public init(decoding record: RawSpan) throws(RecordError) {
        let wire = try record.read(wire_header.self, at: 0)
        guard Int32(wire.version) == WIRE_VERSION else { throw .unsupportedVersion(wire.version) }
        guard Int(wire.size) == record.byteCount else {
            throw .sizeMismatch(declared: wire.size, received: record.byteCount)
        }
        time = wire.time_ns
        tgid = wire.tgid
        tid = wire.tid
        kind = wire.kind
    }

    /// Reads the header of a record that must be of this kind.
    init(decoding record: RawSpan, expecting expected: wire_kind) throws(RecordError) {
        try self.init(decoding: record)
        guard UInt32(kind) == expected.rawValue else { throw .unknownKind(kind) }
    }
}
