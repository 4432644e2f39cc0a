import Digests
import Tracing

/// A change that somebody asks for, as far as it is understood.
struct Change: Sendable {
    /// What was to be done.
    enum Action: String, Sendable {
        case add, replace, rollback, patch, delete, batch
        case beginSession = "begin_session"
        case endSession = "end_session"
        /// Nothing: a trial, or the end of a session that had ended.
        case none

        /// Whether what comes with it is a document, or several.
        var takesDocument: Bool {
            switch self {
            case .add, .replace, .rollback, .batch: true
            case .patch, .delete, .beginSession, .endSession, .none: false
            }
        }
    }

    /// A policy, or what would have become one.
    struct Subject: Sendable {
        var policy: String?
        var version: Int?
        /// Of its document.
        var digest: SHA256Digest?
        /// What it was told apart from its document, and is now.
        var settings: Settings?
    }

    /// What a policy can be told apart from its document.
    struct Settings: Sendable {
        let state: PolicyStatus.State
        let mode: PolicyStatus.Mode?
    }

    var action: Action
    /// What it is about; several policies of a set, once they are known.
    var subjects: [Subject]

    /// What can be told before the document is read.
    init(_ action: Action, policy: String? = nil, document: [UInt8] = []) {
        self.action = action
        let digest = document.isEmpty ? nil : SHA256Digest(of: document)
        subjects = [Subject(policy: policy, digest: digest)]
    }
}

extension Change.Subject {
    /// A policy as it is now, with its settings where they are what was changed.
    init(_ status: PolicyStatus, settings: Bool = false) {
        self.init(
            policy: status.name, version: status.version, digest: status.digest,
            settings: settings ? .init(state: status.state, mode: status.mode) : nil)
    }
}
