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

    init(engine: Engine, reader: EventReader, logger: Logger) {
        self.engine = engine
        self.reader = reader
        self.logger = logger
    }

    /// Checks a document, and whether this kernel can serve it.
    func plan(_ document: [UInt8]) throws(PolicyRejection) -> (KernelPlan, [Diagnostic]) {
        let checked = check(document: document)
        let lowered = lower(checked.hooks, facts: engine.facts)
        let diagnostics = (checked.diagnostics + lowered.diagnostics)
            .sorted { $0.position < $1.position }
        guard let policy = checked.policy, let plan = lowered.plan(policy: policy.name) else {
            throw .invalid(diagnostics)
        }
        return (plan, diagnostics)
    }

    /// Loads and attaches a plan; the reader knows its hooks before the first call.
    func install(_ plan: KernelPlan, policy id: UInt32) throws(PolicyRejection) -> Sensor {
        let hookIDs = plan.hooks.indices.map { nextHook + UInt32($0) }
        nextHook += UInt32(plan.hooks.count)
        do {
            let sensor = try Sensor(plan, hookIDs: hookIDs, engine: engine)
            introduce(sensor, policy: id)
            do {
                try sensor.attach(engine.facts)
            } catch {
                remove([sensor])
                throw error
            }
            return sensor
        } catch let refused as HookRefused {
            throw .refused(refused, release: engine.release)
        } catch is FollowSets.Exhausted {
            throw .followSetsExhausted
        } catch {
            throw .failed("\(error)")
        }
    }

    /// Tells the reader what the sensor's hooks are called.
    private func introduce(_ sensor: Sensor, policy id: UInt32) {
        let descriptions = zip(sensor.plan.hooks, sensor.hookIDs).map { hook, hookID in
            HookDescription(
                hook: hookID, policyID: id, policy: sensor.plan.policy, function: hook.function,
                argumentLabels: hook.labels, reportsReturn: hook.reportsReturn,
                returnLabel: hook.returnLabel, message: hook.message, tags: hook.tags)
        }
        reader.perform { encoder in
            for description in descriptions { encoder.add(description) }
        }
    }

    /// Detaches sensors, and has the reader forget their hooks when it has read their last calls.
    func remove(_ sensors: [Sensor]) {
        Sensor.detach(sensors)
        for sensor in sensors {
            do {
                try sensor.releaseFollowSets()
                // Detached, so these are its last words.
                for reading in try sensor.readings() { retired += reading.counters }
            } catch {
                logger.error("removing the hooks of \(sensor.plan.policy): \(error)")
            }
        }
        let hooks = sensors.flatMap(\.hookIDs)
        reader.performLate { encoder in
            for hook in hooks { encoder.remove(hook: hook) }
        }
    }

    /// Process records that found the ring full.
    func lostProcessRecords() -> UInt64 {
        do throws(KernelError) {
            return try engine.lostProcessRecords()
        } catch {
            logger.error("reading the reader's counters: \(error)")
            return 0
        }
    }
}
