/// What is wrong with a record's bytes.
///
/// The kernel side and this module share `wire.h`, so each of these means that
/// they disagree or that memory was damaged. Only ``unknownHook(_:)`` is
/// ordinary: the record was on its way while its policy was removed.
public enum RecordError: Error, Sendable, Equatable {
    /// The header names another `WIRE_VERSION`.
    case unsupportedVersion(UInt16)
    /// The header's size is not the number of bytes received.
    case sizeMismatch(declared: UInt32, received: Int)
    /// Something that the record announces runs over its end.
    case truncated(needed: Int, at: Int, available: Int)
    /// Bytes are left after the last thing that the record announces.
    case trailingBytes(Int)
    /// The header's kind is none that this version knows, or not the one asked for.
    case unknownKind(UInt16)
    /// A value's type is none of `wire_type`.
    case unknownType(UInt8)
    /// A value's status is none of `wire_status`.
    case unknownStatus(UInt8)
    /// A value's position is neither an argument's nor the return value's.
    case unknownPosition(UInt8)
    /// Two values claim the same position.
    case repeatedPosition(UInt8)
    /// What became of a call's actions is none of `wire_enforcement`.
    case unknownEnforcement(UInt8)
    /// A payload that its type and status cannot have.
    case badPayload(type: UInt8, status: UInt8, size: UInt32)
    /// A value's room that does not hold its payload, or is no multiple of 8.
    case badRoom(size: UInt32, room: UInt32)
    /// A text slice that reaches outside the record's text.
    case textOutOfBounds(offset: UInt32, length: UInt32)
    /// A call of a hook that the encoder does not have.
    case unknownHook(UInt32)
    /// A call of a target that the hook does not have.
    case unknownTarget(hook: UInt32, target: Int)
    /// A call that a selector took which the hook does not have.
    case unknownSelector(hook: UInt32, selector: Int)
}

extension RecordError: CustomStringConvertible {
    /// One sentence for a log line.
    public var description: String {
        switch self {
        case .unsupportedVersion(let version):
            "the record has wire version \(version), which this build does not read"
        case .sizeMismatch(let declared, let received):
            "the record says it has \(declared) bytes, received \(received)"
        case .truncated(let needed, let offset, let available):
            "the record needs \(needed) bytes at \(offset) and has \(available) in all"
        case .trailingBytes(let count): "the record has \(count) bytes after its last value"
        case .unknownKind(let kind): "the record is of kind \(kind)"
        case .unknownType(let type): "a value is of type \(type)"
        case .unknownStatus(let status): "a value has status \(status)"
        case .unknownPosition(let position): "a value has position \(position)"
        case .repeatedPosition(let position): "two values have position \(position)"
        case .unknownEnforcement(let byte): "the actions of a call have the outcome \(byte)"
        case .badPayload(let type, let status, let size):
            "a value of type \(type) with status \(status) has a payload of \(size) bytes"
        case .badRoom(let size, let room):
            "a payload of \(size) bytes has room of \(room) bytes"
        case .textOutOfBounds(let offset, let length):
            "a text of \(length) bytes at \(offset) is outside the record"
        case .unknownHook(let hook): "hook \(hook) is not known"
        case .unknownTarget(let hook, let target): "hook \(hook) has no target \(target)"
        case .unknownSelector(let hook, let selector): "hook \(hook) has no selector \(selector)"
        }
    }
}
