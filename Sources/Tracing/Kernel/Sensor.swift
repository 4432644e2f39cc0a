import CWire
public import Kernel
public import Lowering

/// A hook's programs in the kernel, not attached yet.
struct LoadedHook {
    let instance: ProgramInstance
    let entry: Program?
    let exit: Program?

    var programs: [Program] { [entry, exit].compactMap { $0 } }
}

/// The kernel refused a hook of a policy.
public struct HookRefused: Error {
    /// The hook, as the document addresses it.
    public let plan: HookPlan
    /// What the kernel said.
    public let error: KernelError
}

/// A plan that is installed.
///
/// Dropping it detaches and unloads.
final class Sensor {
    let plan: KernelPlan
    /// The ids of the hooks, in the plan's order.
    let hookIDs: [UInt32]
    private let hooks: [LoadedHook]
    private let followed: [UInt8]
    private let followSets: FollowSets
    private var entries: [Attachment] = []
    private var exits: [Attachment] = []

    /// Loads every hook of `plan`; nothing is attached yet, and nothing stays when one is refused.
    init(_ plan: KernelPlan, hookIDs: [UInt32], engine: Engine) throws {
        var taken: [UInt8] = []
        var loaded: [LoadedHook] = []
        do {
            for (hook, id) in zip(plan.hooks, hookIDs) {
                let first = taken.count
                for roots in hook.followed {
                    taken.append(try engine.followSets.take(roots: roots))
                }
                let sets = Array(taken[first...])
                do throws(KernelError) {
                    loaded.append(try engine.load(hook, hook: id, followSets: sets))
                } catch {
                    throw HookRefused(plan: hook, error: error)
                }
            }
        } catch {
            for set in taken { try engine.followSets.release(set) }
            throw error
        }
        self.plan = plan
        self.hookIDs = hookIDs
        hooks = loaded
        followed = taken
        followSets = engine.followSets
    }

    /// Attaches every hook, its return first: so every call that was seen to enter is seen to return.
    func attach(_ kernel: RunningKernel) throws {
        for (plan, hook) in zip(plan.hooks, hooks) {
            guard let call = kernel.tracefs.systemCall(named: plan.systemCall) else { continue }
            do throws(KernelError) {
                if let exit = hook.exit {
                    exits.append(try exit.attach(toReturnOf: call, in: kernel.tracefs))
                }
                if let entry = hook.entry {
                    entries.append(try entry.attach(toEntryOf: call, in: kernel.tracefs))
                }
            } catch {
                throw HookRefused(plan: plan, error: error)
            }
        }
    }

    /// Detaches the hooks of all these sensors, entries first: what they began may still end.
    static func detach(_ sensors: [Sensor]) {
        Attachment.detach(sensors.flatMap(\.entries))
        Attachment.detach(sensors.flatMap(\.exits))
        for sensor in sensors { (sensor.entries, sensor.exits) = ([], []) }
    }

    /// Gives back the follow sets; the hooks must be detached.
    func releaseFollowSets() throws {
        for set in followed { try followSets.release(set) }
    }

    /// What the kernel says of each hook's programs, and what they have counted.
    func readings() throws(KernelError) -> [HookReading] {
        var readings: [HookReading] = []
        for hook in hooks {
            var reading = HookReading()
            for program in hook.programs {
                reading.programs.append(.init(name: program.name, info: try program.info()))
            }
            if let counters = hook.instance.map("counters") {
                reading.counters = HookCounters(try counters.sumOverCPUs())
            }
            readings.append(reading)
        }
        return readings
    }
}

/// What one hook's programs have done.
public struct HookReading: Sendable {
    /// One program and what the kernel says of it.
    public struct LoadedProgram: Sendable {
        /// The name of its function.
        public let name: String
        /// What the kernel says of it.
        public let info: Program.Info
    }

    /// The programs, the one at entry first.
    public var programs: [LoadedProgram] = []
    /// What they counted.
    public var counters = HookCounters()
}

/// struct wire_counters, summed over the CPUs.
public struct HookCounters: Sendable, Equatable {
    /// Events handed to the reader.
    public var sent: UInt64 = 0
    /// Calls that no selector took.
    public var filtered: UInt64 = 0
    /// Events lost because the ring had no room.
    public var ringFull: UInt64 = 0
    /// Calls lost because there was no memory to keep their entry.
    public var pendingFull: UInt64 = 0
    /// Returns whose entry was not seen.
    public var pendingMissed: UInt64 = 0

    init() {}

    /// Adds what another hook has counted.
    static func += (total: inout HookCounters, more: HookCounters) {
        total.sent += more.sent
        total.filtered += more.filtered
        total.ringFull += more.ringFull
        total.pendingFull += more.pendingFull
        total.pendingMissed += more.pendingMissed
    }

    init(_ words: [UInt64]) {
        precondition(words.count == MemoryLayout<wire_counters>.size / 8)
        sent = words[0]
        filtered = words[1]
        ringFull = words[2]
        pendingFull = words[3]
        pendingMissed = words[4]
    }
}
