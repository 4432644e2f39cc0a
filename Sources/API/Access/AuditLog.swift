import HTTP
public import Logging
import Tracing

/// Says of each change who asked for it, what became of it, and of which document.
///
/// One line each: what comes from outside is in quotes, escaped and cut.
public struct AuditLog: Sendable {
    /// The label of its lines.
    public static let label = "martlet.audit"

    private let logger: Logger

    /// Writes to a logger.
    public init(_ logger: Logger) { self.logger = logger }

    /// Writes a line, or one for each policy of a set.
    ///
    /// `status` is that of the answer.
    func write(_ change: Change, by caller: Caller, in head: RequestHead, status: Int) {
        guard change.action != .none else { return }
        for subject in change.subjects {
            var fields: Logger.Metadata = [
                "who": "\(caller.name ?? "-")", "peer": "\(head.peer)",
                "method": "\(head.method)", "status": "\(status)", "request": "\(head.id)",
            ]
            fields["policy"] = subject.policy.map { "\(LogText($0))" }
            fields["version"] = subject.version.map { "\($0)" }
            fields["state"] = subject.settings.map { "\($0.state.rawValue)" }
            fields["mode"] = subject.settings?.mode.map { "\($0.rawValue)" }
            fields["sha256"] = subject.digest.map { "\($0)" }
            let outcome = status < 400 ? "" : " refused"
            logger.notice("\(change.action.rawValue)\(outcome)", metadata: fields)
        }
    }
}
