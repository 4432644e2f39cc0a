import Testing
import Tracing

@testable import API

@Suite("Where a stream begins")
struct OpeningTests {
    /// The oldest event that a log of 30 large ones holds, and the one that a small one does.
    private static let held = EventID(boot: "5f", sequence: 21)
    private static let first = EventID(boot: "5f", sequence: 1)

    /// A log of `count` events, of which the first were pushed out where `isSmall`.
    private func log(_ count: Int, bytes: Int = 2) -> EventLog {
        let log = EventLog(capacity: 0, boot: "5f")
        let line = [UInt8](repeating: 0x78, count: bytes)
        for _ in 0..<count {
            log.append(line.span.bytes, Facets(kind: .processKprobe, policy: 1, pid: 1))
        }
        return log
    }

    @Test("now is behind the newest event, oldest is the oldest that is held")
    func words() {
        let log = log(30, bytes: 50_000)
        #expect(log.oldestSequence == 21)
        #expect(Opening(.now, log: log) == Opening(next: 31, gap: nil))
        #expect(Opening(.oldest, log: log) == Opening(next: 21, gap: nil))
        let empty = self.log(0)
        #expect(Opening(.now, log: empty) == Opening(next: 1, gap: nil))
        #expect(Opening(.oldest, log: empty) == Opening(next: 1, gap: nil))
    }

    @Test("an id of this run is resumed without a gap while what follows it is held")
    func sameRun() {
        let log = log(30, bytes: 50_000)
        #expect(Opening(.after("5f-25"), log: log) == Opening(next: 26, gap: nil))
        #expect(Opening(.after("5f-30"), log: log) == Opening(next: 31, gap: nil))
        // Event 20 is gone, and so is nothing that follows it.
        #expect(Opening(.after("5f-20"), log: log) == Opening(next: 21, gap: nil))
        #expect(Opening(.after("5f-0"), log: self.log(3)) == Opening(next: 1, gap: nil))
    }

    @Test("an id whose successors were overwritten gets their number")
    func evicted() {
        let log = log(30, bytes: 50_000)
        for (id, lost) in [("5f-19", 1), ("5f-7", 13), ("5f-0", 20)] {
            let gap = Gap(
                reason: .evicted, lost: UInt64(lost), requested: id, oldest: Self.held)
            #expect(Opening(.after(id), log: log) == Opening(next: 21, gap: gap))
        }
    }

    @Test(
        "an id whose successors were overwritten is resumed with notices of losses, which are kept")
    func kept() {
        let log = log(10, bytes: 50_000)
        log.announce([(.kernelProcessRecord, 3)])
        let line = [UInt8](repeating: 0x78, count: 50_000)
        for _ in 0..<30 { log.append(line.span.bytes, Facets(kind: .processKprobe)) }
        #expect(log.oldestSequence > 20)
        let kept = EventID(boot: "5f", sequence: 11)
        let gap = Gap(reason: .evicted, lost: 6, requested: "5f-4", oldest: kept)
        #expect(Opening(.after("5f-4"), log: log) == Opening(next: 11, gap: gap))
        #expect(Opening(.after("5f-10"), log: log) == Opening(next: 11, gap: nil))
        // Whom it does not concern goes on where everybody does.
        var calls = EventFilter()
        calls.kinds = [.processKprobe]
        let other = Opening(.after("5f-4"), for: calls, log: log)
        #expect(other.next == log.oldestSequence)
        #expect(other.gap?.lost == log.oldestSequence - 5)
    }

    @Test("a time is resumed without a gap where nothing since then is missing")
    func times() {
        let log = EventLog(capacity: 0, boot: "5f", start: 100)
        let line = [UInt8](repeating: 0x78, count: 50_000)
        for time in 1...30 as ClosedRange<UInt64> {
            log.append(line.span.bytes, Facets(kind: .processKprobe, time: 100 + time))
        }
        #expect(log.oldestSequence == 21)
        func opening(_ time: UInt64) -> Opening { Opening(.since(time, "T"), log: log) }
        func gap(_ reason: Gap.Reason) -> Gap {
            Gap(reason: reason, lost: nil, requested: "T", oldest: Self.held)
        }
        #expect(opening(121) == Opening(next: 21, gap: nil))
        #expect(opening(130) == Opening(next: 30, gap: nil))
        #expect(opening(131) == Opening(next: 31, gap: nil))
        #expect(opening(120) == Opening(next: 21, gap: gap(.evicted)))
        #expect(opening(100) == Opening(next: 21, gap: gap(.evicted)))
        #expect(opening(99) == Opening(next: 21, gap: gap(.restart)))
    }

    @Test("an id of another run gets a gap of unknown size, and all that is held")
    func restart() {
        let gap = Gap(reason: .restart, lost: nil, requested: "60-2", oldest: Self.first)
        #expect(Opening(.after("60-2"), log: log(3)) == Opening(next: 1, gap: gap))
    }

    @Test(
        "an id that this run never gave is unknown",
        arguments: ["5f-4", "5f-18446744073709551615", "junk", "", "5f", "5f-x"])
    func unknown(id: String) {
        let gap = Gap(reason: .unknownID, lost: nil, requested: id, oldest: Self.first)
        #expect(Opening(.after(id), log: log(3)) == Opening(next: 1, gap: gap))
    }
}

extension Opening: Equatable {
    /// Of a subscriber who wants everything.
    init(_ start: EventQuery.Start, log: EventLog) {
        self.init(start, for: EventFilter(), log: log)
    }

    init(next: UInt64, gap: Gap?) {
        self.init(.now, log: EventLog(capacity: 0, boot: ""))
        self.next = next
        self.gap = gap
    }

    static func == (left: Opening, right: Opening) -> Bool {
        left.next == right.next && left.gap == right.gap
    }
}
