public import Policy

/// What there is to say of a policy.
public struct PolicyStatus: Sendable {
    /// Whether a policy traces.
    public enum State: String, Sendable {
        /// Its hooks are attached.
        case enabled
        /// Its stored document could not be installed; `error` says why.
        case loadError = "load_error"
    }

    /// The policy's name.
    public var name: String
    /// Its number in the events' metadata; no other policy of this run has had it.
    public var id: UInt32
    /// Whether it traces.
    public var state: State
    /// Why it does not trace.
    public var error: String?
    /// One entry per hook, in the document's order.
    public var hooks: [Hook]
    /// What its author may want to know.
    public var warnings: [Diagnostic]
    /// When it was accepted by this run, in nanoseconds since 1970.
    public var created: UInt64
    /// Identifies the document's bytes, quoted as HTTP wants it.
    public var etag: String

    /// One hook and what it has done.
    public struct Hook: Sendable {
        /// Where it stands in the document.
        public var pointer: String
        /// The kernel function as events name it.
        public var function: String
        /// How it is attached.
        public var method: String
        /// What its programs have done.
        public var reading: HookReading
    }
}
