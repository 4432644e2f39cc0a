import CWire
public import Policy

/// One way to serve a hook: a method, and what its programs are loaded with.
public struct Attempt: Sendable, Equatable {
    /// How the programs are attached.
    public let method: AttachMethod
    /// Which programs serve the hook.
    public let shape: Shape
    /// The configuration, without what installing assigns.
    let layout: SpecLayout

    /// Where in a call a program runs.
    public enum Moment: Sendable, CaseIterable {
        /// Where the function is entered, or the tracepoint passed.
        case entry
        /// Where the function returns.
        case `return`
    }

    /// Which of a hook's two programs report its calls: enum spec_shape.
    public enum Shape: Sendable, Equatable {
        /// The program at entry sends what it sees.
        case entry
        /// The program at return reads everything and sends it.
        case `return`
        /// The program at entry begins the record, the one at return sends it.
        case pair

        /// Where a program is needed, the return first: so every call that is seen to enter is
        /// seen to return.
        public var moments: [Moment] {
            switch self {
            case .entry: [.entry]
            case .return: [.return]
            case .pair: [.return, .entry]
            }
        }
    }

    /// What installing decides, and the programs are loaded with.
    public struct Assignment: Sendable, Equatable {
        /// What records carry as `wire_call.hook`.
        public var hook: UInt32
        /// The policy's place among the slots.
        public var slot: UInt32
        /// The number of the policy's version, from 1.
        public var generation: UInt32
        /// Which programs get their events from programs of an earlier version.
        public var chained: Set<Moment> = []
        /// The target, where a program has one of several; nil where it serves them all.
        public var target: Int?
        /// The follow set of each filter that follows forks, counted from 1.
        public var followSets: [UInt8]

        /// Numbers a hook.
        public init(
            hook: UInt32, slot: UInt32 = 0, generation: UInt32 = 1, followSets: [UInt8] = []
        ) {
            self.hook = hook
            self.slot = slot
            self.generation = generation
            self.followSets = followSets
        }
    }

    /// The bytes of `struct hook_spec`, in this machine's order.
    public func specification(_ assignment: Assignment) -> [UInt8] {
        var spec = layout.spec(shape: shape)
        spec.hook = assignment.hook
        spec.slot = assignment.slot
        spec.generation = assignment.generation
        spec.chained = assignment.chained.reduce(0) { bits, moment in
            bits | (moment == .entry ? SPEC_CHAINED_ENTRY : SPEC_CHAINED_RETURN)
        }
        spec.many = layout.targets > 1 && assignment.target == nil ? 1 : 0
        spec.target = UInt32(assignment.target ?? 0)
        layout.fill(&spec, followSets: assignment.followSets)
        return withUnsafeBytes(of: &spec) { Array($0) }
    }

    /// A map that a hook needs for itself.
    public struct OwnMap: Sendable, Equatable {
        /// The name that the BPF object gives it.
        public let name: String
        /// Bytes of its values, where the hook decides that.
        public let valueSize: Int?
    }

    /// The maps that the hook does not share with others.
    public var maps: [OwnMap] {
        var maps = [OwnMap(name: "counters", valueSize: nil)]
        if layout.acts { maps.append(OwnMap(name: "actions", valueSize: nil)) }
        guard layout.bufferSize > 0 else { return maps }
        let valueSize = Int(SPEC_PENDING_HEADER) + Int(layout.bufferSize)
        if shape == .pair && layout.subject == SPEC_SUBJECT_SYSTEM_CALL.rawValue {
            maps.append(OwnMap(name: threadMap, valueSize: nil))
        } else {
            maps.append(OwnMap(name: "scratch", valueSize: valueSize))
            if shape == .pair { maps.append(OwnMap(name: "frames", valueSize: valueSize)) }
        }
        return maps
    }

    /// The map that keeps a thread's record between entry and return.
    private var threadMap: String {
        switch layout.bufferSize {
        case UInt32(SPEC_BUFFER_SMALL): "pending_small"
        case UInt32(SPEC_BUFFER_MEDIUM): "pending_medium"
        default: "pending_large"
        }
    }

    /// The same hook with its record begun at entry, for one that takes over from such a one.
    ///
    /// What is under way then is completed by the version that saw its entry.
    public var paired: Attempt {
        guard shape == .return else { return self }
        var layout = layout
        layout.place(shape: .pair)
        return Attempt(method: method, shape: .pair, layout: layout)
    }
}
