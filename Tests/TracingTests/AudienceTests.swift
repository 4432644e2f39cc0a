import Events
import Synchronization
import Testing

@testable import Tracing

@Suite("Who is woken for what")
struct AudienceTests {
    @Test(
        "a subscriber is woken for what its filter may take, and for nothing else",
        arguments: [
            (filter { $0.kinds = [.processKprobe] }, true),
            (filter { $0.kinds = [.processExec, .policy] }, false),
            (filter { $0.policies = [6, 7] }, true), (filter { $0.policies = [6] }, false),
            (filter { $0.pids = [41] }, true), (filter { $0.pids = [42] }, false),
            (filter { $0.pids = [] }, false),
            (
                filter {
                    $0.policies = [7]
                    $0.pids = [42]
                }, false
            ),
            (filter { $0.namespacePIDs = [1, 5] }, true),
            (filter { $0.namespacePIDs = [6] }, false),
            (filter { $0.binaries = texts("/bin/other", "/usr/bin/cat") }, true),
            (filter { $0.binaries = texts("/bin/other", "/usr/bin/ca") }, false),
            (filter { $0.binaryPrefixes = texts("/opt/", "/usr/bin/") }, true),
            (filter { $0.binaryPrefixes = texts("/opt/", "/usr/bin/cat") }, true),
            (filter { $0.binaryPrefixes = texts("/opt/", "/usr/bin/catalogue") }, false),
            (filter { $0.binaryPrefixes = texts("/usr/bin/d", "/usr/sbin") }, false),
            (filter { $0.functions = texts("__x64_sys_pipe2") }, true),
            (filter { $0.functions = texts("__x64_sys_pipe", "do_pipe2") }, false),
            (
                filter {
                    $0.binaries = texts("/usr/bin/cat")
                    $0.functions = texts("do_pipe2")
                }, false
            ),
        ])
    func waking(filter: EventFilter, isWoken: Bool) {
        let log = EventLog(capacity: 0, boot: "a")
        let wakes = Mutex(0)
        let subscription = log.subscribe(to: filter) { wakes.withLock { $0 += 1 } }
        for _ in 0..<2 {
            log.append(
                binary: "/usr/bin/cat", function: "__x64_sys_pipe2", policy: 7, pid: 41,
                namespacePID: 5)
        }
        log.notify()
        #expect(wakes.withLock { $0 } == (isWoken ? 1 : 0))
        log.notify()
        #expect(wakes.withLock { $0 } == (isWoken ? 1 : 0), "there is nothing new")
        subscription.cancel()
    }

    @Test("where there are very many binaries, a subscriber to another one has to look")
    func manyBinaries() {
        for (count, isWoken) in [(8, false), (9, true)] {
            let log = EventLog(capacity: 0, boot: "a")
            let wakes = Mutex(0)
            let subscription = log.subscribe(to: filter { $0.binaries = texts("/bin/none") }) {
                wakes.withLock { $0 += 1 }
            }
            for number in 1...count { log.append(binary: "/bin/\(number)", function: "do_it") }
            log.notify()
            #expect(wakes.withLock { $0 } == (isWoken ? 1 : 0))
            subscription.cancel()
        }
    }

    @Test("where there are very many processes, a subscriber to another one has to look")
    func manyProcesses() {
        let log = EventLog(capacity: 0, boot: "a")
        let wakes = Mutex(0)
        let subscription = log.subscribe(to: filter { $0.pids = [1000] }) {
            wakes.withLock { $0 += 1 }
        }
        for pid in 1...8 { log.append("{}", pid: UInt32(pid)) }
        log.notify()
        #expect(wakes.withLock { $0 } == 0)
        for pid in 1...9 { log.append("{}", pid: UInt32(pid)) }
        log.notify()
        #expect(wakes.withLock { $0 } == 1)
        subscription.cancel()
    }

    /// What a subscriber to process 2 wants.
    private static let second = filter { $0.pids = [2] }

    /// A small log that holds an event for it, and it waiting for more.
    private static func logWithFirst() -> (EventLog, EventLog.Subscription) {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        let subscription = log.subscribe(to: second) {}
        log.append("first", pid: 2)
        log.notify()
        return (log, subscription)
    }

    /// Fills a log with events of others until they have replaced what it held.
    private static func overwrite(_ log: EventLog) {
        for _ in 0..<30 {
            log.fill(1, size: 50_000)
            log.notify()
        }
    }

    @Test("who was left asleep while the log was overwritten has missed nothing")
    func asleep() {
        let (log, subscription) = Self.logWithFirst()
        var cursor = Cursor(next: 1, filter: Self.second, form: .lines)
        #expect(cursor.text(log) == "first\n")
        Self.overwrite(log)
        #expect(log.oldestSequence > 2)
        #expect(cursor.text(log) == "")
        #expect(cursor.next == 32)
        log.append("second", pid: 2)
        log.notify()
        #expect(cursor.text(log) == "second\n")
        #expect(log.counters.missed == 0)
        subscription.cancel()
    }

    @Test("who is woken, even several times, after the log was overwritten has missed nothing")
    func woken() {
        let (log, subscription) = Self.logWithFirst()
        var cursor = Cursor(next: 1, filter: Self.second, form: .lines)
        #expect(cursor.text(log) == "first\n")
        Self.overwrite(log)
        #expect(log.oldestSequence > 2)
        for number in 1...5 {
            log.append("\(number)", pid: 2)
            log.notify()
            log.fill(1, size: 100)
            log.notify()
        }
        #expect(cursor.text(log) == "1\n2\n3\n4\n5\n")
        #expect(log.counters.missed == 0)
        subscription.cancel()
    }

    @Test("who has not read what it wanted before it was overwritten is told so")
    func overtaken() {
        let (log, subscription) = Self.logWithFirst()
        var cursor = Cursor(next: 1, filter: Self.second, form: .lines)
        Self.overwrite(log)
        let oldest = log.oldestSequence
        #expect(cursor.read(log, size: 4096).0 == .gap(missed: oldest - 1, oldest: oldest))
        #expect(cursor.text(log) == "")
        subscription.cancel()
    }

    @Test("however appending, waking and reading follow each other, each reader has what it wants")
    func anyOrder() {
        var random = Random(seed: 21)
        for _ in 0..<200 {
            let log = EventLog(capacity: 1 << 20, boot: "a")
            var readers = (0..<4).map { Reader(log, wanting: UInt32(1 + $0 % 3)) }
            var lines: [UInt32: String] = [:]
            for number in 0..<100 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0: log.notify()
                case 1:
                    let reader = Int.random(in: 0..<4, using: &random)
                    readers[reader].read(log)
                default:
                    let pid = UInt32.random(in: 1...3, using: &random)
                    log.append("\(number)", pid: pid)
                    lines[pid, default: ""] += "\(number)\n"
                }
            }
            log.notify()
            for index in readers.indices {
                readers[index].read(log)
                #expect(readers[index].text == lines[readers[index].pid] ?? "")
                #expect(readers[index].cursor.next == log.newest.sequence + 1)
            }
            #expect(log.counters.missed == 0)
        }
    }

    /// One subscriber to the events of a process.
    private struct Reader {
        let pid: UInt32
        var cursor: Cursor
        var text = ""
        private let subscription: EventLog.Subscription

        init(_ log: EventLog, wanting pid: UInt32) {
            let wanted = filter { $0.pids = [pid] }
            self.pid = pid
            cursor = Cursor(next: 1, filter: wanted, form: .lines)
            subscription = log.subscribe(to: wanted) {}
        }

        mutating func read(_ log: EventLog) { text += cursor.text(log) ?? "gap\n" }
    }
}
