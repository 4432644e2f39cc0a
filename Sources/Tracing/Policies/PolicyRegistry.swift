import Logging
import Lowering
public import Policy

/// Owns every policy. All changes to the kernel pass through here, one at a time.
public actor PolicyRegistry {
    private let executor = BlockingExecutor(label: "martlet.policies")
    /// A thread of its own, which may block in the kernel.
    nonisolated public var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    let installer: PolicyInstaller
    let reader: EventReader
    let log: EventLog
    let store: PolicyStore
    let logger: Logger
    /// By name.
    var policies: [String: KnownPolicy] = [:]
    /// Policies that are detached and whose last events are still awaited.
    var leaving: Set<String> = []
    var names = PolicyNames()

    init(
        engine: sending Engine, reader: EventReader, log: EventLog, store: PolicyStore,
        logger: Logger
    ) {
        installer = PolicyInstaller(engine: engine, reader: reader, logger: logger)
        self.reader = reader
        self.log = log
        self.store = store
        self.logger = logger
    }

    /// Installs the policies of the state directory.
    ///
    /// One that fails is kept and reported. A file that is no policy is moved aside.
    func restore() {
        for stored in store.documents() {
            let policy = restore(stored)
            policies[policy.name] = policy
            log.announce(policy)
        }
    }

    private func restore(_ stored: PolicyStore.Stored) -> KnownPolicy {
        let name = stored.name
        var policy = KnownPolicy(
            name: name, id: names.id(of: name), document: [], version: store.version(of: name),
            created: SystemTime.realtime, modeOverride: store.mode(of: name),
            installation: .failed(""))
        if policy.modeOverride?.isDamaged == true {
            logger.warning(
                "the mode of \(name) cannot be read, so it monitors until a PATCH gives it one")
        }
        do throws(PolicyRejection) {
            do throws(PolicyStore.Failure) {
                policy.document = try stored.document.get()
            } catch {
                throw .notStored("\(error)")
            }
            policy.installation = .installed(try install(stored: &policy))
        } catch {
            let reason = error.summary + (error.isCorruption ? moveAside(name) : "")
            logger.error("the stored policy \(name) was not installed: \(reason)")
            policy.installation = .failed(reason)
        }
        return policy
    }

    private func install(stored policy: inout KnownPolicy) throws(PolicyRejection) -> Installation {
        let (plan, warnings) = try installer.plan(policy.document)
        // A copy under another name would send every event twice.
        guard plan.policy == policy.name else {
            throw .failed("the file \(policy.name).yaml holds the policy \(plan.policy)")
        }
        let sensor = try installer.install(plan, policy: policy.id)
        return Installation(
            sensor, warnings: warnings, mode: settleMode(of: &policy, plan),
            isEnabled: !store.isDisabled(policy.name))
    }

    /// Moves a file aside that the next start shall not stumble over, and says so.
    private func moveAside(_ name: String) -> String {
        do throws(PolicyStore.Failure) {
            return "; the file was moved to \(try store.moveAside(name))"
        } catch {
            return "; moving the file aside failed: \(error)"
        }
    }

    /// Finds out how this kernel attaches, which the first policy needs to know.
    func prepare() { installer.prepare() }

    /// Checks a document, and has the kernel verify its programs if `loading`; nothing is kept.
    ///
    /// - Returns: the policy's name, and what its author may want to know.
    public func tryOut(_ document: [UInt8], loading: Bool) throws(PolicyRejection) -> (
        name: String, warnings: [Diagnostic]
    ) {
        let (plan, warnings) = try installer.plan(document)
        if loading { try installer.verify(plan) }
        return (plan.policy, warnings)
    }

    /// Detaches everything, keeping the stored documents.
    func shutDown() {
        let installations = policies.values.compactMap { policy in
            if case .installed(let installation) = policy.installation {
                installation
            } else {
                Installation?.none
            }
        }
        installer.remove(installations)
        policies = [:]
    }
}
