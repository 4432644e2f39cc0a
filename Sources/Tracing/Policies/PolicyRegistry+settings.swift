import Logging
import Lowering
import Policy

/// What a policy can be told apart from its document: whether it reports, and whether it interferes.
extension PolicyRegistry {
    /// Has a policy report or be silent, and do its actions or only count them, from the next call
    /// on; nil leaves it as it is.
    ///
    /// - Throws: why nothing was changed.
    public func change(
        _ name: String, enabled: Bool? = nil, mode: ModeChange? = nil,
        if condition: Precondition = .none
    ) throws(PolicyRejection) -> PolicyStatus {
        guard var policy = policies[name] else { throw .notFound(name) }
        try condition.check(policy, name)
        guard enabled != nil || mode != nil else { return policy.status(logger) }
        guard case .installed(var installation) = policy.installation else {
            throw .notInstalled(name)
        }
        let before = (policy.state, policy.mode)
        let plan = installation.sensor.plan
        if case .to = mode, !plan.enforces { throw .nothingToEnforce(name) }
        if mode == .to(.enforce), installer.modeLimit == .monitor { throw .onlyMonitors }
        let isEnabled = enabled ?? installation.isEnabled
        let modeOverride = policy.modeOverride(after: mode)
        try remember(isEnabled, modeOverride, of: policy, installation)

        policy.modeOverride = modeOverride
        // First, so that a policy which is switched on never acts in a mode that it was not to have.
        installation.set(policy.mode(for: plan, version: policy.version).mode)
        installation.set(enabled: isEnabled)
        policy.installation = .installed(installation)
        policies[name] = policy
        guard before != (policy.state, policy.mode) else { return policy.status(logger) }
        logger.info("policy \(name) \(policy.state.rawValue), \(policy.mode?.rawValue ?? "")")
        log.announce(policy)
        return policy.status(logger)
    }

    /// The mode of a plan that the policy is to have; an override that the document makes void is
    /// forgotten.
    func settleMode(of policy: inout KnownPolicy, _ plan: KernelPlan) -> PolicyMode {
        let (mode, override) = policy.mode(for: plan, version: policy.version)
        guard override != policy.modeOverride else { return mode }
        policy.modeOverride = override
        do throws(PolicyStore.Failure) {
            try store.setMode(nil, of: policy.name)
        } catch {
            // It is void after a restart, too: it has an older version than the document.
            logger.error("forgetting the mode of \(policy.name): \(error)")
        }
        return mode
    }

    // MARK: - The state directory

    /// Stores both settings, or leaves both as they are.
    private func remember(
        _ isEnabled: Bool, _ modeOverride: ModeOverride?, of policy: KnownPolicy,
        _ installation: Installation
    ) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            if modeOverride != policy.modeOverride {
                try store.setMode(modeOverride, of: policy.name)
            }
            guard isEnabled != installation.isEnabled else { return }
            do throws(PolicyStore.Failure) {
                try store.setDisabled(policy.name, !isEnabled)
            } catch {
                // The reason of the first failure is the one to tell.
                try? store.setMode(policy.modeOverride, of: policy.name)
                throw error
            }
        } catch {
            throw .notStored("\(error)")
        }
    }

    /// Forgets that a policy was switched off which was never installed, and its mode, where it is
    /// no policy that is known.
    func forgetSettings(of name: String) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            try store.setDisabled(name, false)
            if policies[name] == nil { try store.setMode(nil, of: name) }
        } catch {
            throw .notStored("\(error)")
        }
    }
}

extension KnownPolicy {
    /// What overrides the document's mode when a client has asked for a change.
    fileprivate func modeOverride(after change: ModeChange?) -> ModeOverride? {
        switch change {
        case nil: modeOverride
        case .back: nil
        case .to(let mode): ModeOverride(mode, version: version)
        }
    }
}
