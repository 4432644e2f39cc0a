import CWire
import Kernel
import Lowering

/// A hook of a policy's version in the kernel.
final class InstalledHook {
    let plan: HookPlan
    /// The way that served it.
    let attempt: Attempt
    /// The better ways that did not, and why.
    let refused: [RefusedMethod]
    /// One for all targets, or one for each where a program cannot tell them apart.
    let instances: [ProgramInstance]
    let stations: [Station]

    /// A program of the hook, and where it runs.
    struct Station {
        let program: Program
        let point: AttachPoint
        /// Whether an earlier version's program is attached there, and hands events on.
        let isChained: Bool
        let moment: Attempt.Moment
        /// What had happened at the place before this program came.
        let before: AttachPoint.Activity
    }

    init(
        plan: HookPlan, attempt: Attempt, refused: [RefusedMethod], instances: [ProgramInstance],
        stations: [Station]
    ) {
        self.plan = plan
        self.attempt = attempt
        self.refused = refused
        self.instances = instances
        self.stations = stations
    }

    /// Whether calls that were entered may have to be finished when another version reports.
    var finishes: Bool { attempt.shape == .pair }

    /// Whether it does something with a call before the call returns.
    var reportsBeforeReturn: Bool { attempt.shape != .return }

    /// Whether a later version, which has `points`, keeps this one's program at the return attached.
    func isKept(by points: [AttachPoint.Place: AttachPoint]) -> Bool {
        stations.contains { station in
            station.moment == .return && !station.isChained
                && points[station.point.place] === station.point
        }
    }

    /// What its programs have counted.
    func counters() throws(KernelError) -> HookCounters {
        var counters = HookCounters()
        for instance in instances {
            guard let map = instance.map("counters") else { continue }
            counters += HookCounters(try map.sumOverCPUs())
        }
        for station in stations {
            let activity = try station.point.activity() - station.before
            counters.skipped += activity.recursions + (activity.missed ?? 0)
        }
        return counters
    }

    /// What its selectors' actions came to; empty where they have none but reporting.
    private func selectors() throws(KernelError) -> [HookReading.Selector] {
        let maps = instances.compactMap { $0.map("actions") }
        guard !maps.isEmpty else { return [] }
        var selectors: [HookReading.Selector] = []
        for (number, selector) in plan.selectors.enumerated() {
            var actions = ActionCounters()
            for map in maps { actions += ActionCounters(try map.sumOverCPUs(key: UInt32(number))) }
            selectors.append(.init(label: selector.label, actions: actions))
        }
        return selectors
    }

    /// What the kernel says of its programs, and what they have counted.
    func reading() throws(KernelError) -> HookReading {
        var reading = HookReading(
            method: attempt.method, refused: refused, counters: try counters(),
            selectors: try selectors())
        for station in stations {
            var info = try station.program.info()
            let activity = try station.point.activity() - station.before
            info.runCount = activity.runs
            info.runTimeNanoseconds = activity.nanoseconds
            info.recursionMisses = activity.recursions
            reading.programs.append(.init(name: station.program.name, info: info))
            reading.recursions += activity.recursions
            if let missed = activity.missed { reading.missed = (reading.missed ?? 0) + missed }
        }
        return reading
    }
}
