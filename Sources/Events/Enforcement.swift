import CWire

/// What became of the signals that a policy has for a caller: `wire_enforcement`.
///
/// The raw value is how events say it. Tetragon's have no word for it: there a policy that monitors
/// reports the action that it did not do.
public enum Enforcement: String, Sendable, CaseIterable {
    /// All were sent.
    case enforced
    /// None was sent: the policy monitors.
    case monitored
    /// One was not sent: the kernel refused it, or it was for the service itself.
    case failed

    /// Reads the byte of a record; nil where there was nothing to enforce.
    static func decode(_ byte: UInt8) throws(RecordError) -> Enforcement? {
        switch wire_enforcement(rawValue: UInt32(byte)) {
        case WIRE_ENFORCEMENT_NONE: nil
        case WIRE_ENFORCEMENT_DONE: .enforced
        case WIRE_ENFORCEMENT_MONITORED: .monitored
        case WIRE_ENFORCEMENT_FAILED: .failed
        default: throw .unknownEnforcement(byte)
        }
    }
}
