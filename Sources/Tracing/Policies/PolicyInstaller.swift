import Events
import Kernel
import Logging
import Lowering
import Policy

/// Turns documents into sensors, and takes sensors out again.
///
/// Belongs to the policy registry, on whose thread it may block in the kernel.
final class PolicyInstaller {
    private let engine: Engine
    private let reader: EventReader
    private let logger: Logger
    private var nextHook: UInt32 = 1
    /// What the hooks of sensors that are gone have counted.
    private(set) var retired = HookCounters()
    /// Calls whose end nobody saw, because what saw them begin was replaced or deleted.
    private(set) var cutOff: UInt64 = 0

    init(engine: Engine, reader: EventReader, logger: Logger) {
        self.engine = engine
        self.reader = reader
        self.logger = logger
    }

    /// The most that any policy may do, whatever it says.
    var modeLimit: PolicyMode { engine.slots.limit }

    /// Tries each way to attach once; the answers are kept.
    func prepare() {
        for method in AttachMethod.allCases { _ = engine.facts.obstacle(to: method) }
    }

    /// Checks a document, and whether this kernel can serve it.
    func plan(_ document: [UInt8]) throws(PolicyRejection) -> (KernelPlan, [Diagnostic]) {
        let checked = check(document: document)
        let lowered = lower(checked.hooks, facts: engine.facts)
        let diagnostics = (checked.diagnostics + checked.unserved + lowered.diagnostics)
            .sorted { $0.position < $1.position }
        guard let policy = checked.policy, checked.unserved.isEmpty,
            let plan = lowered.plan(policy: policy.name, mode: policy.options.mode)
        else {
            throw .invalid(diagnostics)
        }
        return (plan, diagnostics)
    }

    /// Has the kernel verify every hook of a plan, without attaching any.
    func verify(_ plan: KernelPlan) throws(PolicyRejection) {
        for hook in plan.hooks {
            do throws(HookRefused) {
                try engine.verify(hook)
            } catch {
                throw rejection(of: error)
            }
        }
    }

    /// Loads and attaches a plan, which reports nothing yet; the reader knows its hooks.
    ///
    /// - Parameters:
    ///   - plan: what to install.
    ///   - id: the policy's, for filters.
    ///   - predecessor: the version of the policy that reports now.
    /// - Returns: the version that can report next.
    /// - Throws: why the kernel or the service cannot have it; nothing of it stays.
    func install(_ plan: KernelPlan, policy id: UInt32, after predecessor: Sensor? = nil)
        throws(PolicyRejection) -> Sensor
    {
        let hookIDs = plan.hooks.indices.map { nextHook + UInt32($0) }
        nextHook += UInt32(plan.hooks.count)
        var freshSlot: UInt32?
        do {
            let slot = try predecessor?.slot ?? engine.slots.take()
            if predecessor == nil { freshSlot = slot }
            let sensor = try Sensor(
                plan, hookIDs: hookIDs, slot: slot, after: predecessor, engine: engine)
            introduce(sensor, policy: id)
            return sensor
        } catch {
            if let freshSlot { engine.slots.release(freshSlot) }
            throw rejection(of: error)
        }
    }

    private func rejection(of error: any Error) -> PolicyRejection {
        switch error {
        case let refused as HookRefused:
            switch symbolFaults(of: refused.plan, facts: engine.facts) {
            case []: .refused(refused, release: engine.release)
            case let faults: .invalid(faults)
            }
        case is FollowSets.Exhausted: .followSetsExhausted
        case is PolicySlots.Exhausted: .slotsExhausted
        default: .failed("\(error)")
        }
    }

    /// Tells the reader what the sensor's hooks are called.
    private func introduce(_ sensor: Sensor, policy id: UInt32) {
        let descriptions = zip(sensor.plan.hooks, sensor.hookIDs).map { hook, hookID in
            HookDescription(
                hook: hookID, policyID: id, policy: sensor.plan.policy,
                targets: HookDescription.Targets(hook.subject),
                argumentLabels: hook.description.labels,
                reportsReturn: hook.description.reportsReturn,
                returnLabel: hook.description.returnLabel,
                actions: hook.selectors.map { ReportedAction($0.actions) },
                message: hook.description.message, tags: hook.description.tags)
        }
        reader.perform { encoder in
            for description in descriptions { encoder.add(description) }
        }
    }

