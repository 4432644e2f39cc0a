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
        var refused = plan.refused
        for (number, attempt) in plan.attempts.enumerated() {
            do throws(KernelError) {
                return try install(plan, attempt, refused, hook, followSets)
            } catch {
                guard number + 1 < plan.attempts.count else {
                    throw HookRefused(plan: plan, error: error, refused: refused)
                }
                refused.append(
                    RefusedMethod(method: attempt.method, reason: error.refusal))
            }
        }
        preconditionFailure("a plan has at least one attempt")
    }

    private mutating func install(
        _ plan: HookPlan, _ planned: Attempt, _ refused: [RefusedMethod], _ hook: UInt32,
        _ followSets: [UInt8]
    ) throws(KernelError) -> InstalledHook {
        // A trampoline belongs to one function, and so does its program.
        let names = plan.subject.names
        let groups =
            planned.method == .fentry ? names.indices.map { [$0] } : [Array(names.indices)]
        let places = groups.map { group in
            planned.shape.moments.map { place(planned.method, $0, group.map { names[$0] }) }
        }
        let pairs = places.joined().contains { pairing.contains($0) }
        let attempt = pairs ? planned.paired : planned
        var added: [AttachPoint.Place: AttachPoint] = [:]
        var instances: [ProgramInstance] = []
        var stations: [InstalledHook.Station] = []
        for group in groups {
            var assignment = Attempt.Assignment(
                hook: hook, slot: slot, generation: generation, followSets: followSets)
            if groups.count > 1 { assignment.target = group[0] }
            let targets = group.map { names[$0] }
            let places = attempt.shape.moments.map { place(attempt.method, $0, targets) }
            assignment.chained = Set(places.filter { known[$0] != nil }.map(\.moment))
            let instance = try engine.instantiate(attempt, assignment)
            instances.append(instance)
            for place in places {
                let station = try station(
                    of: instance, plan, attempt, place, functionOf: group[0])
                stations.append(station)
                added[place] = station.point
            }
        }
        points.merge(added) { $1 }
        return InstalledHook(
            plan: plan, attempt: attempt, refused: refused, instances: instances,
            stations: stations)
    }

    /// Loads one program, and attaches it unless there is one that will hand events on to it.
    private func station(
        of instance: ProgramInstance, _ plan: HookPlan, _ attempt: Attempt,
        _ place: AttachPoint.Place, functionOf target: Int
    ) throws(KernelError) -> InstalledHook.Station {
        let moment = place.moment
        let entryPoint = EntryPoint(plan.subject, attempt.method, moment)
        let known = known[place]
        let chain = if let known { known.chain } else { try engine.makeChain(entryPoint.chain) }
        let program = try instance.load(
            program: entryPoint.program,
            for: ProgramPlace(
                attempt.method, moment, functionID: plan.subject.functionID(of: target)),
            with: [chain])
        let point = known ?? AttachPoint(place: place, program: program, chain: chain)
        if known == nil { try point.attach(to: plan.subject, in: engine.facts.tracefs) }
        return InstalledHook.Station(
            program: program, point: point, isChained: known != nil, moment: moment,
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

extension KernelError {
    /// Why a method was given up for a worse one, in a sentence.
    var refusal: String {
        // The verifier's last words say more than its errno.
        let verdict = verifierLog?.split(separator: "\n").last { !$0.hasPrefix("processed ") }
        return verdict.map { "\(self) (\($0))" } ?? "\(self)"
    }
}

extension Engine {
    /// Has the kernel verify a hook's programs by the best method that works, and drops them.
    func verify(_ plan: HookPlan) throws(HookRefused) {
        var refused = plan.refused
        for (number, attempt) in plan.attempts.enumerated() {
            do throws(KernelError) {
                let instance = try instantiate(
                    attempt, Attempt.Assignment(hook: 1, followSets: plan.followed.map { _ in 1 }))
                // A trampoline's program is one function's.
                let targets = attempt.method == .fentry ? plan.subject.names.count : 1
                for (target, moment) in (0..<targets).flatMap({ target in
                    attempt.shape.moments.map { (target, $0) }
                }) {
                    let entryPoint = EntryPoint(plan.subject, attempt.method, moment)
                    _ = try instance.load(
                        program: entryPoint.program,
                        for: ProgramPlace(
                            attempt.method, moment,
                            functionID: plan.subject.functionID(of: target)),
                        with: [makeChain(entryPoint.chain)])
                }
                return
            } catch {
                guard number + 1 < plan.attempts.count else {
                    throw HookRefused(plan: plan, error: error, refused: refused)
                }
                refused.append(RefusedMethod(method: attempt.method, reason: error.refusal))
            }
        }
    }
}
