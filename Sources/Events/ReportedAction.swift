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
