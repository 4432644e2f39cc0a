import Policy

/// How many functions and system calls a policy traces, all of its hooks together.
///
/// A hook has few, but several hooks on one long list have many.
struct TargetLimit {
    /// More make no policy but a stopped machine.
    static let policy = 4096

    private var total = 0

    /// Counts what a hook traces, and reports the hook that has too many.
    mutating func count<Facts: KernelFacts>(
        _ groups: [TargetGroup], of resolver: inout Resolver<Facts>
    ) {
        let before = total
        total += groups.reduce(0) { $0 + $1.subject.names.count }
        guard before <= Self.policy, total > Self.policy else { return }
        let target = resolver.hook.target
        resolver.report(
            .error, .tooMany, target.pointer, target.position,
            "up to here the hooks trace \(total) functions",
            hint: "a policy has at most \(Self.policy); use shorter lists, or fewer hooks on them")
    }
}
