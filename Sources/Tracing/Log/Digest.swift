/// What a stretch of the log holds, so that many filters can be told at once that it has nothing
/// for them.
///
/// It names the kinds, policies and processes of the events; where there were too many different
/// ones of a sort, it stands for any.
struct Digest {
    private var kinds = Few<FrameKind>()
    private var policies = Few<UInt32>()
    private var pids = Few<UInt32>()
    /// What gaps tell of.
    private var stages: Set<StageCounters.Stage> = []

    mutating func note(_ facets: Facets) {
        if let stage = facets.stage {
            stages.insert(stage)
            return
        }
        kinds.insert(facets.kind)
        policies.insert(facets.policy)
        pids.insert(facets.pid)
    }

    /// Whether there may be an event that the filter takes; that there is none is certain.
    func mayHold(_ filter: EventFilter) -> Bool {
        stages.contains(where: filter.mayMiss)
            || kinds.mayHold(filter.kinds) && policies.mayHold(filter.policies)
                && pids.mayHold(filter.pids)
    }
}

/// A set that stays small: what would be many values is any.
private struct Few<Value: Hashable> {
    private var values: [Value] = []
    private var isAny = false

    private static var most: Int { 8 }

    mutating func insert(_ value: Value) {
        // Events of one sort come in a row.
        guard !isAny, values.last != value, !values.contains(value) else { return }
        guard values.count < Self.most else {
            isAny = true
            return
        }
        values.append(value)
    }

    /// Whether one of `wanted`, where nil is anything, may be here.
    func mayHold(_ wanted: Set<Value>?) -> Bool {
        guard !values.isEmpty else { return false }
        guard let wanted, !isAny else { return true }
        return values.contains { wanted.contains($0) }
    }
}
