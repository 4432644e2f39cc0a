/// One argument of a call, or field or parameter of a tracepoint, and how to report it.
public struct Argument: Sendable, Equatable {
    /// Which one, counted from 0; at most 5 of a call, 128 of a tracepoint's fields, the common
    /// ones included, and 11 of its parameters.
    public let index: Int
    /// How to read it.
    public let reading: ValueReading
    /// Whether the call fills it, so that it is read when the call returns.
    public let isCopiedAtReturn: Bool

    /// How to read it.
    ///
    /// A `nop` reads nothing, and keeps its place in the output.
    public var type: ArgumentType { reading.type }
    /// A name for it in events.
    public var label: String? { reading.label }
    /// How many elements it has; for lists only, and always for them.
    public var count: ElementCount? { reading.count }
    /// A JSON Pointer to the argument.
    public var pointer: String { reading.pointer }
    /// Where the argument starts.
    public var position: SourcePosition { reading.position }
}

/// How to report the result of a call.
public struct ReturnValue: Sendable, Equatable {
    /// What filters on the result call it.
    public let index: Int
    /// How to read it.
    public let reading: ValueReading
    /// What to do with a socket that is returned.
    public let action: SocketTracking?

    /// How to read it; never `nop`.
    public var type: ArgumentType { reading.type }
    /// A name for it in events.
    public var label: String? { reading.label }
    /// How many elements it has; for lists only, and always for them.
    public var count: ElementCount? { reading.count }
    /// A JSON Pointer to `returnArg`.
    public var pointer: String { reading.pointer }
    /// Where `returnArg` starts.
    public var position: SourcePosition { reading.position }
}

/// A value that is no argument: an entry of `data`.
public struct DataValue: Sendable, Equatable {
    /// Where a value comes from.
    public enum Source: String, Sendable, CaseIterable {
        /// The `struct task_struct` of the caller.
        case currentTask = "current_task"
        /// The caller's registers.
        case registers = "pt_regs"
    }

    /// Where the value comes from.
    public let source: Source
    /// How to read it; its path is never empty.
    public let reading: ValueReading
}

/// How to read a value, and what to call it.
public struct ValueReading: Sendable, Equatable {
    /// The type.
    public let type: ArgumentType
    /// The way to the value through the members of a structure; empty where the value is the
    /// argument itself.
    public let path: MemberPath
    /// A name for it in events.
    public let label: String?
    /// How many elements or bytes there are; always for lists.
    public let count: ElementCount?
    /// Whether to read up to 327,360 bytes of a `char_buf`, and not only 4,095.
    public let readsMaximum: Bool
    /// A JSON Pointer to the object that says all this.
    public let pointer: String
    /// Where that starts.
    public let position: SourcePosition
}

/// A way through the members of kernel structures.
public struct MemberPath: Sendable, Equatable {
    /// One step of the way.
    public enum Step: Sendable, Equatable {
        /// A member of a structure or union, or a register.
        case member(String)
        /// An element of an array, counted from 0.
        case element(Int)
    }

    /// The steps, at most 10 members.
    public let steps: [Step]
    /// The structure that the way starts from, where it is not what the kernel declares.
    public let type: String?
    /// The module that declares `type`, where it is not the kernel itself.
    public let module: String?

    /// No way at all: the value is where the kernel has it.
    static let none = MemberPath(steps: [], type: nil, module: nil)
}

/// Where the number of a list's elements, or of a buffer's bytes, comes from.
public enum ElementCount: Sendable, Equatable {
    /// The policy says it: from 1 to 256.
    case fixed(Int)
    /// A parameter of the call holds it; counted from 0, at most 5.
    case parameter(Int)
}

/// Whether events on a socket are those of the process that made it.
public enum SocketTracking: String, Sendable, CaseIterable {
    /// From here on they are.
    case track = "TrackSock"
    /// Not any more.
    case untrack = "UntrackSock"
}
