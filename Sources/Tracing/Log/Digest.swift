/// What a stretch of the log holds, so that many filters can be told at once that it has nothing
/// for them.
///
/// It names the kinds, policies, processes, binaries and functions of the events; where there were
/// too many different ones of a sort, it stands for any.
struct Digest {
    private var kinds = Few<FrameKind>()
    private var policies = Few<UInt32>()
    private var pids = Few<UInt32>()
    private var namespacePIDs = Few<UInt32>()
    private var binaries = Few<Fingerprint>()
    private var functions = Few<Fingerprint>()
    /// What gaps tell of.
    private var stages: Set<StageCounters.Stage> = []

    /// Takes note of an event, whose parts stand in `line`.
    mutating func note(_ facets: Facets, in line: RawSpan) {
        if let stage = facets.stage {
            stages.insert(stage)
            return
        }
        kinds.insert(facets.kind)
        policies.insert(facets.policy)
        pids.insert(facets.pid)
        namespacePIDs.insert(facets.namespacePID)
        binaries.insert(Fingerprint(line, facets.binary.range))
        functions.insert(Fingerprint(line, facets.function.range))
    }

    /// Whether there may be an event that the filter takes; that there is none is certain.
    func mayHold(_ interest: Interest) -> Bool {
        let filter = interest.filter
        return stages.contains(where: filter.mayMiss)
            || kinds.mayHold(filter.kinds) && policies.mayHold(filter.policies)
                && pids.mayHold(filter.pids) && namespacePIDs.mayHold(filter.namespacePIDs)
                && binaries.mayHold(interest.binaries) && functions.mayHold(interest.functions)
                && binaries.mayHold(interest.beginsAsWanted)
    }

    /// What a filter wants, as a digest knows it.
    struct Interest {
        let filter: EventFilter
        fileprivate let binaries: Set<Fingerprint>?
        fileprivate let binaryPrefixes: Set<Fingerprint>?
        fileprivate let functions: Set<Fingerprint>?

        init(_ filter: EventFilter) {
            self.filter = filter
            binaries = filter.binaries.map { Set($0.map(Fingerprint.init)) }
            binaryPrefixes = filter.binaryPrefixes.map { Set($0.map(Fingerprint.init)) }
            functions = filter.functions.map { Set($0.map(Fingerprint.init)) }
        }

        fileprivate func beginsAsWanted(_ binary: Fingerprint) -> Bool {
            binaryPrefixes?.contains(where: binary.mayBegin) ?? true
        }
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
        guard let wanted else { return !values.isEmpty }
        return mayHold(wanted.contains)
    }

    /// Whether one that is wanted may be here.
    func mayHold(_ isWanted: (Value) -> Bool) -> Bool {
        !values.isEmpty && (isAny || values.contains(where: isWanted))
    }
}
