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

/// The last thing that a policy has done about a call, as events name it.
public enum ReportedAction: String, Sendable, CaseIterable {
    /// The call is reported, and nothing else.
    case post = "KPROBE_ACTION_POST"
    /// The call is not reported; no event has it.
    case noPost = "KPROBE_ACTION_NOPOST"
    /// The caller is sent a signal.
    case signal = "KPROBE_ACTION_SIGNAL"
    /// That signal is SIGKILL.
    case sigkill = "KPROBE_ACTION_SIGKILL"
}
