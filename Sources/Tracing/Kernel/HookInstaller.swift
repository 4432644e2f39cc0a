import Kernel
import Lowering
import Policy

/// Puts the hooks of one version of a policy into the kernel.
///
/// Every program that is attached is silent until the policy's slot says its generation.
struct HookInstaller {
    let engine: Engine
    let slot: UInt32
    let generation: UInt32
    /// The attach points of the version before, which go on serving where they fit.
    let known: [AttachPoint.Place: AttachPoint]
    /// Returns at which this version must know which calls it has seen to enter.
    let pairing: Set<AttachPoint.Place>
    /// The attach points of this version.
    private(set) var points: [AttachPoint.Place: AttachPoint] = [:]

    init(
        engine: Engine, slot: UInt32, generation: UInt32,
        known: [AttachPoint.Place: AttachPoint], pairing: Set<AttachPoint.Place>
    ) {
        self.engine = engine
        self.slot = slot
        self.generation = generation
        self.known = known
        self.pairing = pairing
    }

    /// Loads and attaches a hook by the best method that works.
    mutating func install(_ plan: HookPlan, hook: UInt32, followSets: [UInt8]) throws(HookRefused)
        -> InstalledHook
    {
        try plan.serveByBestMethod { (attempt, refused) throws(KernelError) in
            try install(plan, attempt, refused, hook, followSets)
        }
    }

    private mutating func install(
        _ plan: HookPlan, _ planned: Attempt, _ refused: [RefusedMethod], _ hook: UInt32,
        _ followSets: [UInt8]
    ) throws(KernelError) -> InstalledHook {
        let names = plan.subject.names
        let groups = plan.targetGroups(of: planned.method)
        let attempt =
            pairs(planned, groups.map { Array(names[$0]) }) ? planned.paired : planned
        var added: [AttachPoint.Place: AttachPoint] = [:]
        var instances: [ProgramInstance] = []
        var stations: [InstalledHook.Station] = []
        for group in groups {
            var assignment = Attempt.Assignment(
                hook: hook, slot: slot, generation: generation, followSets: followSets)
            if groups.count > 1 { assignment.target = group.lowerBound }
            let targets = Array(names[group])
            let places = attempt.shape.moments.map { place(attempt.method, $0, targets) }
            assignment.chained = Set(places.filter { known[$0] != nil }.map(\.moment))
            let instance = try engine.instantiate(attempt, assignment)
            instances.append(instance)
            for place in places {
                let station = try station(of: instance, plan, place, group)
                stations.append(station)
                added[place] = station.point
            }
        }
        points.merge(added) { $1 }
        return InstalledHook(
            plan: plan, attempt: attempt, refused: refused, instances: instances,
            stations: stations)
    }

    /// Whether a hook must know at its return which calls it has seen to enter.
    private func pairs(_ attempt: Attempt, _ groups: [[String]]) -> Bool {
        groups.contains { pairing.contains(place(attempt.method, .return, $0)) }
    }

    /// Loads one program, and attaches it unless there is one that will hand events on to it.
    private func station(
        of instance: ProgramInstance, _ plan: HookPlan, _ place: AttachPoint.Place,
        _ group: Range<Int>
    ) throws(KernelError) -> InstalledHook.Station {
        let known = known[place]
        let entryPoint = EntryPoint(plan.subject, place.method, place.moment)
        let chain = if let known { known.chain } else { try engine.makeChain(entryPoint.chain) }
        let program = try instance.load(entryPoint, for: plan.subject, group, chain: chain)
        let point = known ?? AttachPoint(place: place, program: program, chain: chain)
        if known == nil { try point.attach(to: plan.subject, in: engine.facts.tracefs) }
        return InstalledHook.Station(
            program: program, point: point, isChained: known != nil, moment: place.moment,
            before: try point.activity())
    }

    /// A place that no other hook of this version has taken.
    private func place(_ method: AttachMethod, _ moment: Attempt.Moment, _ targets: [String])
        -> AttachPoint.Place
    {
        var place = AttachPoint.Place(method: method, moment: moment, targets: targets)
        while points[place] != nil { place.ordinal += 1 }
        return place
    }
}

extension Engine {
    /// Has the kernel verify a hook's programs by the best method that works, and drops them.
    func verify(_ plan: HookPlan) throws(HookRefused) {
        try plan.serveByBestMethod { (attempt, _) throws(KernelError) in
            let instance = try instantiate(
                attempt, Attempt.Assignment(hook: 1, followSets: plan.followed.map { _ in 1 }))
            for group in plan.targetGroups(of: attempt.method) {
                for moment in attempt.shape.moments {
                    let entryPoint = EntryPoint(plan.subject, attempt.method, moment)
                    _ = try instance.load(
                        entryPoint, for: plan.subject, group, chain: makeChain(entryPoint.chain))
                }
            }
        }
    }
}
