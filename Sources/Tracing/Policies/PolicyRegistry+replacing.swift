import Dispatch
import Kernel
import Logging
import Lowering
import Policy

extension PolicyRegistry {
    /// What a replacement did.
    public enum Replacement: Sendable {
        /// There was no policy of this name.
        case added
        /// The version before reports no more.
        case replaced
        /// The document is the one that there was.
        case unchanged
    }

    /// Puts a policy, or another version of it, in the place of what has the name.
    ///
    /// No call is missed or reported twice: one that was entered before is the old version's. Only
    /// where a hook is on other functions than before, attached another way, or reports at another
    /// moment of the call, two programs decide, and what is under way in that instant may be either.
    /// Where the new version cannot be installed, the old one goes on.
    public func replace(_ name: String, with document: [UInt8]) throws(PolicyRejection) -> (
        Replacement, PolicyStatus
    ) {
        let known = policies[name]
        if let known, known.document == document, case .installed = known.installation {
            return (.unchanged, known.status(logger))
        }
        let (plan, warnings) = try installer.plan(document)
        guard plan.policy == name else { throw .otherName(plan.policy, expected: name) }
        guard !leaving.contains(name) else { throw .nameTaken(name) }
        guard var policy = known, case .installed(var installation) = policy.installation else {
            let status = try install(plan, document, warnings: warnings)
            return (known == nil ? .added : .replaced, status)
        }
        // The new version takes the place of the one before the last.
        awaitRetirement(installation)
        installer.retire(&installation)
        policy.installation = .installed(installation)
        // Whatever comes of the new version: what was retired must not be retired again.
        policies[name] = policy
        let successor = try installer.install(
            plan, policy: policy.id, after: installation.sensor)
        do throws(PolicyRejection) {
            try installer.takePlaces(successor)
            try save(document, as: name)
        } catch {
            installer.discard(successor, before: installation.sensor)
            throw error
        }
        installation.succeed(with: successor, warnings: warnings)
        policy.document = document
        policy.installation = .installed(installation)
        policies[name] = policy
        retireLater(name, generation: successor.generation - 1)
        logger.info("policy \(name) replaced by version \(successor.generation)")
        log.announce(policy)
        return (.replaced, policy.status(logger))
    }

    // MARK: - Retiring

    /// Waits until nothing needs the version before, or its time is over.
    private func awaitRetirement(_ installation: Installation) {
        guard let leaving = installation.leaving else { return }
        // Programs that looked at the slot before it changed have run to their end then.
        repeat {
            GracePeriod.wait()
        } while installer.callsUnderWay(leaving, in: installation) > 0
            && ContinuousClock.now < leaving.deadline
    }

    /// Between two looks at whether a replaced version is needed.
    private static let pause = DispatchTimeInterval.milliseconds(100)

    private nonisolated func retireLater(_ name: String, generation: UInt32) {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.pause) {
            GracePeriod.wait()
            Task { await self.retireWhenIdle(name, generation: generation) }
        }
    }

    private func retireWhenIdle(_ name: String, generation: UInt32) {
        // Another version may be leaving by now, which has a timer of its own.
        guard var policy = policies[name], case .installed(var installation) = policy.installation,
            let leaving = installation.leaving, leaving.sensor.generation == generation
        else { return }
        guard
            installer.callsUnderWay(leaving, in: installation) == 0
                || ContinuousClock.now > leaving.deadline
        else {
            retireLater(name, generation: generation)
            return
        }
        installer.retire(&installation)
        policy.installation = .installed(installation)
        policies[name] = policy
    }
}
