import Testing
import Tracing

@Suite("What a subscriber asks for")
struct FilterTests {
    /// Six events that differ in all that filters look at; the line is the sequence.
    private func log() -> EventLog {
        let log = EventLog(capacity: 0, boot: "a")
        log.append("1", kind: .processKprobe, policy: 1, pid: 10)
        log.append("2", kind: .processKprobe, policy: 2, pid: 20)
        log.append("3", kind: .processExec, policy: 0, pid: 10)
        log.append("4", kind: .processExit, policy: 0, pid: 20)
        log.append("5", kind: .policy, policy: 2, pid: 0)
        log.append("6", kind: .processKprobe, policy: 1, pid: 20)
        return log
    }

    private func lines(
        limit: UInt64 = .max, from next: UInt64 = 1, _ change: (inout EventFilter) -> Void
    ) -> String? {
        var filter = EventFilter()
        change(&filter)
        let log = log()
        var cursor = Cursor(next: next, filter: filter, form: .lines, limit: limit)
        return cursor.text(log)?.replacing("\n", with: "")
    }

    @Test("a filter takes what it names, and filters of different sorts must all agree")
    func filters() {
        #expect(lines { _ in } == "123456")
        #expect(lines { $0.kinds = [.processKprobe] } == "126")
        #expect(lines { $0.kinds = [.processExec, .policy] } == "35")
        #expect(lines { $0.policies = [2] } == "25")
        #expect(lines { $0.pids = [10] } == "13")
        #expect(lines { $0.pids = [10, 20] } == "12346")
        #expect(
            lines {
                $0.kinds = [.processKprobe]
                $0.policies = [1]
                $0.pids = [20]
            } == "6")
        #expect(lines { $0.pids = [] } == "")
    }

    @Test("a limit counts what passes the filter")
    func limit() {
        #expect(lines(limit: 2) { $0.kinds = [.processKprobe] } == "12")
        #expect(lines(limit: 3, from: 2) { _ in } == "234")
    }

    @Test("a subscriber is done when the last byte of its last event is out")
    func done() {
        let log = log()
        var cursor = Cursor(log, form: .serverSentEvents, limit: 1)
        #expect(!cursor.isDone)
        #expect(cursor.read(log, size: 10).0 == .bytes(10))
        #expect(cursor.delivered == 1)
        #expect(!cursor.isDone)
        _ = cursor.read(log, size: 4096)
        #expect(cursor.isDone)
        #expect(cursor.read(log, size: 4096).0 == .end)
    }

    @Test("what a filter leaves out moves the cursor on, so that it is never missed")
    func skipped() {
        let log = log()
        var filter = EventFilter()
        filter.pids = [99]
        var cursor = Cursor(next: 1, filter: filter, form: .lines)
        #expect(cursor.read(log, size: 64).0 == .end)
        #expect(cursor.next == 7)
        #expect(cursor.delivered == 0)
    }

    @Test("an id is written and read alike")
    func identifiers() {
        let id = EventID(boot: "5f3a9c01", sequence: 17)
        #expect("\(id)" == "5f3a9c01-17")
        #expect(EventID("5f3a9c01-17") == id)
        #expect(EventID("0-18446744073709551615")?.sequence == .max)
    }

    @Test(
        "what is no id is refused",
        arguments: [
            "", "-", "a", "a-", "-1", "a-b", "g-1", "a-1-2", "a--1", "a-+1", "a- 1", "a-1 ",
            "a-18446744073709551616", "a-\u{661}", "\u{ff21}-1", "12345678901234567-1",
            "a-01",
        ])
    func noIdentifiers(text: String) {
        #expect(EventID(text) == nil)
    }
}