    // MARK: - Replacing

    /// Puts a sensor's programs where those of the version before hand events on to them.
    func takePlaces(_ sensor: Sensor) throws(PolicyRejection) {
        do throws(KernelError) {
            try sensor.takePlaces()
        } catch {
            throw .failed("\(error)")
        }
    }

    /// Calls that only a replaced version of an installation, and those before it, can finish.
    ///
    /// Sure to fall to 0 once programs that looked at the slot before it changed have ended.
    func callsUnderWay(_ leaving: Installation.Leaving, in installation: Installation) -> UInt64 {
        let gone = leaving.sensor.hooks(
            installation.keptHooks, leavingTo: installation.sensor
        ).gone
        return counters(of: gone.map(\.hook), leaving.sensor.plan.policy).underWay
    }

    /// Lets go of the version before, whatever it still waits for, and counts what is cut off by
    /// that; hooks that may still have something to say are kept.
    func retire(_ installation: inout Installation) {
        guard let leaving = installation.leaving else { return }
        let (gone, kept) = leaving.sensor.hooks(
            installation.keptHooks, leavingTo: installation.sensor)
        leave(leaving.sensor, to: installation.sensor)
        bury(gone.map(\.hook), of: leaving.sensor.plan.policy)
        forget(gone.map(\.id))
        installation.keptHooks = kept
        installation.leaving = nil
    }

    private func leave(_ sensor: Sensor, to other: Sensor) {
        do throws(KernelError) {
            try sensor.leave(to: other)
        } catch {
            logger.error("removing a version of \(sensor.plan.policy): \(error)")
        }
    }

    /// What hooks have counted; nothing, and a line in the log, where the kernel does not say.
    private func counters(of hooks: [InstalledHook], _ policy: String) -> HookCounters {
        do throws(KernelError) {
            return try hooks.counters()
        } catch {
            logger.error("reading the counters of \(policy): \(error)")
            return HookCounters()
        }
    }

    /// Takes down what hooks have counted that are detached, and what they did not see end.
    private func bury(_ hooks: [InstalledHook], of policy: String) {
        let counters = counters(of: hooks, policy)
        retired += counters
        cutOff += counters.underWay
        if counters.underWay > 0 {
            logger.warning("\(counters.underWay) calls of \(policy) were cut off under way")
        }
    }

    // MARK: - Removing

    /// Detaches installations, and has the reader forget their hooks when it has read their last
    /// calls.
    func remove(_ installations: [Installation]) {
        for installation in installations { installation.sensor.silence() }
        Sensor.detach(installations.flatMap { [$0.leaving?.sensor, $0.sensor].compactMap(\.self) })
        for installation in installations {
            let sensor = installation.sensor
            engine.slots.release(sensor.slot)
            do throws(KernelError) {
                try sensor.releaseFollowSets()
            } catch {
                logger.error("removing the hooks of \(sensor.plan.policy): \(error)")
            }
            // Detached, so these are its last words.
            bury(sensor.hooks + installation.keptHooks.map(\.hook), of: sensor.plan.policy)
            forget(sensor.hookIDs + installation.keptHooks.map(\.id))
        }
    }

    /// Drops a sensor that never reported; what it shares with its predecessor stays.
    func discard(_ sensor: Sensor, before predecessor: Sensor?) {
        guard let predecessor else {
            return remove([
                Installation(sensor, warnings: [], mode: .monitor, isEnabled: false)
            ])
        }
        leave(sensor, to: predecessor)
        forget(sensor.hookIDs)
    }

    private func forget(_ hooks: [UInt32]) {
        reader.performLate { encoder in
            for hook in hooks { encoder.remove(hook: hook) }
        }
    }

    /// Children of processes that a filter follows, who are not followed for want of room.
    func unfollowedProcesses() -> UInt64 { engine.readerState.unfollowedProcesses }

    /// Records of processes that found the ring full.
    func lostProcessRecords() -> UInt64 { engine.lostProcessRecords() }
}

extension HookDescription.Targets {
    fileprivate init(_ subject: Subject) {
        switch subject {
        case .systemCalls, .functions: self = .functions(subject.names)
        case .tracepoint(let subsystem, let event, _), .rawTracepoint(let subsystem, let event):
            self = .tracepoint(subsystem: subsystem, event: event)
        }
    }
}
