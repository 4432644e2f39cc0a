/// Filters that a call must all pass, and what to do then.
public struct Selector: Sendable, Equatable {
    /// A name for it in metrics.
    public let label: String?
    /// The filters by process, at most 4; without any, every process passes.
    public let processes: [ProcessFilter]
    /// The filters by the caller's executable, at most one.
    public let binaries: [BinaryFilter]
    /// The filters by the executable of the caller's parent, at most one.
    public let parentBinaries: [BinaryFilter]
    /// The filters by the namespaces that the caller is in, at most 10.
    public let namespaces: [NamespaceFilter]
    /// The filters by the namespaces that the caller has changed, at most one.
    public let namespaceChanges: [NamespaceChangeFilter]
    /// The filters by the caller's capabilities, at most 4.
    public let capabilities: [CapabilityFilter]
    /// The filters by capabilities that the caller has changed, at most 4.
    public let capabilityChanges: [CapabilityFilter]
    /// The filters by pod and container; a call passes if one of them fits, or there are none.
    public let workloads: [WorkloadFilter]
    /// The filters by argument, at most 5 with those of `data`.
    public let arguments: [ArgumentFilter]
    /// The filters by the values under `data`.
    public let data: [ArgumentFilter]
    /// The filters by result, at most 5.
    public let results: [ArgumentFilter]
    /// What to do with a call that passes: from 1 to 3, posting an event where the policy does not
    /// say.
    public let actions: [Action]
    /// What to do when the call returns and its result passes; from 1 to 3 as above.
    public let returnActions: [Action]
}

/// A filter by process id.
public struct ProcessFilter: Sendable, Equatable {
    /// Whether the listed processes are those that do not pass.
    public let isNegated: Bool
    /// Process ids, from 1 to 8 of them.
    public let processes: [UInt32]
    /// Whether the descendants of the processes count too.
    public let followsForks: Bool
    /// Whether the ids are those of the process's own PID namespace, and not the host's.
    public let isOfNamespace: Bool
    /// A JSON Pointer to the filter.
    public let pointer: String
    /// Where the filter starts.
    public let position: SourcePosition
}

/// A filter by executable.
public struct BinaryFilter: Sendable, Equatable {
    /// What is compared.
    public enum Part: Sendable { case whole, start, end }

    /// Which part of the path is compared.
    public let part: Part
    /// Whether the listed executables are those that do not pass.
    public let isNegated: Bool
    /// Paths, or parts of them; at least one.
    public let paths: [String]
    /// Whether the descendants of the executable's processes count too.
    public let followsChildren: Bool
}

/// A Linux namespace of a process.
public enum NamespaceKind: String, Sendable, CaseIterable {
    case uts = "Uts"
    case ipc = "Ipc"
    case mount = "Mnt"
    case pid = "Pid"
    case pidForChildren = "PidForChildren"
    case network = "Net"
    case time = "Time"
    case timeForChildren = "TimeForChildren"
    case cgroup = "Cgroup"
    case user = "User"
}

/// A filter by namespace.
public struct NamespaceFilter: Sendable, Equatable {
    /// Which namespace of the process.
    public let namespace: NamespaceKind
    /// Whether the listed namespaces are those that do not pass.
    public let isNegated: Bool
    /// Inode numbers of namespaces, from 1 to 4 together with the host's.
    public let inodes: [UInt32]
    /// Whether the host's namespace is listed.
    public let includesHost: Bool
}

/// A filter by namespaces that differ from those that the process started with.
public struct NamespaceChangeFilter: Sendable, Equatable {
    /// Whether namespaces other than the listed must have changed.
    public let isNegated: Bool
    /// The namespaces; at least one.
    public let namespaces: [NamespaceKind]
}

/// A filter by capabilities.
public struct CapabilityFilter: Sendable, Equatable {
    /// A set of capabilities that a process has.
    public enum Set: String, Sendable, CaseIterable {
        case effective = "Effective"
        case inheritable = "Inheritable"
        case permitted = "Permitted"
    }

    /// The set that is looked at.
    public let set: Set
    /// Whether processes with a listed capability are those that do not pass.
    public let isNegated: Bool
    /// Whether only processes in a user namespace of their own are looked at.
    public let isOfNamespace: Bool
    /// Numbers of capabilities, from 0 to 40; at least one.
    public let capabilities: [Int]
}

/// A filter by pod, container or host; what is not asked for does not matter.
public struct WorkloadFilter: Sendable, Equatable {
    /// The labels of the pods.
    public let pods: LabelSelector?
    /// The fields of the containers.
    public let containers: LabelSelector?
    /// Whether the host's own processes are asked for.
    public let includesHost: Bool
}

/// A selector of Kubernetes: all of its requirements must hold.
public struct LabelSelector: Sendable, Equatable {
    /// One requirement.
    public struct Requirement: Sendable, Equatable {
        /// How labels are compared.
        public enum Operator: String, Sendable, CaseIterable {
            case isIn = "In"
            case isNotIn = "NotIn"
            case exists = "Exists"
            case doesNotExist = "DoesNotExist"
        }

        /// The label's name.
        public let key: String
        /// How it is compared.
        public let comparison: Operator
        /// What it is compared with; empty for `Exists` and `DoesNotExist`.
        public let values: [String]
    }

    /// The requirements, those of `matchLabels` first, by name.
    public let requirements: [Requirement]
}
