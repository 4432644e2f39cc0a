/// A policy without errors.
///
/// Only `check(document:)` makes one.
public struct CheckedPolicy: Sendable, Equatable {
    /// The name, a DNS-1123 subdomain of at most 253 characters.
    public let name: String
    /// What to trace, in the document's order; there is at least one.
    public let hooks: [Hook]

    init(name: String, hooks: [Hook]) {
        self.name = name
        self.hooks = hooks
    }
}

/// One place to trace, and what to report of it.
public struct Hook: Sendable, Equatable {
    /// A JSON Pointer to the hook.
    public let pointer: String
    /// Where the hook starts.
    public let position: SourcePosition
    /// What to trace.
    public let target: Target
    /// How to attach to it, where the author does not leave that to the service.
    public let method: ChosenMethod?
    /// Ways not to attach to it: those that the author rules out.
    public let excludedMethods: Set<AttachMethod>
    /// Whether a target that the kernel does not have is left out and not an error:
    /// `ignore.callNotFound`.
    public let toleratesMissing: Bool
    /// What to report of the call's arguments, or of the tracepoint's fields or parameters, in the
    /// document's order; at most 5, no index twice.
    public let arguments: [Argument]
    /// How to report the call's result, where it is asked for; never of a tracepoint.
    public let result: ReturnValue?
    /// A text for every event, of 2 to 256 bytes.
    public let message: String?
    /// Words for every event; at most 16, each of 2 to 128 bytes.
    public let tags: [String]
    /// A call is reported where one of these matches, or where there are none; at most 5.
    public let selectors: [Selector]
}
