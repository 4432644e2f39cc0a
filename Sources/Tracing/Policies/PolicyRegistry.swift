import Events
import Logging
import Lowering
import Policy

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
    private var policies: [String: Entry] = [:]
    /// Policies that are detached and whose last events are still awaited.
    private var leaving: Set<String> = []
    /// Ids by name.
    ///
    /// A policy that comes again gets its old one, so filters go on working.
    private var ids: [String: UInt32] = [:]

    /// A policy that is known, whether it traces or not.
    private struct Entry {
        var id: UInt32
        var document: [UInt8]
        var created: UInt64
        var installation: Installation
    }

    private enum Installation {
        case installed(Sensor, warnings: [Diagnostic])
        case failed(String)
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
            do throws(PolicyRejection) {
                let (plan, warnings) = try installer.plan(document)
                // A copy under another name would send every event twice.
                guard plan.policy == name else {
                    throw .failed("the file \(name).yaml holds the policy \(plan.policy)")
                }
                let sensor = try installer.install(plan, policy: id)
                policies[name] = Entry(
                    id: id, document: document, created: SystemTime.realtime,
                    installation: .installed(sensor, warnings: warnings))
                announce(name, id: id, state: "enabled")
            } catch {
                logger.error("the stored policy \(name) was not installed: \(error.summary)")
                policies[name] = Entry(
                    id: id, document: document, created: SystemTime.realtime,
                    installation: .failed(error.summary))
                announce(name, id: id, state: "load_error")
            }
        }
    }

    /// Checks, installs and stores a policy; when this returns it traces.
    public func add(_ document: [UInt8]) throws(PolicyRejection) -> PolicyStatus {
        let (plan, warnings) = try installer.plan(document)
        guard policies[plan.policy] == nil, !leaving.contains(plan.policy) else {
            throw .nameTaken(plan.policy)
        }
        let id = takeID(for: plan.policy)
        let sensor = try installer.install(plan, policy: id)
        do {
            try store.save(document, as: plan.policy)
        } catch {
            installer.remove([sensor])
            throw .notStored("\(error)")
        }
        let entry = Entry(
            id: id, document: document, created: SystemTime.realtime,
            installation: .installed(sensor, warnings: warnings))
        policies[plan.policy] = entry
        logger.info(
            "policy \(plan.policy) added: \(plan.hooks.map(\.function).joined(separator: ", "))")
        announce(plan.policy, id: id, state: "enabled")
        return status(plan.policy, entry)
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
        if case .installed(let sensor, _) = entry.installation {
            installer.remove([sensor])
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
        let sensors = policies.values.compactMap { entry in
            if case .installed(let sensor, _) = entry.installation { sensor } else { nil }
        }
        installer.remove(sensors)
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

    private func announce(_ name: String, id: UInt32, state: String) {
        var json = JSONWriter(capacity: 256)
        json.append("{\"policy\":{\"name\":")
        json.append(quoted: name)
        json.append(",\"state\":")
        json.append(quoted: state)
        json.append("},\"time\":")
        json.append(quotedTime: SystemTime.realtime)
        json.append("}")
        _ = json.withBytes { line in log.append(line, kind: .policy, policy: id, pid: 0) }
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
            for hook in status(name, entry).hooks { total += hook.reading.counters }
        }
        return total
    }

    /// Process records that found the ring full.
    public func lostProcessRecords() -> UInt64 { installer.lostProcessRecords() }

    private func status(_ name: String, _ entry: Entry) -> PolicyStatus {
        var status = PolicyStatus(
            name: name, id: entry.id, state: .enabled, error: nil, hooks: [], warnings: [],
            created: entry.created, etag: "\"\(digest(of: entry.document))\"")
        switch entry.installation {
        case .failed(let reason):
            status.state = .loadError
            status.error = reason
        case .installed(let sensor, let warnings):
            status.warnings = warnings
            do {
                status.hooks = try zip(sensor.plan.hooks, sensor.readings()).map { hook, reading in
                    PolicyStatus.Hook(
                        pointer: hook.pointer, function: hook.function, method: "tracepoint",
                        reading: reading)
                }
            } catch {
                logger.error("reading the counters of \(name): \(error)")
            }
        }
        return status
    }
}

/// FNV-1a of the document's bytes: tells documents apart, and is no proof against forgery.
private func digest(of document: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in document { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
}
