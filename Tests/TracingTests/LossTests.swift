import Events
import Synchronization
import Testing

@testable import Tracing

@Suite("Losses, as subscribers are told of them")
struct LossTests {
    private typealias Stage = StageCounters.Stage

    /// The text of a stream, without times.
    private func text(
        _ log: EventLog, _ filter: EventFilter = EventFilter(), from sequence: UInt64 = 1,
        form: Cursor.Form = .lines, limit: UInt64 = .max
    ) -> String {
        var cursor = Cursor(next: sequence, filter: filter, form: form, limit: limit)
        return (cursor.text(log) ?? "overtaken").replacing(/,"time":"[^"]+"/, with: "")
    }

    @Test("a gap of a loss says which stage lost how many, and what types of events may be missing")
    func form() {
        let log = EventLog(capacity: 0, boot: "a")
        log.append("{}")
        log.announce([(.kernelProcessRecord, 7), (.undecodable, 1 << 53 + 1)])
        #expect(
            text(log, form: .serverSentEvents) == """
                id: a-1
                event: process_kprobe
                data: {}

                id: a-2
                event: gap
                data: {"gap":{"reason":"kernel_process_record","lost":7,\
                "types":["process_exec","process_exit"]}}

                id: a-3
                event: gap
                data: {"gap":{"reason":"undecodable","lost":"9007199254740993",\
                "types":["process_kprobe","process_tracepoint","process_exec","process_exit"]}}


                """)
    }

    @Test("every stage has its gap, but for what is told as another loss, or to one subscriber")
    func stages() {
        let names = Gap.Reason.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            Set(names) == [
                "evicted", "restart", "unknown_id", "kernel_ring_full", "kernel_entry_missed",
                "kernel_return_missed", "kernel_skipped", "cut_off", "kernel_unfollowed",
                "kernel_process_record",
                "undecodable", "orphaned",
            ])
        var account = LossAccount()
        let all = Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, UInt64(1)) })
        let told = account.news(StageCounters(lost: all)).map { Gap.Reason.lost($0.stage).name }
        #expect(told == Array(names.dropFirst(3)))
    }

    @Test("each loss is told once, however the counts come")
    func account() {
        var account = LossAccount()
        func news(_ lost: [Stage: UInt64]) -> [String] {
            account.news(StageCounters(lost: lost)).map { "\($0.stage.rawValue) \($0.lost)" }
        }
        #expect(news([:]) == [])
        #expect(news([.orphaned: 2, .kernelRingFull: 5]) == ["kernel_ring_full 5", "orphaned 2"])
        #expect(news([.orphaned: 2, .kernelRingFull: 5]) == [])
        // The hooks of a policy could not be read, and then they could.
        #expect(news([.orphaned: 3, .kernelRingFull: 1]) == ["orphaned 1"])
        #expect(news([.orphaned: 3, .kernelRingFull: 6]) == ["kernel_ring_full 1"])
        #expect(news([.kernelPendingFull: 9, .subscriberOvertaken: 9]) == [])
    }

    @Test("where lives are no events, a record of one that is lost leaves out nothing")
    func withoutLives() {
        var account = LossAccount(reportsLives: false)
        let news = account.news(StageCounters(lost: [.kernelProcessRecord: 1, .undecodable: 1]))
        #expect(news.map(\.stage) == [.undecodable])
    }

    @Test(
        "subscribers are told of what their filters may miss, and woken for nothing else",
        arguments: [
            (filter { _ in }, true, true, true),
            (filter { $0.kinds = [.processExec] }, false, true, true),
            (filter { $0.kinds = [.processTracepoint, .policy] }, true, false, true),
            (filter { $0.kinds = [.policy] }, false, false, false),
            (filter { $0.policies = [7] }, true, false, true),
            (filter { $0.functions = texts("do_it") }, true, false, true),
            (filter { $0.pids = [41] }, true, true, true),
            (filter { $0.binaries = texts("/bin/a") }, true, true, true),
            (filter { $0.binaryPrefixes = texts("/bin") }, true, true, true),
            (filter { $0.namespacePIDs = [1] }, true, true, true),
            (
                filter {
                    $0.kinds = [.processExec, .processKprobe]
                    $0.policies = [7]
                }, true, false, true
            ),
        ])
    func concern(filter: EventFilter, ofCalls: Bool, ofLives: Bool, ofAny: Bool) {
        let table = [
            (Stage.kernelRingFull, ofCalls), (.kernelEntryMissed, ofCalls),
            (.kernelReturnMissed, ofCalls), (.kernelSkipped, ofCalls), (.cutOff, ofCalls),
            (.orphaned, ofCalls), (.kernelProcessRecord, ofLives), (.undecodable, ofAny),
        ]
        for (stage, isTold) in table {
            let log = EventLog(capacity: 0, boot: "a")
            let wakes = Mutex(0)
            let subscription = log.subscribe(to: filter) { wakes.withLock { $0 += 1 } }
            log.announce([(stage, 3)])
            #expect(wakes.withLock { $0 } == (isTold ? 1 : 0), "\(stage)")
            #expect(
                text(log, filter).hasPrefix(#"{"gap":{"reason":"\#(stage.rawValue)","lost":3,"#)
                    == isTold, "\(stage)")
            subscription.cancel()
        }
    }

    @Test("a gap is no event that a limit counts, and fields leave it whole")
    func limit() throws {
        let log = EventLog(capacity: 0, boot: "a")
        log.append("1")
        log.announce([(.kernelRingFull, 3)])
        log.append("2")
        log.append("3")
        let gap = """
            {"gap":{"reason":"kernel_ring_full","lost":3,\
            "types":["process_kprobe","process_tracepoint"]}}
            """
        #expect(text(log, limit: 2) == "1\n\(gap)\n2\n")
        // Bit by bit, too.
        var cursor = Cursor(log, limit: 2)
        let pieces = cursor.text(log, size: 7)
        #expect(pieces?.replacing(/,"time":"[^"]+"/, with: "") == "1\n\(gap)\n2\n")
        let lost = EventLog(capacity: 0, boot: "a")
        lost.announce([(.kernelRingFull, 3)])
        var masked = Cursor(
            next: 1, filter: EventFilter(), mask: try FieldMask(["process.pid"]), form: .lines)
        #expect(masked.text(lost)?.replacing(/,"time":"[^"]+"/, with: "") == gap + "\n")
    }

    @Test("whom the log overtakes is told of every loss that concerns it, once")
    func overtaken() {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        log.append("first")
        var calls = Subscriber(filter { $0.kinds = [.processKprobe] })
        var lives = Subscriber(filter { $0.kinds = [.processExec] })
        for number in 1...20 as ClosedRange<UInt64> {
            log.announce([(number % 2 == 0 ? .kernelRingFull : .kernelProcessRecord, number)])
            log.fill(4, size: 60_000)
        }
        #expect(log.oldestSequence > 80)
        calls.read(log)
        lives.read(log)
        #expect(calls.losses == Array(stride(from: 2, through: 20, by: 2)))
        #expect(lives.losses == Array(stride(from: 1, through: 19, by: 2)))
        #expect(calls.sequences == calls.sequences.sorted())
        #expect(calls.missed > 0 && lives.missed > 0)
        #expect(log.counters.missed == calls.missed + lives.missed)
    }

    @Test("of notices the latest are kept, and only so many")
    func bounded() {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        for number in 1...5_000 as ClosedRange<UInt64> { log.announce([(.undecodable, number)]) }
        log.fill(30, size: 60_000)
        #expect(log.oldestSequence > 5_000)
        var late = Subscriber(EventFilter())
        late.read(log)
        #expect((300...1_000).contains(late.losses.count))
        #expect(late.losses == Array(UInt64(5_001 - late.losses.count)...5_000))
    }

    // MARK: - Watching

    @Test("the counters are asked where there is a sign, and now and then without one")
    func watch() async throws {
        let log = EventLog(capacity: 0, boot: "a")
        let scene = Mutex((sign: UInt64(0), lost: UInt64(0), looks: 0, signs: 0))
        let watch = LossWatch(
            log: log, account: LossAccount(), period: .milliseconds(2),
            sign: {
                scene.withLock {
                    $0.signs += 1
                    return $0.sign
                }
            },
            counters: {
                scene.withLock {
                    $0.looks += 1
                    return StageCounters(lost: [.cutOff: $0.lost])
                }
            })
        try await until { scene.withLock { $0.signs >= 4 * LossWatch.patience } }
        let (looks, signs) = scene.withLock { ($0.looks, $0.signs) }
        #expect((signs / LossWatch.patience - 1...signs / LossWatch.patience).contains(looks))
        #expect(log.newest.sequence == 0, "nothing was lost")
        for round in 1...3 as ClosedRange<UInt64> {
            scene.withLock {
                $0.sign += 1
                $0.lost += 10
            }
            try await until { log.newest.sequence == round }
        }
        #expect(text(log).matches(of: /"reason":"cut_off","lost":10,/).count == 3)
        // A loss without a sign is found, too.
        scene.withLock { $0.lost += 1 }
        try await until { log.newest.sequence == 4 }
        #expect(text(log, from: 4).hasPrefix(#"{"gap":{"reason":"cut_off","lost":1,"#))
        watch.stop()
    }

    private func until(_ condition: () -> Bool) async throws {
        // Tests that run beside this one may have the watch's task wait for long.
        let deadline = ContinuousClock.now + .seconds(120)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            await Task.yield()
        }
    }
}

/// Reads a log to its end, and takes apart what it gets.
private struct Subscriber {
    private var cursor: Cursor
    /// What losses it was told of, in order.
    private(set) var losses: [UInt64] = []
    /// The sequences of what it got.
    private(set) var sequences: [UInt64] = []
    /// Events that it was told it missed.
    private(set) var missed: UInt64 = 0

    init(_ filter: EventFilter) {
        cursor = Cursor(next: 1, filter: filter, form: .serverSentEvents)
    }

    mutating func read(_ log: EventLog) {
        var text = ""
        while true {
            let (reading, bytes) = cursor.read(log, size: 100_000)
            switch reading {
            case .end:
                losses = text.matches(of: /"lost":(\d+)/).compactMap { UInt64($0.1) }
                sequences = text.matches(of: /id: a-(\d+)/).compactMap { UInt64($0.1) }
                return
            case .gap(let count, _): missed += count
            case .bytes: text += String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}
