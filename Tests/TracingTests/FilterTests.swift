import Events
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

    /// An event of this binary and function.
    private func append(_ binary: String, _ function: String, to log: EventLog) {
        let (binary, function) = (EscapedText(binary), EscapedText(function))
        let start = #"{"process":{"binary":""#.utf8.count
        let line = #"{"process":{"binary":""#.utf8 + binary.bytes + #""},"function_name":""#.utf8
        let end = line.count + function.bytes.count
        log.append(
            String(decoding: line + function.bytes + #""}"#.utf8, as: UTF8.self),
            Facets(
                kind: .processKprobe, binary: start..<start + binary.bytes.count,
                function: line.count..<end))
    }

    @Test("binaries are compared as a whole or from their beginning, functions as a whole")
    func texts() throws {
        let log = EventLog(capacity: 0, boot: "a")
        append("/usr/bin/cat", "__x64_sys_pipe2", to: log)
        append("/usr/bin/cat2", "do_pipe2", to: log)
        append("/opt/\"odd\"\n", "do_pipe2", to: log)
        log.append("{}", kind: .policy)
        func sequences(_ change: (inout EventFilter) -> Void) -> [UInt64] {
            var filter = EventFilter()
            change(&filter)
            return (1...4).filter { sequence in
                var cursor = Cursor(next: sequence, filter: filter, form: .lines, limit: 1)
                _ = cursor.read(log, size: 4096)
                return cursor.next == sequence + 1 && cursor.delivered == 1
            }
        }
        func texts(_ names: String...) -> Set<EscapedText> { Set(names.map(EscapedText.init)) }
        #expect(sequences { $0.binaries = texts("/usr/bin/cat") } == [1])
        #expect(sequences { $0.binaries = texts("/usr/bin/ca") } == [])
        #expect(sequences { $0.binaries = texts("/opt/\"odd\"\n", "/usr/bin/cat2") } == [2, 3])
        #expect(sequences { $0.binaryPrefixes = texts("/usr/bin/cat") } == [1, 2])
        #expect(sequences { $0.binaryPrefixes = texts("/opt/\"", "/usr/bin/cat2") } == [2, 3])
        #expect(sequences { $0.binaryPrefixes = texts("/usr/bin/cat22") } == [])
        #expect(sequences { $0.functions = texts("do_pipe2") } == [2, 3])
        #expect(sequences { $0.functions = texts("do_pipe") } == [])
        #expect(
            sequences {
                $0.functions = texts("do_pipe2")
                $0.binaryPrefixes = texts("/usr/")
            } == [2])
    }

    @Test("a process is known by its number in its own namespace, too")
    func namespaces() {
        let log = EventLog(capacity: 0, boot: "a")
        log.append("1", Facets(kind: .processExec, pid: 100, namespacePID: 1))
        log.append("2", Facets(kind: .processExec, pid: 200, namespacePID: 7))
        log.append("3", kind: .policy)
        var filter = EventFilter()
        filter.namespacePIDs = [1, 100]
        var cursor = Cursor(next: 1, filter: filter, form: .lines)
        #expect(cursor.text(log) == "1\n")
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
