import Foundation
import Synchronization
import Testing

@testable import Tracing

@Suite("A log that is overtaken")
struct OverwritingTests {
    @Test("a reader that was overtaken learns how many events it missed, and goes on")
    func gap() {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        var cursor = Cursor(log)
        log.fill(30, size: 50_000)
        let oldest = log.oldestSequence
        // Five of these fit into a segment, and the log has two.
        #expect(oldest == 21)
        #expect(cursor.read(log, size: 100_000).0 == .gap(missed: 20, oldest: 21))
        #expect(cursor.next == 21)
        let text = cursor.text(log, size: 100_000)
        #expect(text?.utf8.count == 10 * 50_001)
        #expect(log.counters == .init(appended: 30, overwritten: 20, missed: 20))
    }

    @Test("a reader that is only just in time misses nothing")
    func justInTime() {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        log.fill(10, size: 50_000)
        var cursor = Cursor(log)
        #expect(cursor.text(log, size: 60_000)?.utf8.count == 10 * 50_001)
        log.fill(1, size: 50_000)
        #expect(cursor.text(log, size: 60_000)?.utf8.count == 50_001)
        #expect(log.counters.missed == 0)
    }

    @Test("a segment that a reader still holds is not written to")
    func heldSegment() {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        log.append(String(repeating: "y", count: 100))
        guard case .frames(let segment, let frames) = log.place(of: 1, for: EventFilter()) else {
            Issue.record("event 1 is not there")
            return
        }
        log.fill(100, size: 50_000)
        #expect(log.oldestSequence > 1)
        var bytes = [UInt8](repeating: 0, count: frames[0].line.count)
        bytes.withUnsafeMutableBytes { segment.copy(frames[0].line, to: $0) }
        #expect(bytes == [UInt8](repeating: 0x79, count: 100) + [0x0A])
    }

    @Test("every event comes once and in order, or a gap says what does not", arguments: 0..<4)
    func property(seed: UInt64) {
        var random = Random(seed: seed)
        let log = EventLog(
            capacity: Int.random(in: 2...4, using: &random) * LogSegment.capacity, boot: "a")
        var readers = (0..<4).map { _ in Reader(&random) }
        for _ in 0..<800 {
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let size = Sizes.frame(&random)
                Line.append(to: log, size: size)
            }
            for index in readers.indices where Int.random(in: 0..<4, using: &random) > index {
                readers[index].read(log, &random)
            }
        }
        for index in readers.indices { readers[index].finish(log, &random) }
        for reader in readers { #expect(reader.check.fault == nil) }
        #expect(readers.allSatisfy { $0.check.seen + $0.check.missed == log.counters.appended })
        #expect(log.counters.missed == readers.reduce(0) { $0 + $1.check.missed })
        #expect(log.counters.overwritten > 0, "the log wrapped")
    }

    @Test("readers on threads of their own see the same while a thread writes")
    func threads() async {
        let log = EventLog(capacity: 2 * LogSegment.capacity, boot: "a")
        let events: UInt64 = 20_000
        await withTaskGroup { group in
            for seed in 0..<3 {
                group.addTask {
                    await onThread {
                        var random = Random(seed: UInt64(seed))
                        var reader = Reader(&random)
                        let deadline = ContinuousClock.now + .seconds(60)
                        while reader.check.expected <= events, ContinuousClock.now < deadline {
                            reader.read(log, &random)
                        }
                        #expect(reader.check.fault == nil)
                        #expect(reader.check.seen + reader.check.missed == events)
                    }
                }
            }
            group.addTask {
                await onThread {
                    var random = Random(seed: 99)
                    for _ in 0..<events {
                        Line.append(to: log, size: Int.random(in: 0...400, using: &random))
                    }
                }
            }
        }
        #expect(log.counters.appended == events)
    }
}

/// Runs `body` on a thread of its own, which may spin.
private func onThread(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            body()
            continuation.resume()
        }
    }
}

/// Sizes that are mostly small, sometimes near a buffer's, and now and then beyond a segment's.
private enum Sizes {
    static func frame(_ random: inout Random) -> Int {
        switch Int.random(in: 0..<400, using: &random) {
        case 0: Int.random(in: 200_000...600_000, using: &random)
        case 1..<100: Int.random(in: 1_000...9_000, using: &random)
        default: Int.random(in: 0...600, using: &random)
        }
    }

    static func buffer(_ random: inout Random) -> Int {
        Bool.random(using: &random)
            ? Int.random(in: 1...64, using: &random) : Int.random(in: 500...40_000, using: &random)
    }
}

/// A subscriber that reads in pieces of any size.
private struct Reader {
    var check: LineCheck
    private var cursor: Cursor

    init(_ random: inout Random) {
        let form: Cursor.Form = Bool.random(using: &random) ? .serverSentEvents : .lines
        cursor = Cursor(next: 1, filter: EventFilter(), form: form)
        check = LineCheck(hasHeads: form == .serverSentEvents)
    }

    /// One reading; returns whether there was something.
    @discardableResult
    mutating func read(_ log: EventLog, _ random: inout Random) -> Bool {
        let (reading, bytes) = cursor.read(log, size: Sizes.buffer(&random))
        switch reading {
        case .bytes(let count):
            if count == 0 { check.fault = "a reading of no bytes" }
            check.take(bytes)
        case .gap(let missed, let oldest):
            check.gap(missed, oldest: oldest)
        case .end:
            return false
        }
        return true
    }

    mutating func finish(_ log: EventLog, _ random: inout Random) {
        while check.fault == nil, read(log, &random) {}
    }
}
