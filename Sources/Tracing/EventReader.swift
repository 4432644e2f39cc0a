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
        /// What the process table has seen.
        public var processes = ProcessCounters()
    }

    typealias Task = @Sendable (inout EventEncoder) -> Void

    private struct Inbox {
        var tasks: [Task] = []
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
    static func start(engine: Engine, log: EventLog, nodeName: String, logger: Logger)
        throws(KernelError) -> EventReader
    {
        let reader = try EventReader(log: log, logger: logger)
        // Made on the caller's thread, so that it hears of a failure; used on the reader's only.
        let (ring, state) = (engine.records, engine.readerState)
        let opened = DispatchSemaphore(value: 0)
        let failure = Mutex<KernelError?>(nil)
        let thread = Thread {
            let session = ReadingSession(log: log, nodeName: nodeName, logger: reader.logger)
            do throws(KernelError) {
                let source = try RingReader(
                    ring: ring, state: state, signal: reader.signal,
                    deliver: { session.take($0, reader) })
                opened.signal()
                reader.run(session, source)
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

    private func run(_ session: ReadingSession, _ source: RingReader) {
        session.encoder.adopt(ProcScan().processes())
        while true {
            do throws(KernelError) {
                let delivered = try source.consume()
                if delivered > 0 { log.notify() }
                // After everything that was in the ring when they were left.
                if finishTasks(session) { return }
                if delivered == 0 { try source.wait() }
            } catch {
                logger.critical("reading the ring buffer failed: \(error)")
                return
            }
        }
    }

    /// Does what others left, and returns whether the thread shall end.
    private func finishTasks(_ session: ReadingSession) -> Bool {
        session.counters.processes = session.encoder.processes.counters
        let (tasks, isStopping) = inbox.withLock { inbox in
            defer { inbox.tasks = [] }
            inbox.counters = session.counters
            return (inbox.tasks, inbox.isStopping)
        }
        for task in tasks { task(&session.encoder) }
        return isStopping
    }

    /// Does the tasks now: a record names a hook that one of them may introduce.
    fileprivate func finishTasksEarly(_ session: ReadingSession) { _ = finishTasks(session) }

    /// Has `task` done on the reader's thread, soon.
    func perform(_ task: @escaping Task) {
        inbox.withLock { $0.tasks.append(task) }
        signal.raise()
    }

    /// Returns when everything that was in the ring is in the log.
    public func drain() async {
        await withCheckedContinuation { continuation in
            perform { _ in continuation.resume() }
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

/// What the reader's thread works with, and nobody else touches.
private final class ReadingSession {
    var encoder: EventEncoder
    var counters = EventReader.Counters()
    private var json = JSONWriter(capacity: 16 * 1024)
    private let log: EventLog
    private let logger: Logger

    init(log: EventLog, nodeName: String, logger: Logger) {
        self.log = log
        self.logger = logger
        encoder = EventEncoder(nodeName: nodeName, realtimeOffset: SystemTime.realtimeOffset)
    }

    /// Records between two looks at the clock, and between two wake-ups of subscribers.
    private static let batch: UInt64 = 256

    func take(_ record: RawSpan, _ reader: EventReader) {
        counters.records += 1
        if counters.records % Self.batch == 0 {
            encoder.realtimeOffset = SystemTime.realtimeOffset
            log.notify()
        }
        do throws(RecordError) {
            try append(record)
        } catch .unknownHook {
            reader.finishTasksEarly(self)
            do throws(RecordError) {
                try append(record)
            } catch .unknownHook {
                counters.orphaned += 1
            } catch {
                refuse(error)
            }
        } catch {
            refuse(error)
        }
    }

    private func append(_ record: RawSpan) throws(RecordError) {
        json.removeAll()
        guard let event = try encoder.encode(record, into: &json) else { return }
        json.withBytes { line in
            counters.bytes += UInt64(line.byteCount)
            log.append(line, kind: FrameKind(event.kind), policy: event.policy, pid: event.pid)
        }
    }

    private func refuse(_ error: RecordError) {
        counters.undecodable += 1
        logger.error("a record could not be decoded: \(error)")
    }
}
