import Logging
import Lowering
import Policy

/// A document that the kernel has taken, and that does not report yet.
struct PreparedVersion {
    let plan: KernelPlan
    let document: [UInt8]
    /// What its author may want to know.
    let warnings: [Diagnostic]
    let sensor: Sensor
    /// The version that reports meanwhile.
    let predecessor: Sensor?

    var name: String { plan.policy }
}

extension PolicyRegistry {
    /// Checks a document, which may be of no policy that is still being deleted.
    func plan(_ document: [UInt8]) throws(PolicyRejection) -> (KernelPlan, [Diagnostic]) {
        let (plan, warnings) = try installer.plan(document)
        guard !leaving.contains(plan.policy) else { throw .nameTaken(plan.policy) }
        return (plan, warnings)
    }

    /// Loads and attaches a plan beside what the policy has; nothing of it stays where it throws.
    func prepare(_ plan: KernelPlan, _ document: [UInt8], _ warnings: [Diagnostic])
        throws(PolicyRejection) -> PreparedVersion
    {
        let predecessor = makeRoom(for: plan.policy)
        let sensor = try installer.install(
            plan, policy: names.id(of: plan.policy), after: predecessor)
        let version = PreparedVersion(
            plan: plan, document: document, warnings: warnings, sensor: sensor,
            predecessor: predecessor)
        guard predecessor != nil else { return version }
        do throws(PolicyRejection) {
            try installer.takePlaces(sensor)
        } catch {
            discard(version)
            throw error
        }
        return version
    }

    /// Lets go of the version before the one that reports, whose place a new one takes.
    ///
    /// - Returns: the version that reports; nil where none is installed.
    private func makeRoom(for name: String) -> Sensor? {
        guard var policy = policies[name], case .installed(var installation) = policy.installation
        else { return nil }
        awaitRetirement(installation)
        installer.retire(&installation)
        policy.installation = .installed(installation)
        // Whatever comes of the new version: what was retired must not be retired again.
        policies[name] = policy
        return installation.sensor
    }

    /// Takes a version out again that never reported.
    func discard(_ version: PreparedVersion) {
        installer.discard(version.sensor, before: version.predecessor)
    }

    /// Has a version report that is stored, in the place of what the policy has.
    @discardableResult
    func commit(_ version: PreparedVersion) -> KnownPolicy {
        let name = version.name
        var policy = KnownPolicy(
            name: name, id: names.id(of: name), document: version.document,
            version: store.version(of: name),
            created: policies[name]?.created ?? SystemTime.realtime,
            modeOverride: policies[name]?.modeOverride, installation: .failed(""))
        let mode = settleMode(of: &policy, version.plan)
        if case .installed(var installation) = policies[name]?.installation {
            installation.succeed(with: version.sensor, warnings: version.warnings, mode: mode)
            policy.installation = .installed(installation)
            retireLater(name, generation: version.sensor.generation - 1)
        } else {
            policy.installation = .installed(
                Installation(version.sensor, warnings: version.warnings, mode: mode))
        }
        policies[name] = policy
        let functions = version.plan.hooks.flatMap(\.subject.names).prefix(10)
        logger.info(
            "policy \(name), version \(policy.version): \(functions.joined(separator: ", "))")
        log.announce(policy)
        return policy
    }
}
