public import Events
import Foundation
public import Kernel
public import Logging
public import Policy
import Synchronization

/// The tracing side of the service: policies in, events into the log.
public final class TracingService: Sendable {
    /// Where events go, and subscribers read.
    public let log: EventLog
    /// The policies.
    public let policies: PolicyRegistry
    /// The thread between the kernel and the log.
    public let reader: EventReader
    /// The running kernel's release.
    public let release: String
    /// The running kernel's functions.
    public let types: KernelTypesCache
    /// What the running kernel offers.
    public let capabilities: CapabilityProbe

    private let lock: DirectoryLock
    private let losses: LossWatch

    /// What the service is started with.
    public struct Options: Sendable {
        /// Where accepted policies are kept.
        public var stateDirectory: String
        /// Bytes of events that are kept for subscribers.
        public var logBytes: Int
        /// What is told of processes.
        public var processes: ProcessReporting
        /// The most that any policy may do, whatever it says.
        public var modeLimit: PolicyMode

        /// Names every option.
        public init(
            stateDirectory: String, logBytes: Int,
            processes: ProcessReporting = ProcessReporting(), modeLimit: PolicyMode = .enforce
        ) {
            self.stateDirectory = stateDirectory
            self.logBytes = logBytes
            self.processes = processes
            self.modeLimit = modeLimit
        }
    }

    /// Loads what every policy shares, starts reading, and installs the stored policies.
    ///
    /// - Throws: what failed.
    public init(options: Options, access: KernelAccess, logger: Logger) async throws {
        var engineOptions = Engine.Options()
        engineOptions.modeLimit = options.modeLimit
        engineOptions.carriesEnvironment = !options.processes.environment.isEmpty
        let engine = try Engine(options: engineOptions, access: access)
        lock = try DirectoryLock(directory: options.stateDirectory)
        let store = try PolicyStore(directory: options.stateDirectory)
        release = engine.release
        types = engine.facts.types
        capabilities = engine.facts.capabilities
        log = EventLog(capacity: options.logBytes, boot: Self.newBoot())
        let words = engine.readerState
        reader = try EventReader.start(
            engine: engine, log: log, nodeName: Self.nodeName(), reporting: options.processes,
            logger: logger)
        policies = PolicyRegistry(
            engine: engine, reader: reader, log: log, store: store, logger: logger)
        losses = LossWatch(
            log: log, account: LossAccount(reportsLives: options.processes.reportsLives),
            sign: { [reader] in
                let read = reader.counters
                return words.hookLosses &+ words.lostProcessRecords
                    &+ words.unfollowedProcesses &+ read.undecodable &+ read.orphaned
            },
            counters: { [policies, reader, log] in await StageCounters(policies, reader, log) })
        await policies.restore()
        // Nobody has to wait for it with the first policy.
        Task { [policies] in await policies.prepare() }
    }

    /// Makes the state directory, and what it stands in, where they are missing.
    ///
    /// That may be in a folder of another user's, who can be overruled only before rights are given
    /// up; inside, the service needs none.
    public static func makeStateDirectory(_ path: String) throws {
        try PolicyStore.makeFolders(path)
    }

    /// A number that no other run has, in eight hexadecimal digits.
    private static func newBoot() -> String {
        let text = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    private static func nodeName() -> String {
        ProcessInfo.processInfo.environment["NODE_NAME"] ?? ProcessInfo.processInfo.hostName
    }

    /// What every stage has counted so far.
    public func stageCounters() async -> StageCounters {
        await StageCounters(policies, reader, log)
    }

    /// Detaches everything and ends the reader.
    public func stop() async {
        losses.stop()
        await policies.shutDown()
        reader.stop()
    }
}
