import Synchronization
import Testing

@testable import Tracing

@Suite("The event log")
struct EventLogTests {
    @Test("events are numbered from 1, and the newest has the run in its id")
    func numbers() {
        let log = EventLog(capacity: 0, boot: "5f3a9c01")
        #expect(log.newest.description == "5f3a9c01-0")
        #expect(log.oldestSequence == 1)
        #expect(log.append("{}") == 1)
        #expect(log.append("{}") == 2)
        #expect(log.newest == EventID(boot: "5f3a9c01", sequence: 2))
        #expect(log.counters == .init(appended: 2, overwritten: 0, missed: 0))
    }

    @Test("server-sent events have their id, their name and one line of data")
    func serverSentEvents() {
        let log = EventLog(capacity: 0, boot: "5f3a9c01")
        log.append("{\"a\":1}")
        log.append("{}", kind: .policy)
        var cursor = Cursor(log, form: .serverSentEvents)
        #expect(
            cursor.text(log) == """
                id: 5f3a9c01-1
                event: process_kprobe
                data: {"a":1}

                id: 5f3a9c01-2
                event: policy
                data: {}


                """)
        #expect(cursor.next == 3)
        #expect(cursor.delivered == 2)
    }

    @Test("every kind has its own name on the stream", arguments: FrameKind.allCases)
    func names(kind: FrameKind) {
        let log = EventLog(capacity: 0, boot: "a")
        log.append("{}", kind: kind)
        var cursor = Cursor(log, form: .serverSentEvents)
        #expect(cursor.text(log) == "id: a-1\nevent: \(kind.rawValue)\ndata: {}\n\n")
    }

    @Test("lines are the bytes of the data, each with one newline")
    func lines() {
        let log = EventLog(capacity: 0, boot: "5f3a9c01")
        log.append("{\"a\":1}")
        log.append("{\"b\":\"\u{e9}\"}")
        var cursor = Cursor(log)
        #expect(cursor.text(log) == "{\"a\":1}\n{\"b\":\"\u{e9}\"}\n")
    }

    @Test("a reading fills the buffer with whole events where it can")
    func wholeEvents() {
        let log = EventLog(capacity: 0, boot: "a")
        for number in 0..<3 { log.append("{\"n\":\(number)}") }
        var cursor = Cursor(log)
        let (first, bytes) = cursor.read(log, size: 17)
        #expect(first == .bytes(16))
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"n\":0}\n{\"n\":1}\n")
        #expect(cursor.text(log) == "{\"n\":2}\n")
        #expect(cursor.read(log, size: 1).0 == .end)
    }

    @Test("an event that is larger than the buffer comes in pieces", arguments: [1, 2, 7, 4096])
    func pieces(size: Int) {
        let log = EventLog(capacity: 0, boot: "a")
        let text = String(repeating: "0123456789", count: 1000)
        log.append(text)
        log.append("{}")
        var cursor = Cursor(log, form: .serverSentEvents)
        #expect(
            cursor.text(log, size: size) == "id: a-1\nevent: process_kprobe\ndata: \(text)\n\n"
                + "id: a-2\nevent: process_kprobe\ndata: {}\n\n")
    }

    @Test("a piece that was begun is finished even when the log moves on")
    func piecesSurvive() {
        let log = EventLog(capacity: 0, boot: "a")
        log.append(String(repeating: "y", count: 100))
        var cursor = Cursor(log)
        #expect(cursor.read(log, size: 60).0 == .bytes(60))
        log.fill(100, size: 100_000)
        #expect(log.oldestSequence > 2)
        let (rest, bytes) = cursor.read(log, size: 60)
        #expect(rest == .bytes(41))
        #expect(bytes == [UInt8](repeating: 0x79, count: 40) + [0x0A])
        #expect(
            cursor.read(log, size: 60).0
                == .gap(missed: log.oldestSequence - 2, oldest: log.oldestSequence))
    }

    @Test("an event that is larger than a segment is kept whole, and so are those around it")
    func hugeEvent() {
        let log = EventLog(capacity: 8 * LogSegment.capacity, boot: "a")
        let huge = String(repeating: "z", count: 2 * LogSegment.capacity)
        log.append("{}")
        log.append(huge)
        log.append("[]")
        var cursor = Cursor(log)
        #expect(cursor.text(log) == "{}\n\(huge)\n[]\n")
    }

    @Test("an event that is larger than the whole log pushes the others out, and is kept")
    func largerThanTheLog() {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        let huge = String(repeating: "z", count: 3 * LogSegment.capacity)
        for _ in 0..<10 { log.fill(1, size: 100_000) }
        log.append(huge)
        var cursor = Cursor(next: 11, filter: EventFilter(), form: .lines)
        #expect(cursor.text(log) == huge + "\n")
        // The log shrinks to its size again.
        log.fill(20, size: 100_000)
        #expect(log.oldestSequence > 11)
    }

    @Test("the events since a time begin with the first that is not older")
    func since() {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        #expect(log.first(since: 1) == .init(sequence: 1, isComplete: true))
        // CPUs are not quite in step.
        for time in [10, 30, 20, 40] as [UInt64] {
            log.append("{}", Facets(kind: .processKprobe, time: time))
        }
        for (time, sequence) in [(0, 1), (10, 1), (11, 2), (30, 2), (31, 4), (41, 5)] {
            let found = log.first(since: UInt64(time))
            #expect(found == .init(sequence: UInt64(sequence), isComplete: true))
        }
        log.fill(5, size: 50_000, time: 40)
        log.fill(6, size: 50_000, time: 50)
        #expect(log.oldestSequence == 10)
        #expect(log.first(since: 20) == .init(sequence: 10, isComplete: false))
        #expect(log.first(since: 40) == .init(sequence: 10, isComplete: false))
        #expect(log.first(since: 41) == .init(sequence: 10, isComplete: true))
        #expect(log.first(since: 51) == .init(sequence: 16, isComplete: true))
    }

    @Test("many small events end a segment before their list outgrows it")
    func smallEvents() {
        let log = EventLog(capacity: 0, boot: "a")
        log.fill(3 * LogSegment.mostFrames, size: 1)
        #expect(log.oldestSequence == UInt64(LogSegment.mostFrames) + 1)
        #expect(log.counters.overwritten == UInt64(LogSegment.mostFrames))
    }

    @Test("subscribers are woken until they cancel")
    func subscribers() {
        let log = EventLog(capacity: 0, boot: "a")
        let woken = Mutex(0)
        let first = log.subscribe(to: EventFilter()) { woken.withLock { $0 += 1 } }
        let second = log.subscribe(to: EventFilter()) { woken.withLock { $0 += 100 } }
        #expect(log.subscriberCount == 2)
        log.append("{}")
        #expect(woken.withLock { $0 } == 0)
        log.notify()
        #expect(woken.withLock { $0 } == 101)
        first.cancel()
        first.cancel()
        #expect(log.subscriberCount == 1)
        log.append("{}")
        log.notify()
        #expect(woken.withLock { $0 } == 201)
        log.notify()
        #expect(woken.withLock { $0 } == 201, "there is nothing new")
        log.notifyAll()
        #expect(woken.withLock { $0 } == 301)
        second.cancel()
        #expect(log.subscriberCount == 0)
    }
}
