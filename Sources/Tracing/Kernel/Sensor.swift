public import Kernel
public import Lowering
import Policy

/// The kernel refused a hook of a policy.
public struct HookRefused: Error {
    /// The hook, as the document addresses it.
    public let plan: HookPlan
    /// What the kernel said of the last method that was left.
    public let error: KernelError
    /// The methods that were tried before.
    public let refused: [RefusedMethod]
}

/// A version of a policy in the kernel.
///
/// Silent when it is made: ``activate()`` has it report. Dropping it unloads its
/// programs, and detaches those that no other version uses.
final class Sensor {
    let plan: KernelPlan
    let slot: UInt32
    /// Counts the policy's versions, from 1.
    let generation: UInt32
    /// The ids of the hooks, in the plan's order.
    let hookIDs: [UInt32]
    let hooks: [InstalledHook]
    /// How long loading and attaching took, by hook, in nanoseconds.
    private let durations: [UInt64]
    private let points: [AttachPoint.Place: AttachPoint]
    private let followed: [UInt8]
    private let engine: Engine

    /// Loads and attaches every hook; nothing stays when one is refused.
    ///
    /// - Parameters:
    ///   - plan: what to install.
    ///   - hookIDs: what records shall carry, by hook.
    ///   - slot: the policy's.
    ///   - predecessor: the version that reports now; its attach points are used again.
    ///   - engine: the kernel's part of the service.
    /// - Throws: ``HookRefused``, or that there are too few follow sets.
    init(
        _ plan: KernelPlan, hookIDs: [UInt32], slot: UInt32, after predecessor: Sensor?,
        engine: Engine
    ) throws {
        let generation = (predecessor?.generation ?? 0) + 1
        var installer = HookInstaller(
            engine: engine, slot: slot, generation: generation,
            known: predecessor?.points ?? [:], pairing: predecessor?.pairingPlaces ?? [])
        var taken: [UInt8] = []
        var hooks: [InstalledHook] = []
        var durations: [UInt64] = []
        do {
            for (hook, id) in zip(plan.hooks, hookIDs) {
                let start = SystemTime.monotonic
                let first = taken.count
                for roots in hook.followed {
                    taken.append(try engine.followSets.take(roots: roots))
                }
                hooks.append(
                    try installer.install(hook, hook: id, followSets: Array(taken[first...])))
                durations.append(SystemTime.monotonic - start)
            }
        } catch {
            let attached = installer.points.filter { predecessor?.points[$0.key] == nil }
            Attachment.detach(attached.values.flatMap { $0.giveUp() })
            // Why there is no sensor says more than why a set could not be emptied.
            try? engine.followSets.release(taken)
            throw error
        }
        self.plan = plan
        self.hookIDs = hookIDs
        self.slot = slot
        self.generation = generation
        self.hooks = hooks
        self.durations = durations
        points = installer.points
        followed = taken
        self.engine = engine
    }

    /// Returns at which a version that takes over must know which calls it has seen to enter: this
    /// one finishes or has reported those that came before.
    private var pairingPlaces: Set<AttachPoint.Place> {
        var places: Set<AttachPoint.Place> = []
        for station in hooks.filter(\.reportsBeforeReturn).flatMap(\.stations) {
            var place = station.point.place
            place.moment = .return
            places.insert(place)
        }
        return places
    }

    // MARK: - Switching

    /// Puts the programs where events are handed on to them; none is as long as another
    /// generation reports.
    func takePlaces() throws(KernelError) {
        for hook in hooks {
            for station in hook.stations where station.isChained {
                try station.point.put(
                    station.program, generation: generation,
                    finishes: hook.finishes && station.moment == .return)
            }
        }
    }

    /// Has this version do its actions or only count them, from the next event on.
    ///
    /// - Returns: the mode that it has now, which is not more than any policy may have.
    func set(_ mode: PolicyMode) -> PolicyMode {
        engine.slots.set(mode, of: slot, generation: generation)
    }

    /// Has this version report, from the next event on.
    func activate() { engine.slots[slot] = generation }

    /// Has no version report.
    func silence() { engine.slots[slot] = 0 }

    /// A hook and the id that its records carry.
    typealias NumberedHook = (id: UInt32, hook: InstalledHook)

    /// The hooks whose programs go when `successor` takes over, and those that stay attached: what
    /// they have begun they finish.
    ///
    /// `earlier` are the hooks of versions before that have stayed until now.
    func hooks(_ earlier: [NumberedHook], leavingTo successor: Sensor) -> (
        gone: [NumberedHook], kept: [NumberedHook]
    ) {
        var (gone, kept): ([NumberedHook], [NumberedHook]) = ([], [])
        for (id, hook) in earlier + zip(hookIDs, hooks) {
            if hook.finishes && hook.isKept(by: successor.points) {
                kept.append((id, hook))
            } else {
                gone.append((id, hook))
            }
        }
        return (gone, kept)
    }

    /// Lets go of the places that `successor` has not got, and of this version's in its chains;
    /// goes on after a failure.
    func leave(to successor: Sensor) throws(KernelError) {
        var unused: [Attachment] = []
        for (place, point) in points where successor.points[place] !== point {
            unused += point.giveUp()
        }
        Attachment.detach(unused)
        let chained = hooks.flatMap(\.stations).filter(\.isChained)
        let cleared = Result { () throws(KernelError) in
            try chained.forEveryOne { station throws(KernelError) in
                try station.point.clear(generation: generation)
            }
        }
        try releaseFollowSets()
        try cleared.get()
    }

    // MARK: - The end

    /// Detaches the hooks of all these sensors, entries first: what they began may still end.
    static func detach(_ sensors: [Sensor]) {
        for moment in [Attempt.Moment.entry, .return] {
            Attachment.detach(
                sensors.flatMap { sensor in
                    sensor.points.filter { $0.key.moment == moment }.values.flatMap { $0.giveUp() }
                })
        }
    }

    /// Gives back the follow sets; the hooks must be detached.
    func releaseFollowSets() throws(KernelError) {
        try engine.followSets.release(followed)
    }

    /// What the kernel says of each hook's programs, and what they have counted.
    func readings() throws(KernelError) -> [HookReading] {
        var readings: [HookReading] = []
        for (hook, duration) in zip(hooks, durations) {
            var reading = try hook.reading()
            reading.loadNanoseconds = duration
            readings.append(reading)
        }
        return readings
    }

    /// What all hooks have counted.
    func counters() throws(KernelError) -> HookCounters { try hooks.counters() }
}

extension [InstalledHook] {
    /// What all of them have counted.
    func counters() throws(KernelError) -> HookCounters {
        var total = HookCounters()
        for hook in self { total += try hook.counters() }
        return total
    }
}
