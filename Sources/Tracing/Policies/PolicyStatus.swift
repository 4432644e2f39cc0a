public import Digests
public import Policy

/// What there is to say of a policy.
public struct PolicyStatus: Sendable {
    /// Whether a policy traces.
    public enum State: String, Sendable {
        /// Its hooks are attached.
        case enabled
        /// Its hooks are attached, and report nothing.
        case disabled
        /// Its stored document could not be installed; `error` says why.
        case loadError = "load_error"
    }

    /// Whether a policy interferes with calls.
    public enum Mode: String, Sendable {
        /// It does its actions.
        case enforce
        /// Signals are counted and not sent.
        case monitor
        /// It has none to send.
        case monitorOnly = "monitor_only"
    }

    /// The policy's name.
    public var name: String
    /// Its number in the events' metadata; no other policy of this run has had it.
    public var id: UInt32
    /// Whether it traces.
    public var state: State
    /// Whether it interferes with calls; nil where it does not trace.
    public var mode: Mode?
    /// Counts the documents that it has had since it was added, from 1.
    public var version: Int
    /// Why it does not trace.
    public var error: String?
    /// One entry per hook, in the document's order.
    public var hooks: [Hook]
    /// What its author may want to know.
    public var warnings: [Diagnostic]
    /// When it was accepted by this run, in nanoseconds since 1970.
    public var created: UInt64
    /// Identifies the document's bytes.
    public var digest: SHA256Digest
    /// The same, quoted as HTTP wants it.
    public var etag: String { digest.etag }

    /// One hook and what it has done.
    public struct Hook: Sendable {
        /// Where it stands in the document.
        public var pointer: String
        /// What it is on, as events name it: one, or the members of a list.
        public var functions: [String]
        /// The one that it is on, or how many.
        public var name: String {
            functions.count == 1 ? functions[0] : "\(functions.count) functions"
        }
        /// What its programs have done.
        public var reading: HookReading
    }
}

extension SHA256Digest {
    /// Names a document that has this digest, as an entity tag (RFC 9110, 8.8.3).
    var etag: String { "\"\(self)\"" }
}
