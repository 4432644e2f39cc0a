public import Events
import Foundation
import Kernel
import Logging
import Synchronization

/// The thread that reads the ring, encodes events and appends them to the log.
///
/// It owns the process table and knows the hooks. Others leave it tasks, which it
/// does between records.
public final class EventReader: Sendable {
    /// What the reader has counted.
    public struct Counters: Sendable, Equatable {
        /// Records taken from the ring.
        public var records: UInt64 = 0
        /// Bytes of JSON appended to the log.
        public var bytes: UInt64 = 0
        /// Records that could not be decoded.
        public var undecodable: UInt64 = 0
        /// Calls of hooks that are not installed any more.
        public var orphaned: UInt64 = 0
        /// How long the last listing of all processes took.
        public var scanNanoseconds: UInt64 = 0
        /// What the process table has seen.
        public var processes = ProcessCounters()
    }

    typealias Task = @Sendable (inout EventEncoder) -> Void

    private struct Inbox {
        /// To be done at once.
        var tasks: [Task] = []
        /// To be done when everything that is in the ring now has been read.
        var lateTasks: [Task] = []
        var isStopping = false
        var counters = Counters()
    }

    private let inbox = Mutex(Inbox())
    private let signal: WakeSignal
    private let log: EventLog
    private let logger: Logger
    private let ended = DispatchSemaphore(value: 0)

    private init(log: EventLog, logger: Logger) throws(KernelError) {
        self.log = log
        self.logger = logger
        signal = try WakeSignal()
    }

    /// Starts a thread that reads the engine's ring until ``stop()``.
    static func start(
        engine: Engine, log: EventLog, nodeName: String, reporting: ProcessReporting,
        logger: Logger
    ) throws(KernelError) -> EventReader {
        let reader = try EventReader(log: log, logger: logger)
        // Made on the caller's thread, so that it hears of a failure; used on the reader's only.
        let (ring, state) = (engine.records, engine.readerState)
        let source = RunningProcesses(
            iterator: engine.processList, scan: ProcScan(for: reporting), logger: logger)
        let ringBytes = UInt64(engine.ringBytes)
        let opened = DispatchSemaphore(value: 0)
        let failure = Mutex<KernelError?>(nil)
        let thread = Thread {
            let session = ReadingSession(
                log: log, ringBytes: ringBytes, nodeName: nodeName, reporting: reporting,
                source: source, logger: reader.logger)
            do throws(KernelError) {
                let records = try RingReader(
                    ring: ring, state: state, signal: reader.signal,
                    deliver: { session.take($0, reader) })
                opened.signal()
                reader.run(session, records, state)
            } catch {
                failure.withLock { $0 = error }
                opened.signal()
            }
            reader.ended.signal()
        }
        thread.name = "martlet-reader"
        thread.start()
        opened.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        return reader
    }

    /// Records between two looks at the inbox.
    private static let patience = 4096

    private func run(_ session: ReadingSession, _ source: RingReader, _ state: SharedWords) {
        session.scanProcesses()
        while true {
            do throws(KernelError) {
                // Before the ring is looked at: what comes later need not be waited for.
                let isStopping = look(session)
                let consumption = source.consume(atMost: Self.patience)
                session.flush()
                if consumption != .nothing { log.notify() }
                session.finishLateTasks(isEmpty: consumption != .some)
                if isStopping, consumption != .some { return }
                if consumption == .nothing {
                    session.repair(lostProcessRecords: state.lostProcessRecords)
                    try source.wait()
                }
            } catch {
                // Nothing works without the ring, and the end of the process detaches everything.
                logger.critical("reading the ring buffer failed: \(error)")
                exit(EXIT_FAILURE)
            }
        }
    }

    /// Does what others left, publishes the counters, and returns whether the thread shall end.
    @discardableResult
    func look(_ session: ReadingSession) -> Bool {
        session.counters.processes = session.encoder.processes.counters
        // Somebody may have set the clock.
        session.encoder.realtimeOffset = SystemTime.realtimeOffset
        let (tasks, lateTasks, isStopping) = inbox.withLock { inbox in
            defer {
                inbox.tasks = []
                inbox.lateTasks = []
            }
            inbox.counters = session.counters
            return (inbox.tasks, inbox.lateTasks, inbox.isStopping)
        }
        for task in tasks { task(&session.encoder) }
        session.postpone(lateTasks)
        return isStopping
    }

    /// Has `task` done on the reader's thread, before any record that the kernel sends from now on.
    func perform(_ task: @escaping Task) {
        inbox.withLock { $0.tasks.append(task) }
        signal.raise()
    }

    /// Has `task` done on the reader's thread, after every record that the kernel has sent.
    func performLate(_ task: @escaping Task) {
        inbox.withLock { $0.lateTasks.append(task) }
        signal.raise()
    }

    /// Returns when everything that was in the ring is in the log.
    public func drain() async {
        await withCheckedContinuation { continuation in
            performLate { _ in continuation.resume() }
        }
    }

    /// Asks the table of processes when it knows everything that the kernel has told until now.
    ///
    /// The reader waits meanwhile: a question takes what it needs, and leaves the rest for later.
    ///
    /// - Returns: the answer, and the newest event that it knows of.
    public func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (ProcessTable) -> Answer
    ) async -> (answer: Answer, asOf: EventID) {
        await withCheckedContinuation { continuation in
            performLate { [log] encoder in
                continuation.resume(returning: (question(encoder.processes), log.newest))
            }
        }
    }

    /// What the reader had counted when it last looked up.
    public var counters: Counters { inbox.withLock { $0.counters } }

    /// Reads what is left, then ends the thread.
    func stop() {
        inbox.withLock { $0.isStopping = true }
        signal.raise()
        ended.wait()
    }
}
