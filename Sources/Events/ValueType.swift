import CWire

/// How a value's payload is checked and written: the one table of types.
///
/// A new `wire_type` is one line in `init`, and a case here if its JSON is new.
public enum ValueType: Sendable, Equatable {
    /// The low bits, sign-extended: `int_arg`.
    case signed(bits: UInt8)
    /// The low bits: `uint_arg`.
    case unsigned(bits: UInt8)
    /// 64 bits, as a JSON string: `long_arg`.
    case long
    /// 64 bits, as a JSON string: `size_arg`.
    case size
    /// Text of at most `WIRE_STRING_MAX` bytes: `string_arg`.
    case string
    /// A count and that many 32-bit integers: `int32_list_arg`.
    case int32List

    init(wire type: UInt8) throws(RecordError) {
        switch wire_type(rawValue: UInt32(type)) {
        case WIRE_TYPE_INT, WIRE_TYPE_S32: self = .signed(bits: 32)
        case WIRE_TYPE_S16: self = .signed(bits: 16)
        case WIRE_TYPE_S8: self = .signed(bits: 8)
        case WIRE_TYPE_U32: self = .unsigned(bits: 32)
        case WIRE_TYPE_U16: self = .unsigned(bits: 16)
        case WIRE_TYPE_U8: self = .unsigned(bits: 8)
        case WIRE_TYPE_S64: self = .long
        case WIRE_TYPE_U64, WIRE_TYPE_SIZE: self = .size
        case WIRE_TYPE_STRING: self = .string
        case WIRE_TYPE_INT32_ARR: self = .int32List
        default: throw .unknownType(type)
        }
    }

    /// Whether these bytes can be a payload, whole or cut.
    func accepts(_ payload: RawSpan, cut: Bool) -> Bool {
        switch self {
        case .signed, .unsigned, .long, .size:
            return payload.byteCount == 8 && !cut
        case .string:
            return payload.byteCount <= Int(WIRE_STRING_MAX)
        case .int32List:
            guard payload.byteCount >= 4 else { return false }
            let count = Int(payload.load(UInt32.self, at: 0))
            return count <= Int(WIRE_INT32_ARR_MAX) && payload.byteCount == 4 + 4 * count
        }
    }

    /// Appends `"int_arg":-1` and the like, for a payload that was accepted.
    @inline(__always)
    func append(_ payload: RawSpan, to json: inout JSONWriter) {
        switch self {
        case .signed(let bits):
            let unused = 64 - Int64(bits)
            json.append("\"int_arg\":")
            json.append((payload.load(Int64.self, at: 0) &<< unused) &>> unused)
        case .unsigned(let bits):
            let unused = 64 - UInt64(bits)
            json.append("\"uint_arg\":")
            json.append((payload.load(UInt64.self, at: 0) &<< unused) &>> unused)
        case .long:
            json.append("\"long_arg\":\"")
            json.append(payload.load(Int64.self, at: 0))
            json.append("\"")
        case .size:
            json.append("\"size_arg\":\"")
            json.append(payload.load(UInt64.self, at: 0))
            json.append("\"")
        case .string:
            json.append("\"string_arg\":")
            json.append(quoted: payload)
        case .int32List:
            json.append("\"int32_list_arg\":{\"values\":[")
            var offset = 4
            while offset < payload.byteCount {
                if offset > 4 { json.append(",") }
                json.append(payload.load(Int32.self, at: offset))
                offset += 4
            }
            json.append("]}")
        }
    }
}
