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

/// One call to trace, and what to report of it.
public struct Hook: Sendable, Equatable {
    /// A JSON Pointer to the hook.
    public let pointer: String
    /// Where the hook starts.
    public let position: SourcePosition
    /// The call to trace.
    public let call: Call
    /// What to report of the call's arguments, in the document's order; at most 5, no index twice.
    public let arguments: [Argument]
    /// How to report the call's result, where it is asked for.
    public let result: ReturnValue?
    /// A text for every event, of 2 to 256 bytes.
    public let message: String?
    /// Words for every event; at most 16, each of 2 to 128 bytes.
    public let tags: [String]
    /// A call is reported where one of these matches, or where there are none; at most 5.
    public let selectors: [Selector]
}

/// The call that a hook is for.
public struct Call: Sendable, Equatable {
    /// What a call is, as far as its spelling tells.
    public enum Kind: Sendable, Equatable {
        /// A system call, without prefix: `pipe2`.
        case systemCall(name: String)
        /// Something without a system call's prefix; whether it can be traced, the kernel knows.
        case function(name: String)
    }

    /// The call as the document spells it.
    public let written: String
    /// What the spelling means.
    public let kind: Kind
    /// A JSON Pointer to the name.
    public let pointer: String
    /// Where the name is.
    public let position: SourcePosition

    /// The spellings of a system call: neutral, x86-64's and arm64's.
    private static let prefixes = ["sys_", "__x64_sys_", "__arm64_sys_"]

    init(_ written: String, pointer: String, position: SourcePosition) {
        self.written = written
        self.pointer = pointer
        self.position = position
        if let prefix = Self.prefixes.first(where: written.hasPrefix) {
            kind = .systemCall(name: String(written.dropFirst(prefix.count)))
        } else {
            kind = .function(name: written)
        }
    }
}
