import CWire

/// What became of a value on its way out of the kernel.
public enum ValueStatus: Sendable, Equatable {
    /// The payload is all of it.
    case whole
    /// The payload is the beginning of it.
    case truncated
    /// The pointer was NULL; there is no payload.
    case null
    /// The memory could not be read; there is no payload.
    case fault
    /// The call failed and returned nothing there; there is no payload.
    case notWritten

    init(wire status: UInt8) throws(RecordError) {
        switch wire_status(rawValue: UInt32(status)) {
        case WIRE_STATUS_OK: self = .whole
        case WIRE_STATUS_TRUNCATED: self = .truncated
        case WIRE_STATUS_NULL: self = .null
        case WIRE_STATUS_FAULT: self = .fault
        case WIRE_STATUS_NOT_WRITTEN: self = .notWritten
        default: throw .unknownStatus(status)
        }
    }
}

/// An argument or the return value of a call: a slice of the record, checked.
public struct CallValue: Sendable, Equatable {
    /// How the payload reads.
    public let type: ValueType
    /// Whether there is a payload, and all of it.
    public let status: ValueStatus
    /// Where the payload stands in the record.
    public let payload: Range<Int>
    /// Where it was truncated, the bytes or elements that there were; 0 unknown.
    public let length: UInt32

    /// Appends the members of this value's JSON object; no braces, no label.
    @inline(__always)
    func append(from record: RawSpan, to json: inout JSONWriter) {
        switch status {
        case .whole:
            type.append(record.extracting(payload), to: &json)
        case .truncated:
            type.append(record.extracting(payload), to: &json)
            json.append(",\"truncated\":true")
            if type == .int32List, length > 0 {
                json.append(",\"orig_count\":")
                json.append(length)
            }
        case .null:
            json.append("\"error_arg\":{\"Message\":\"NULL pointer\"}")
        case .fault:
            json.append("\"error_arg\":{\"Message\":\"bad address: the memory could not be read\"}")
        case .notWritten:
            json.append("\"error_arg\":{\"Message\":\"not written: the call failed\"}")
        }
    }
}
