import Logging
import Lowering
import Policy

extension PolicyRegistry {
    /// Checks, installs and stores a policy; when this returns it traces.
    public func add(_ document: [UInt8]) throws(PolicyRejection) -> PolicyStatus {
        let (plan, warnings) = try installer.plan(document)
        guard policies[plan.policy] == nil, !leaving.contains(plan.policy) else {
            throw .nameTaken(plan.policy)
        }
        return try install(plan, document, warnings: warnings)
    }

    /// Installs and stores a policy, of which nothing is installed.
    func install(_ plan: KernelPlan, _ document: [UInt8], warnings: [Diagnostic])
        throws(PolicyRejection) -> PolicyStatus
    {
        let id = names.id(of: plan.policy)
        let sensor = try installer.install(plan, policy: id)
        do throws(PolicyRejection) {
            // Another policy of this name may have been switched off.
            try remember(plan.policy, isEnabled: true)
            try save(document, as: plan.policy)
        } catch {
            installer.discard(sensor, before: nil)
            throw error
        }
        sensor.activate()
        let policy = KnownPolicy(
            name: plan.policy, id: id, document: document, created: SystemTime.realtime,
            installation: .installed(Installation(sensor, warnings: warnings)))
        policies[plan.policy] = policy
        let functions = plan.hooks.flatMap(\.subject.names)
        logger.info("policy \(plan.policy) added: \(functions.prefix(10).joined(separator: ", "))")
        log.announce(policy)
        return policy.status(logger)
    }

    /// Has a policy report or be silent, from the next call on.
    public func setEnabled(_ name: String, _ isEnabled: Bool) throws(PolicyRejection)
        -> PolicyStatus
    {
        guard var policy = policies[name] else { throw .notFound(name) }
        guard case .installed(var installation) = policy.installation else {
            throw .notInstalled(name)
        }
        guard installation.isEnabled != isEnabled else { return policy.status(logger) }
        try remember(name, isEnabled: isEnabled)
        if isEnabled { installation.sensor.activate() } else { installation.sensor.silence() }
        installation.isEnabled = isEnabled
        policy.installation = .installed(installation)
        policies[name] = policy
        logger.info("policy \(name) \(isEnabled ? "enabled" : "disabled")")
        log.announce(policy)
        return policy.status(logger)
    }

    /// Detaches and forgets a policy; when this returns, all its events are in the log.
    public func remove(_ name: String) async throws(PolicyRejection) {
        guard let policy = policies[name] else { throw .notFound(name) }
        do {
            try store.remove(name)
        } catch {
            throw .notStored("\(error)")
        }
        policies[name] = nil
        if case .installed(var installation) = policy.installation {
            installer.retire(&installation)
            installer.remove([installation])
            // Whoever takes the name meanwhile would be announced before this one is gone.
            leaving.insert(name)
            await reader.drain()
            leaving.remove(name)
        }
        logger.info("policy \(name) deleted")
        log.announceDeleted(policy)
    }

    // MARK: - The state directory

    private func remember(_ name: String, isEnabled: Bool) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            try store.setDisabled(name, !isEnabled)
        } catch {
            throw .notStored("\(error)")
        }
    }

    /// Stores a document, or leaves what was stored under the name.
    func save(_ document: [UInt8], as name: String) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            try store.save(document, as: name)
        } catch {
            // It may have failed when the new document was in its place already.
            if let known = policies[name] {
                try? store.save(known.document, as: name)
            } else {
                try? store.remove(name)
            }
            throw .notStored("\(error)")
        }
    }
}
