import Events
import Policy

extension ReportedAction {
    /// What events say of a selector's actions: the last one, as Tetragon's do.
    init(_ actions: [Action]) {
        self =
            switch actions.last {
            case .signal(9): .sigkill
            case .signal: .signal
            case .noPost: .noPost
            // The others are not served.
            default: .post
            }
    }
}
