/// One argument of a call, or field or parameter of a tracepoint, and how to report it.
public struct Argument: Sendable, Equatable {
    /// Which one, counted from 0; at most 5 of a call, 128 of a tracepoint's fields, the common
    /// ones included, and 11 of its parameters.
    public let index: Int
    /// How to read it.
    ///
    /// A `nop` reads nothing, and keeps its place in the output.
    public let type: ArgumentType
    /// A name for it in events.
    public let label: String?
    /// Whether the call fills it, so that it is read when the call returns.
    public let isCopiedAtReturn: Bool
    /// How many elements it has; for lists only, and always for them.
    public let count: ElementCount?
    /// A JSON Pointer to the argument.
    public let pointer: String
    /// Where the argument starts.
    public let position: SourcePosition
}

/// How to report the result of a call.
public struct ReturnValue: Sendable, Equatable {
    /// How to read it; never `nop`.
    public let type: ArgumentType
    /// A name for it in events.
    public let label: String?
    /// How many elements it has; for lists only, and always for them.
    public let count: ElementCount?
    /// A JSON Pointer to `returnArg`.
    public let pointer: String
    /// Where `returnArg` starts.
    public let position: SourcePosition
}

/// Where the number of a list's elements comes from.
public enum ElementCount: Sendable, Equatable {
    /// The policy says it: from 1 to 256.
    case fixed(Int)
    /// A parameter of the call holds it; counted from 0, at most 5.
    case parameter(Int)
}
