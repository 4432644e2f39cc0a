import Dispatch
import Events
import Kernel
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

    private let installer: PolicyInstaller
    private let reader: EventReader
    private let log: EventLog
    private let store: PolicyStore
    private let logger: Logger
    private(set) var policies: [String: Entry] = [:]
    /// Policies that are detached and whose last events are still awaited.
    private var leaving: Set<String> = []
    /// Ids by name.
    ///
    /// A policy that comes again gets its old one, so filters go on working.
    private var ids: [String: UInt32] = [:]

    /// A policy that is known, whether it traces or not.
    struct Entry {
        var id: UInt32
        var document: [UInt8]
        var created: UInt64
        var installation: State
    }

    enum State {
        case installed(Installation)
        case failed(String)
    }

    /// What a replacement did.
    public enum Replacement: Sendable {
        /// There was no policy of this name.
        case added
        /// The version before reports no more.
        case replaced
        /// The document is the one that there was.
        case unchanged
    }

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

    // MARK: - Changes

    /// Installs the policies of the state directory.
    ///
    /// One that fails is kept and reported.
    func restore() {
        for (name, document) in store.documents() {
            let id = takeID(for: name)
            var entry = Entry(
                id: id, document: document, created: SystemTime.realtime,
                installation: .failed(""))
            do throws(PolicyRejection) {
                let (plan, warnings) = try installer.plan(document)
                // A copy under another name would send every event twice.
                guard plan.policy == name else {
                    throw .failed("the file \(name).yaml holds the policy \(plan.policy)")
                }
                var installation = Installation(
                    try installer.install(plan, policy: id), warnings: warnings)
                installation.isEnabled = !store.isDisabled(name)
                if installation.isEnabled { installation.sensor.activate() }
                entry.installation = .installed(installation)
            } catch {
                logger.error("the stored policy \(name) was not installed: \(error.summary)")
                entry.installation = .failed(error.summary)
            }
            policies[name] = entry
            announce(name, entry)
        }
    }

    /// Finds out how this kernel attaches, which the first policy needs to know.
    func prepare() { installer.prepare() }

    /// Checks, installs and stores a policy; when this returns it traces.
    public func add(_ document: [UInt8]) throws(PolicyRejection) -> PolicyStatus {
        let (plan, warnings) = try installer.plan(document)
        guard policies[plan.policy] == nil, !leaving.contains(plan.policy) else {
            throw .nameTaken(plan.policy)
        }
        return try install(plan, document, warnings: warnings)
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
            return (.unchanged, status(name, known))
        }
        let (plan, warnings) = try installer.plan(document)
        guard plan.policy == name else { throw .otherName(plan.policy, expected: name) }
        guard !leaving.contains(name) else { throw .nameTaken(name) }
        guard var entry = known, case .installed(var installation) = entry.installation else {
            let status = try install(plan, document, warnings: warnings)
            return (known == nil ? .added : .replaced, status)
        }
        // The new version takes the place of the one before the last.
        awaitRetirement(installation)
        retire(&installation)
        entry.installation = .installed(installation)
        // Whatever comes of the new version: what was retired must not be retired again.
        policies[name] = entry
        let successor = try installer.install(
            plan, policy: entry.id, after: installation.sensor)
        do throws(PolicyRejection) {
            try installer.takePlaces(successor)
            try save(document, as: name)
        } catch {
            installer.discard(successor, before: installation.sensor)
            throw error
        }
        if installation.isEnabled { successor.activate() }
        installation.leaving = .init(
            sensor: installation.sensor, deadline: .now + Installation.grace)
        installation.sensor = successor
        installation.warnings = warnings
        entry.document = document
        entry.installation = .installed(installation)
        policies[name] = entry
        retireLater(name, generation: successor.generation - 1)
        logger.info("policy \(name) replaced by version \(successor.generation)")
        announce(name, entry)
        return (.replaced, status(name, entry))
    }

    /// Has a policy report or be silent, from the next call on.
    public func setEnabled(_ name: String, _ isEnabled: Bool) throws(PolicyRejection)
        -> PolicyStatus
    {
        guard var entry = policies[name] else { throw .notFound(name) }
        guard case .installed(var installation) = entry.installation else {
            throw .notInstalled(name)
        }
        guard installation.isEnabled != isEnabled else { return status(name, entry) }
        do throws(PolicyStore.Failure) {
            try store.setDisabled(name, !isEnabled)
        } catch {
            throw .notStored("\(error)")
        }
        if isEnabled { installation.sensor.activate() } else { installation.sensor.silence() }
        installation.isEnabled = isEnabled
        entry.installation = .installed(installation)
        policies[name] = entry
        logger.info("policy \(name) \(isEnabled ? "enabled" : "disabled")")
        announce(name, entry)
        return status(name, entry)
    }

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

    /// Detaches and forgets a policy; when this returns, all its events are in the log.
    public func remove(_ name: String) async throws(PolicyRejection) {
        guard let entry = policies[name] else { throw .notFound(name) }
        do {
            try store.remove(name)
        } catch {
            throw .notStored("\(error)")
        }
        policies[name] = nil
        if case .installed(var installation) = entry.installation {
            retire(&installation)
            installer.remove([installation])
            // Whoever takes the name meanwhile would be announced before this one is gone.
            leaving.insert(name)
            await reader.drain()
            leaving.remove(name)
        }
        logger.info("policy \(name) deleted")
        announce(name, id: entry.id, state: "deleted")
    }

    /// Detaches everything, keeping the stored documents.
    func shutDown() {
        let installations = policies.values.compactMap { entry in
            if case .installed(let installation) = entry.installation {
                installation
            } else {
                Installation?.none
            }
        }
        installer.remove(installations)
        policies = [:]
    }

    // MARK: - Steps

    /// Names that filters may ask for; those of policies come on top.
    private static let mostNames = 10_000

    private func takeID(for name: String) -> UInt32 {
        let id = ids[name] ?? UInt32(ids.count + 1)
        ids[name] = id
        return id
    }

    private func install(_ plan: KernelPlan, _ document: [UInt8], warnings: [Diagnostic])
        throws(PolicyRejection) -> PolicyStatus
    {
        let id = takeID(for: plan.policy)
        let sensor = try installer.install(plan, policy: id)
        do throws(PolicyRejection) {
            // Another policy of this name may have been switched off.
            try forgetDisabled(plan.policy)
            try save(document, as: plan.policy)
        } catch {
            installer.discard(sensor, before: nil)
            throw error
        }
        sensor.activate()
        let entry = Entry(
            id: id, document: document, created: SystemTime.realtime,
            installation: .installed(Installation(sensor, warnings: warnings)))
        policies[plan.policy] = entry
        let names = plan.hooks.flatMap(\.subject.names)
        logger.info("policy \(plan.policy) added: \(names.prefix(10).joined(separator: ", "))")
        announce(plan.policy, entry)
        return status(plan.policy, entry)
    }

    private func forgetDisabled(_ name: String) throws(PolicyRejection) {
        do throws(PolicyStore.Failure) {
            try store.setDisabled(name, false)
        } catch {
            throw .notStored("\(error)")
        }
    }

    private func save(_ document: [UInt8], as name: String) throws(PolicyRejection) {
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

    // MARK: - Retiring

    /// Lets go of the version before, whatever it still waits for.
    private func retire(_ installation: inout Installation) {
        guard let leaving = installation.leaving else { return }
        installation.keptHooks = installer.retire(
            leaving.sensor, installation.keptHooks, replacedBy: installation.sensor)
        installation.leaving = nil
    }

    private func callsUnderWay(_ leaving: Installation.Leaving, in installation: Installation)
        -> UInt64
    {
        installer.callsUnderWay(
            leaving.sensor, installation.keptHooks, replacedBy: installation.sensor)
    }

    /// Waits until nothing needs the version before, or its time is over.
    private func awaitRetirement(_ installation: Installation) {
        guard let leaving = installation.leaving else { return }
        // Programs that looked at the slot before it changed have run to their end then.
        repeat {
            GracePeriod.wait()
        } while callsUnderWay(leaving, in: installation) > 0
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
        guard var entry = policies[name], case .installed(var installation) = entry.installation,
            let leaving = installation.leaving, leaving.sensor.generation == generation
        else { return }
        guard
            callsUnderWay(leaving, in: installation) == 0
                || ContinuousClock.now > leaving.deadline
        else {
            retireLater(name, generation: generation)
            return
        }
        retire(&installation)
        entry.installation = .installed(installation)
        policies[name] = entry
    }

    // MARK: - Telling

    private func announce(_ name: String, _ entry: Entry) {
        announce(name, id: entry.id, state: entry.state.rawValue)
    }

    private func announce(_ name: String, id: UInt32, state: String) {
        var json = JSONWriter(capacity: 256)
        json.append("{\"policy\":{\"name\":")
        json.append(quoted: name)
        json.append(",\"state\":")
        json.append(quoted: state)
        json.append("},\"time\":")
        let time = SystemTime.realtime
        json.append(quotedTime: time)
        json.append("}")
        let facets = Facets(kind: .policy, policy: id, time: time)
        _ = json.withBytes { line in log.append(line, facets) }
        log.notify()
    }

    // MARK: - Questions

    /// Every policy, sorted by name.
    public func statuses() -> [PolicyStatus] {
        policies.sorted { $0.key < $1.key }.map { status($0.key, $0.value) }
    }

    /// One policy, or nil where there is none of this name.
    public func status(_ name: String) -> PolicyStatus? {
        policies[name].map { status(name, $0) }
    }

    /// A policy's document as it was uploaded.
    public func document(_ name: String) -> [UInt8]? { policies[name]?.document }

    /// The id that a policy of this name has, had or will have in this run; nil where there
    /// are too many names.
    public func id(of name: String) -> UInt32? {
        if let id = ids[name] { return id }
        guard ids.count < Self.mostNames else { return nil }
        return takeID(for: name)
    }

    /// What all hooks of this run have counted, those of deleted policies included.
    public func totals() -> HookCounters {
        // Those of deleted policies too: a total never falls.
        var total = installer.retired
        for (name, entry) in policies {
            guard case .installed(let installation) = entry.installation else { continue }
            do throws(KernelError) {
                total += try installation.sensor.counters()
                if let leaving = installation.leaving { total += try leaving.sensor.counters() }
                total += try installation.keptHooks.map(\.hook).counters()
            } catch {
                logger.error("reading the counters of \(name): \(error)")
            }
        }
        return total
    }

    /// Calls whose end nobody saw, because what saw them begin was replaced or deleted.
    public func cutOffCalls() -> UInt64 { installer.cutOff }

    /// Process records that found the ring full.
    public func lostProcessRecords() -> UInt64 { installer.lostProcessRecords() }

    private func status(_ name: String, _ entry: Entry) -> PolicyStatus {
        var status = PolicyStatus(
            name: name, id: entry.id, state: entry.state, version: 0, error: nil, hooks: [],
            warnings: [], created: entry.created, etag: "\"\(digest(of: entry.document))\"")
        switch entry.installation {
        case .failed(let reason): status.error = reason
        case .installed(let installation):
            let sensor = installation.sensor
            status.version = Int(sensor.generation)
            status.warnings = installation.warnings
            do throws(KernelError) {
                let readings = try sensor.readings()
                status.hooks = zip(sensor.plan.hooks, readings).map { hook, reading in
                    PolicyStatus.Hook(
                        pointer: hook.pointer, functions: hook.subject.names, reading: reading)
                }
            } catch {
                logger.error("reading the counters of \(name): \(error)")
            }
        }
        return status
    }
}

extension PolicyRegistry.Entry {
    fileprivate var state: PolicyStatus.State {
        switch installation {
        case .installed(let installation): installation.isEnabled ? .enabled : .disabled
        case .failed: .loadError
        }
    }
}

/// FNV-1a of the document's bytes: tells documents apart, and is no proof against forgery.
private func digest(of document: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in document { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
}
