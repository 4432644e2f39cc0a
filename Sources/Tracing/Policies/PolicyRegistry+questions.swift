import Kernel
import Logging

extension PolicyRegistry {
    /// Every policy, sorted by name.
    public func statuses() -> [PolicyStatus] {
        policies.sorted { $0.key < $1.key }.map { $0.value.status(logger) }
    }

    /// One policy, or nil where there is none of this name.
    public func status(_ name: String) -> PolicyStatus? { policies[name]?.status(logger) }

    /// A policy's document as it was uploaded.
    public func document(_ name: String) -> [UInt8]? { policies[name]?.document }

    /// The id that a policy of this name has, had or will have in this run; nil where there
    /// are too many names.
    public func id(of name: String) -> UInt32? { names.id(askedFor: name) }

    /// What all hooks of this run have counted, those of deleted policies included.
    public func totals() -> HookCounters {
        // Those of deleted policies too: a total never falls.
        var total = installer.retired
        for policy in policies.values {
            guard case .installed(let installation) = policy.installation else { continue }
            do throws(KernelError) {
                total += try installation.sensor.counters()
                if let leaving = installation.leaving { total += try leaving.sensor.counters() }
                total += try installation.keptHooks.map(\.hook).counters()
            } catch {
                logger.error("reading the counters of \(policy.name): \(error)")
            }
        }
        return total
    }

    /// Calls whose end nobody saw, because what saw them begin was replaced or deleted.
    public func cutOffCalls() -> UInt64 { installer.cutOff }

    /// Children of processes that a filter follows, who are not followed for want of room.
    public func unfollowedProcesses() -> UInt64 { installer.unfollowedProcesses() }

    /// Process records that found the ring full.
    public func lostProcessRecords() -> UInt64 { installer.lostProcessRecords() }
}
