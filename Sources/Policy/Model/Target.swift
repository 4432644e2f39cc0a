/// What a hook is attached to.
public struct Target: Sendable, Equatable {
    /// What a target is, as far as the document tells.
    public enum Kind: Sendable, Equatable {
        /// A system call, without prefix: `pipe2`.
        case systemCall(name: String)
        /// A system call by the document's word (`syscall` is true by default), written without a
        /// prefix: `do_pipe2` is one by mistake, and the kernel knows what it is.
        case unprefixed(name: String)
        /// A kernel function: `syscall: false`, or a hook of `fentries`.
        case function(name: String)
        /// Every call of a list: `call: "list:NAME"`.
        case list(CallList)
        /// A tracepoint; arguments are fields of its format, by number.
        case tracepoint(subsystem: String, event: String)
        /// A tracepoint, of which arguments are the parameters of its TP_PROTO: `raw: true`.
        case rawTracepoint(subsystem: String, event: String)
        /// Functions of a program or library.
        case program(ProgramTarget)
        /// A static probe of a program or library; arguments are the probe's.
        case staticProbe(path: String, provider: String, name: String)
        /// A decision of the kernel's security modules.
        case securityHook(name: String)
    }

    /// The target as the document spells it; `subsystem/event` of a tracepoint, the path of a program,
    /// `provider:name` of a static probe.
    public let written: String
    /// What the spelling means.
    public let kind: Kind
    /// A JSON Pointer to the name.
    public let pointer: String
    /// Where the name is.
    public let position: SourcePosition
}

/// A named list of calls: an entry of `spec.lists`.
public struct CallList: Sendable, Equatable {
    /// What the list holds.
    public enum Content: Sendable, Equatable {
        /// Kernel functions, at least one.
        case functions([Entry])
        /// System calls without prefix, at least one.
        case systemCalls([Entry])
        /// Every system call of the kernel: `generated_syscalls`.
        case everySystemCall
        /// Every function that can be traced and matches a regular expression: `generated_ftrace`.
        case functionsMatching(pattern: String)
    }

    /// One value of the list.
    public struct Entry: Sendable, Equatable {
        /// The function, or the system call without prefix.
        public let name: String
        /// A JSON Pointer to the value.
        public let pointer: String
        /// Where the value is.
        public let position: SourcePosition
    }

    /// The list's name.
    public let name: String
    /// What it holds.
    public let content: Content
    /// A JSON Pointer to the list.
    public let pointer: String
    /// Where the list starts.
    public let position: SourcePosition
}

/// Functions of a program or library.
public struct ProgramTarget: Sendable, Equatable {
    /// Where the functions are.
    public enum Places: Sendable, Equatable {
        /// By name; `name+0x10` is a place in the function.
        case symbols([String])
        /// By offset in the file.
        case offsets([Int])
        /// By address, as the program is linked.
        case addresses([Int])
    }

    /// The path of the program, as the document has it.
    public let path: String
    /// Where the functions are; at least one.
    public let places: Places
    /// Where the file counts the users of each place; as many as places, or none.
    public let counterOffsets: [Int]
    /// The file with the program's types, for paths through its structures.
    public let typesPath: String?
    /// What the program's digest must be one of, unless there are none.
    public let digests: [BinaryDigest]
    /// Whether a program with another digest is left out and not an error.
    public let toleratesOtherDigest: Bool
}

/// What a program's bytes must amount to.
public struct BinaryDigest: Sendable, Equatable {
    /// How a digest is taken.
    public enum Algorithm: String, Sendable, CaseIterable {
        case sha1, sha256, sha384, sha512
        case buildID = "build-id"
    }

    /// How the digest is taken.
    public let algorithm: Algorithm
    /// The digest in lower-case hexadecimal digits.
    public let digits: String
}
