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
    /// One that fails is kept and reported.
    func restore() {
        for (name, document) in store.documents() {
            let policy = restore(name, document)
            policies[name] = policy
            log.announce(policy)
        }
    }

    private func restore(_ name: String, _ document: [UInt8]) -> KnownPolicy {
        var policy = KnownPolicy(
            name: name, id: names.id(of: name), document: document, created: SystemTime.realtime,
            installation: .failed(""))
        do throws(PolicyRejection) {
            let (plan, warnings) = try installer.plan(document)
            // A copy under another name would send every event twice.
            guard plan.policy == name else {
                throw .failed("the file \(name).yaml holds the policy \(plan.policy)")
            }
            var installation = Installation(
                try installer.install(plan, policy: policy.id), warnings: warnings)
            installation.isEnabled = !store.isDisabled(name)
            if installation.isEnabled { installation.sensor.activate() }
            policy.installation = .installed(installation)
        } catch {
            logger.error("the stored policy \(name) was not installed: \(error.summary)")
            policy.installation = .failed(error.summary)
        }
        return policy
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
