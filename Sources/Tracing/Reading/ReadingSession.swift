import Events
import Logging

/// What the reader's thread works with, and nobody else touches.
final class ReadingSession {
    var encoder: EventEncoder
    var counters = EventReader.Counters()
    private var batch = EventBatch()
    private let log: EventLog
    private let ringBytes: UInt64
    private let logger: Logger
    private var bytesRead: UInt64 = 0
    private var lostProcessRecords: UInt64 = 0
    /// Tasks, and how much must have been read before each.
    private var lateTasks: [(due: UInt64, task: EventReader.Task)] = []

    private let source: RunningProcesses

    init(
        log: EventLog, ringBytes: UInt64, nodeName: String, reporting: ProcessReporting,
        source: RunningProcesses, logger: Logger
    ) {
        self.log = log
        self.ringBytes = ringBytes
        self.logger = logger
        self.source = source
        encoder = EventEncoder(
            nodeName: nodeName, realtimeOffset: SystemTime.realtimeOffset, reporting: reporting,
            source: source.scan)
    }

    /// Records between two wake-ups of subscribers.
    private static let period: UInt64 = 256

    func take(_ record: RawSpan, _ reader: EventReader) {
        counters.records += 1
        bytesRead += UInt64(record.byteCount)
        if counters.records % Self.period == 0 {
            flush()
            log.notify()
        }
        do throws(RecordError) {
            try batch.append(record, by: &encoder)
        } catch .unknownHook {
            // One of the tasks may introduce it.
            reader.look(self)
            do throws(RecordError) {
                try batch.append(record, by: &encoder)
            } catch .unknownHook {
                counters.orphaned += 1
            } catch {
                refuse(error)
            }
        } catch {
            refuse(error)
        }
        if batch.isFull { flush() }
    }

    /// Puts what was encoded into the log.
    func flush() {
        counters.bytes += UInt64(batch.json.count)
        log.append(batch)
        batch.removeAll()
    }

    /// Takes over who runs now.
    func scanProcesses() {
        let start = SystemTime.monotonic
        encoder.adopt(source.all())
        counters.scanNanoseconds = SystemTime.monotonic - start
    }

    /// Has the kernel list the processes again after records of some were lost.
    ///
    /// Who is not there any more has ended. Where the record of that was not lost it is in the ring
    /// by now, and is an event.
    func repair(lostProcessRecords lost: UInt64) {
        guard lost != lostProcessRecords else { return }
        logger.warning(
            "\(lost &- lostProcessRecords) records of processes were lost; listing all processes")
        lostProcessRecords = lost
        scanProcesses()
        let gone = encoder.processes.running().map(\.id).filter { !source.scan.exists($0.pid) }
        postpone([{ encoder in encoder.forget(gone) }])
    }

    /// Keeps tasks until everything that is in the ring now has been read.
    ///
    /// That is when the ring was seen empty, or when as much was read as it can hold.
    func postpone(_ tasks: [EventReader.Task]) {
        lateTasks += tasks.map { (bytesRead + ringBytes, $0) }
    }

    /// Does the tasks whose time has come.
    func finishLateTasks(isEmpty: Bool) {
        while let next = lateTasks.first, isEmpty || next.due <= bytesRead {
            lateTasks.removeFirst()
            next.task(&encoder)
        }
    }

    private func refuse(_ error: RecordError) {
        counters.undecodable += 1
        logger.error("a record could not be decoded: \(error)")
    }
}
