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
            if version.predecessor == nil { try forgetSettings(of: version.name) }
            try save(document, as: version.name)
        } catch {
            discard(version)
            throw error
        }
        return commit(version).status(logger)
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

    private func save(_ document: [UInt8], as name: String) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            try store.save(document, as: name)
        } catch {
            throw .notStored("\(error)")
        }
    }
}
