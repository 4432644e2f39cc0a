import CWire
public import Policy

/// Everything that a policy needs in the kernel.
public struct KernelPlan: Sendable, Equatable {
    /// The policy's name.
    public let policy: String
    /// One plan per hook, in the policy's order.
    public let hooks: [HookPlan]
}

/// Everything that one hook needs in the kernel.
public struct HookPlan: Sendable, Equatable {
    /// Where the hook stands in the document.
    public let pointer: String
    /// The position of the same.
    public let position: SourcePosition
    /// The system call without prefix, such as `pipe2`.
    public let systemCall: String
    /// The kernel function as events name it, such as `__x64_sys_pipe2`.
    public let function: String
    /// Which programs serve the hook.
    public let shape: Shape
    /// The configuration, without what installing assigns: see ``specification(hook:followSets:)``.
    let layout: SpecLayout
    /// Processes whose descendants a filter follows; one entry per such filter.
    public let followed: [[UInt32]]
    /// Labels of the arguments by their position in the policy.
    public let labels: [String?]
    /// Whether events carry the return value.
    public let reportsReturn: Bool
    /// The label of the return value.
    public let returnLabel: String?
    /// The policy's message for the hook.
    public let message: String?
    /// The policy's tags for the hook.
    public let tags: [String]

    /// Which of a hook's two programs report its calls: enum spec_shape.
    public enum Shape: Sendable, Equatable {
        /// The program at entry sends what it sees.
        case entry
        /// The program at return reads everything and sends it.
        case `return`
        /// The program at entry begins the record, the one at return sends it.
        case pair

        /// Whether a program is attached where the function is entered.
        public var attachesAtEntry: Bool { self != .return }
        /// Whether a program is attached where the function returns.
        public var attachesAtReturn: Bool { self != .entry }
    }

    /// The map that keeps a pair's records between entry and return, or nil where none is needed.
    public var pendingMap: String? {
        guard shape == .pair else { return nil }
        return switch layout.bufferSize {
        case UInt32(SPEC_BUFFER_SMALL): "pending_small"
        case UInt32(SPEC_BUFFER_MEDIUM): "pending_medium"
        default: "pending_large"
        }
    }

    /// The bytes of `struct hook_spec`, with the numbers that installing assigned.
    ///
    /// - Parameters:
    ///   - hook: what records carry as `wire_call.hook`.
    ///   - followSets: the follow set of each entry of ``followed``, counted from 1.
    /// - Returns: the bytes, in this machine's order.
    public func specification(hook: UInt32, followSets: [UInt8]) -> [UInt8] {
        var spec = layout.spec(shape: shape)
        spec.hook = hook
        layout.fill(&spec, followSets: followSets)
        return withUnsafeBytes(of: &spec) { Array($0) }
    }
}
