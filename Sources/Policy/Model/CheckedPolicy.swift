/// A policy without errors.
///
/// Only `check(document:)` makes one. What the format requires or has a default for is there.
public struct CheckedPolicy: Sendable, Equatable {
    /// The name, a DNS-1123 subdomain of at most 253 characters.
    public let name: String
    /// Where the policy counts: everywhere, or in a namespace of Kubernetes.
    public let scope: Scope
    /// What to trace, in the document's order; there is at least one, unless `reportsMappings`.
    public let hooks: [Hook]
    /// Whether every executable mapping is reported: `loader`.
    public let reportsMappings: Bool
    /// The calls at which `NotifyEnforcer` takes effect.
    public let enforcedCalls: [Target]
    /// Which workloads the policy is for.
    public let workloads: WorkloadFilter
    /// The nodes of a cluster that the policy is for; without it, all.
    public let nodes: LabelSelector?
    /// The policy's settings.
    public let options: Options

    /// Where a policy counts.
    public enum Scope: Sendable, Equatable {
        /// `kind: TracingPolicy`.
        case cluster
        /// `kind: TracingPolicyNamespaced`, in the namespace of that name.
        case namespace(String)
    }

    /// The settings of a policy but for the attach methods, which hooks have.
    public struct Options: Sendable, Equatable {
        /// How the results of calls are overridden, where the author does not leave it open.
        public let overrideMethod: OverrideMethod?
        /// Whether the policy interferes with calls, where the author says so.
        public let mode: PolicyMode?
        /// Whether uprobes are attached one by one.
        public let excludesUprobeMulti: Bool
        /// Entries of the map that texts of uprobes are read ahead into.
        public let sleepablePreloadSize: Int
    }
}

/// How the result of a call is overridden.
public enum OverrideMethod: String, Sendable, CaseIterable {
    /// A BPF program that returns in the function's place.
    case fmodRet = "fmod-ret"
    /// `bpf_override_return`.
    case overrideReturn = "override-return"
}

/// Whether a policy interferes with calls.
public enum PolicyMode: String, Sendable, CaseIterable {
    /// Its actions are done.
    case enforce
    /// Its actions are only counted.
    case monitor
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
    /// document's order; at most 5 with `data`, no index twice.
    public let arguments: [Argument]
    /// What else to report.
    public let data: [DataValue]
    /// How to report the call's result, where it is asked for; never of a tracepoint.
    public let result: ReturnValue?
    /// A text for every event, of 2 to 256 bytes.
    public let message: String?
    /// Words for every event; at most 16, each of 2 to 128 bytes.
    public let tags: [String]
    /// A call is reported where one of these matches, or where there are none; at most 5.
    public let selectors: [Selector]
}
