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
    ///
    /// - Throws: why the document is not accepted, or that `condition` does not hold.
    public func replace(
        _ name: String, with document: [UInt8], if condition: Precondition = .none
    ) throws(PolicyRejection) -> (Replacement, PolicyStatus) {
        let known = policies[name]
        try condition.check(known, name)
        if let known, known.document == document, case .installed = known.installation {
            return (.unchanged, known.status(logger))
        }
        let (plan, warnings) = try plan(document)
        guard plan.policy == name else { throw .otherName(plan.policy, expected: name) }
        return (known == nil ? .added : .replaced, try install(plan, document, warnings))
    }

    // MARK: - Retiring

    /// Waits until nothing needs the version before, or its time is over.
    func awaitRetirement(_ installation: Installation) {
        guard let leaving = installation.leaving else { return }
        // Programs that looked at the slot before it changed have run to their end then.
        repeat {
            GracePeriod.wait()
        } while installer.callsUnderWay(leaving, in: installation) > 0
            && ContinuousClock.now < leaving.deadline
    }

    /// Between two looks at whether a replaced version is needed.
    private static let pause = DispatchTimeInterval.milliseconds(100)

    nonisolated func retireLater(_ name: String, generation: UInt32) {
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
