import CLibBPF
import Glibc

/// Who may open perf events, which tracepoints and kprobes are attached by.
enum PerfEventAccess: Sendable {
    /// Who has CAP_PERFMON, as the kernel's documentation says.
    case observers
    /// Only who has CAP_SYS_ADMIN: so Debian and Ubuntu understand a `kernel.perf_event_paranoid`
    /// above 2, which is their default.
    case administrators

    private static let level = "/proc/sys/kernel/perf_event_paranoid"

    /// Tries it without CAP_SYS_ADMIN, where the level is one that only those kernels know.
    static func here() -> PerfEventAccess {
        let level = textOfFile(level).flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        guard level > 2 else { return .observers }
        let event = ThreadPrivileges.without(.administration) { martlet_open_idle_event() }
        guard event >= 0 else { return .administrators }
        close(event)
        return .observers
    }
}
