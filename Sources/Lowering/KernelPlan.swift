import CWire
public import Policy

/// Everything that a policy needs in the kernel.
public struct KernelPlan: Sendable, Equatable {
    /// The policy's name.
    public let policy: String
    /// Whether it interferes with calls, where the document says so.
    public let mode: PolicyMode?
    /// The plans of its hooks, in the policy's order; a hook on a list may have several.
    public let hooks: [HookPlan]

    /// Whether there is something that it does not do where it monitors.
    public var enforces: Bool { hooks.contains { $0.selectors.contains(where: \.enforces) } }
}

/// Everything that one hook needs in the kernel.
public struct HookPlan: Sendable, Equatable {
    /// Where the hook stands in the document.
    public let pointer: String
    /// The position of the same.
    public let position: SourcePosition
    /// What its programs are attached to.
    public let subject: Subject
    /// Ways to serve it, the best first; there is at least one.
    public let attempts: [Attempt]
    /// Better ways that this kernel or this function rules out, and why.
    public let refused: [RefusedMethod]
    /// Which calls it takes, and what is done about them; the first that takes a call decides.
    public let selectors: [SelectorPlan]
    /// Processes whose descendants a filter follows; one entry per such filter.
    public let followed: [[UInt32]]
    /// What its events say besides their values.
    public let description: Description

    /// What the events of a hook have in common.
    public struct Description: Sendable, Equatable {
        /// Labels of the arguments by their position in the policy.
        public var labels: [String?]
        /// Whether events carry the return value.
        public var reportsReturn: Bool
        /// The label of the return value.
        public var returnLabel: String?
        /// The policy's message for the hook.
        public var message: String?
        /// The policy's tags for the hook.
        public var tags: [String]
    }
}

/// What a hook's programs are attached to.
public enum Subject: Sendable, Equatable {
    /// System calls, by their names without prefix.
    case systemCalls([SystemCall])
    /// Kernel functions.
    case functions([Function])
    /// A tracepoint and its number.
    case tracepoint(subsystem: String, event: String, id: UInt64)
    /// A tracepoint, by its name alone.
    case rawTracepoint(subsystem: String, event: String)

    /// One system call.
    public struct SystemCall: Sendable, Equatable {
        /// The name without prefix, such as `pipe2`.
        public let name: String
        /// The BTF id of the function that serves it.
        public let functionID: UInt32?
        /// That function, as events name it: `__x64_sys_pipe2`.
        public var function: String { Self.prefix + name }

        /// The symbol prefix of this architecture's system calls.
        public static let prefix: String = {
            #if arch(x86_64)
                "__x64_sys_"
            #elseif arch(arm64)
                "__arm64_sys_"
            #else
                "sys_"
            #endif
        }()
    }

    /// One kernel function.
    public struct Function: Sendable, Equatable {
        /// The symbol.
        public let name: String
        /// Its BTF id; nil where the kernel's own types do not have it.
        public let id: UInt32?
    }

    /// What the hook may be called at, as events name it.
    public var names: [String] {
        switch self {
        case .systemCalls(let calls): calls.map(\.function)
        case .functions(let functions): functions.map(\.name)
        case .tracepoint(let subsystem, let event, _), .rawTracepoint(let subsystem, let event):
            ["\(subsystem)/\(event)"]
        }
    }

    var wire: UInt32 {
        switch self {
        case .systemCalls: SPEC_SUBJECT_SYSTEM_CALL.rawValue
        case .functions: SPEC_SUBJECT_FUNCTION.rawValue
        case .tracepoint: SPEC_SUBJECT_TRACEPOINT.rawValue
        case .rawTracepoint: SPEC_SUBJECT_PARAMETERS.rawValue
        }
    }
}

/// A way to attach that does not serve a hook.
public struct RefusedMethod: Sendable, Equatable {
    /// The way.
    public let method: AttachMethod
    /// Why not, for people.
    public let reason: String

    /// Describes a refusal.
    public init(method: AttachMethod, reason: String) {
        self.method = method
        self.reason = reason
    }
}
