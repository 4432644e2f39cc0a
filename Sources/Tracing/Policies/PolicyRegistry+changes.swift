public import Digests
import Logging
import Lowering
import Policy

extension PolicyRegistry {
    /// Checks, installs and stores a policy; when this returns it traces.
    public func add(_ document: [UInt8]) throws(PolicyRejection) -> PolicyStatus {
        let (plan, warnings) = try plan(document)
        guard policies[plan.policy] == nil else { throw .nameTaken(plan.policy) }
        return try install(plan, document, warnings)
    }

    /// Installs and stores a document, in the place of what the policy has.
    func install(_ plan: KernelPlan, _ document: [UInt8], _ warnings: [Diagnostic])
        throws(PolicyRejection) -> PolicyStatus
    {
        let version = try prepare(plan, document, warnings)
        do throws(PolicyRejection) {
            // A policy of this name that was never installed may have been switched off.
            if version.predecessor == nil { try remember(version.name, isEnabled: true) }
            try save(document, as: version.name)
        } catch {
            discard(version)
            throw error
        }
        return commit(version).status(logger)
    }

    /// Has a policy report or be silent, from the next call on; nil leaves it as it is.
    public func change(
        _ name: String, enabled: Bool?, if condition: Precondition = .none
    ) throws(PolicyRejection) -> PolicyStatus {
        guard var policy = policies[name] else { throw .notFound(name) }
        try condition.check(policy, name)
        guard let isEnabled = enabled else { return policy.status(logger) }
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
    ///
    /// - Returns: the version that the policy had, and what identifies its document.
    @discardableResult
    public func remove(
        _ name: String, if condition: Precondition = .none
    ) async throws(PolicyRejection) -> (version: Int, digest: SHA256Digest) {
        guard let policy = policies[name] else { throw .notFound(name) }
        try condition.check(policy, name)
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
        return (policy.version, policy.digest)
    }

    // MARK: - The state directory

    func remember(_ name: String, isEnabled: Bool) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            try store.setDisabled(name, !isEnabled)
        } catch {
            throw .notStored("\(error)")
        }
    }

    private func save(_ document: [UInt8], as name: String) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            try store.save(document, as: name)
        } catch {
            throw .notStored("\(error)")
        }
    }
}
