import CWire

/// One record from the ring buffer, checked.
public enum Record: Sendable {
    /// A hooked function was called.
    case call(CallRecord)
    /// A process replaced its program.
    case exec(ExecRecord)
    /// A process was created.
    case fork(ForkRecord)
    /// A process ended.
    case exit(ExitRecord)

    /// Decodes whatever kind the header names.
    public init(decoding record: RawSpan) throws(RecordError) {
        let header = try RecordHeader(decoding: record)
        switch wire_kind(rawValue: UInt32(header.kind)) {
        case WIRE_KIND_CALL: self = .call(try CallRecord(decoding: record))
        case WIRE_KIND_EXEC: self = .exec(try ExecRecord(decoding: record))
        case WIRE_KIND_FORK: self = .fork(try ForkRecord(decoding: record))
        case WIRE_KIND_EXIT: self = .exit(try ExitRecord(decoding: record))
        default: throw .unknownKind(header.kind)
        }
    }
}
