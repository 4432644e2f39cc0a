import Events
import Synchronization

/// The one bounded log that every subscriber reads.
///
/// A ring of segments of encoded frames, numbered from 1. Appending never waits
/// for a reader: a reader that is too slow finds its place overwritten and is
/// told how many events it missed. So a subscriber costs what it copies, and one
/// that stops reading costs nothing.
public final class EventLog: Sendable {
    /// This run of the service, in every id.
    public let boot: String
    /// When the log was begun, in nanoseconds since 1970.
    public let start: UInt64
    /// The beginning of every event, up to its sequence.
    private let beforeSequence: [UInt8]
    /// Bytes of events that are kept.
    public let capacity: Int
    private let state: Mutex<State>

    private struct State {
        var segments: [LogSegment]
        var next: UInt64 = 1
        var bytes: Int
        var head: [UInt8] = []
        var counters = Counters()
        /// The latest time of an event that was overwritten, in nanoseconds since 1970.
        var overwrittenUntil: UInt64 = 0
        var audience = Audience()
        var notices = KeptNotices()
    }

    /// What has happened to the log since the start.
    public struct Counters: Sendable, Equatable {
        /// Events appended.
        public var appended: UInt64 = 0
        /// Events that were overwritten by newer ones.
        public var overwritten: UInt64 = 0
        /// Events that subscribers were told they missed.
        public var missed: UInt64 = 0
    }

    /// Makes an empty log.
    ///
    /// - Parameters:
    ///   - capacity: bytes of frames that are kept, at least one segment of 256 KiB.
    ///   - boot: up to 16 hexadecimal digits that no other run has.
    ///   - start: the time, in nanoseconds since 1970.
    public init(capacity: Int, boot: String, start: UInt64 = SystemTime.realtime) {
        self.boot = boot
        self.start = start
        beforeSequence = Array("id: \(boot)-".utf8)
        self.capacity = max(capacity, 2 * LogSegment.capacity)
        let segment = LogSegment(first: 1)
        state = Mutex(State(segments: [segment], bytes: segment.size))
    }

    // MARK: - Writing

    /// Appends one event, a line of JSON without its end, and returns its sequence.
    ///
    /// Subscribers see it when they read; ``notify()`` tells those that wait.
    @discardableResult
    public func append(_ line: RawSpan, _ facets: Facets) -> UInt64 {
        state.withLock { state in append(line, facets, to: &state) }
    }

    /// Appends several events, whose lines stand in `lines`.
    func append(_ lines: RawSpan, _ entries: [EventBatch.Entry]) {
        state.withLock { state in
            for entry in entries {
                _ = append(lines.extracting(entry.line), Facets(entry.event), to: &state)
            }
        }
    }

    /// Appends a gap that this stage has left, for whom it may concern.
    func append(_ gap: Gap, of stage: StageCounters.Stage) {
        let time = SystemTime.realtime
        var json = JSONWriter(capacity: 256)
        json.append(gap, at: time)
        let facets = Facets(kind: .gap, time: time, stage: stage)
        json.withBytes { line in
            state.withLock { state in
                let sequence = append(line, facets, to: &state)
                let head = state.head
                state.notices.keep(sequence, head: head.span, line: line, facets)
            }
        }
    }

    private func append(_ line: RawSpan, _ facets: Facets, to state: inout State) -> UInt64 {
        let sequence = state.next
        state.next += 1
        state.counters.appended += 1
        state.audience.note(facets, in: line)
        writeHead(of: sequence, kind: facets.kind, to: &state.head)
        let length = LogSegment.length(head: state.head.span, line: line)
        segment(for: length, in: &state).append(head: state.head.span, line: line, facets)
        return sequence
    }

    private func writeHead(of sequence: UInt64, kind: FrameKind, to head: inout [UInt8]) {
        head.removeAll(keepingCapacity: true)
        head.append(contentsOf: beforeSequence)
        appendDecimal(sequence, to: &head)
        head.append(contentsOf: kind.afterSequence)
    }

    /// The last segment, or a new one where the frame does not fit; the oldest make room.
    private func segment(for length: Int, in state: inout State) -> LogSegment {
        let last = state.segments[state.segments.count - 1]
        guard !last.takes(length) else { return last }
        let size = max(length, LogSegment.capacity)
        var reused: LogSegment?
        while state.segments.count > 1, state.bytes + size > capacity {
            var oldest = state.segments.removeFirst()
            state.bytes -= oldest.size
            state.counters.overwritten += UInt64(oldest.frames.count)
            state.overwrittenUntil = max(state.overwrittenUntil, oldest.latest)
            if oldest.size == size, isKnownUniquelyReferenced(&oldest) { reused = oldest }
        }
        let segment = reused ?? LogSegment(first: state.next - 1, capacity: size)
        segment.restart(first: state.next - 1)
        state.segments.append(segment)
        state.bytes += size
        return segment
    }

    // MARK: - Reading

    /// The id of the newest event, or sequence 0 where there is none yet.
    public var newest: EventID {
        state.withLock { EventID(boot: boot, sequence: $0.next - 1) }
    }

    /// The sequence of the oldest event that is still held.
    public var oldestSequence: UInt64 { state.withLock { $0.segments[0].first } }

    /// What the log has counted.
    public var counters: Counters { state.withLock { $0.counters } }

    /// The first event from `sequence` on that a subscriber can get; one before it that is held may
    /// hold nothing for its filter.
    public func oldest(from sequence: UInt64, for filter: EventFilter) -> UInt64 {
        state.withLock { state in
            let held = state.segments[0].first
            guard sequence < held else { return sequence }
            return state.notices.first(in: sequence..<held, for: filter)?.sequence ?? held
        }
    }

    /// Where a subscriber at `sequence` goes on: there, or behind events that are known to hold
    /// nothing for its filter.
    func awaited(from sequence: UInt64, for filter: EventFilter) -> UInt64 {
        state.withLock { $0.audience.place(of: sequence, for: filter) }
    }

    /// Where `sequence` stands, or what became of it.
    enum Place {
        /// It, and what follows it in its segment: a copy, for the segment goes on growing.
        case frames(LogSegment, [Frame])
        case overwritten(oldest: UInt64)
        case notYet
    }

    /// Finds an event for a subscriber, to whom notices of losses are held longer than events.
    func place(of sequence: UInt64, for filter: EventFilter) -> Place {
        state.withLock { state in
            guard sequence < state.next else { return .notYet }
            let held = state.segments[0].first
            guard sequence >= held else {
                guard let notice = state.notices.first(in: sequence..<held, for: filter) else {
                    return .overwritten(oldest: held)
                }
                return notice.sequence == sequence
                    ? .frames(notice.segment, [notice.frame])
                    : .overwritten(oldest: notice.sequence)
            }
            // The last segment that begins at or before the sequence.
            var low = 0
            var high = state.segments.count
            while high - low > 1 {
                let middle = (low + high) / 2
                if state.segments[middle].first <= sequence { low = middle } else { high = middle }
            }
            let segment = state.segments[low]
            let from = Int(sequence - segment.first)
            return .frames(segment, Array(segment.frames[from...].prefix(Self.framesPerLook)))
        }
    }

    /// About what fits into the buffer of one reading.
    private static let framesPerLook = 128

    func countMissed(_ events: UInt64) {
        state.withLock { $0.counters.missed += events }
    }

    /// Where the events since some time begin.
    public struct Resumption: Sendable, Equatable {
        /// The first event of that time or later; every one that is held comes behind it.
        public var sequence: UInt64
        /// Whether no event since then was overwritten.
        public var isComplete: Bool
    }

    /// Finds the first event that is held of `time` or later, in nanoseconds since 1970.
    ///
    /// Events of several CPUs are not quite in the order of their times, so some that follow it
    /// may be a little older.
    public func first(since time: UInt64) -> Resumption {
        state.withLock { state in
            let segment = state.segments.first { $0.latest >= time && !$0.frames.isEmpty }
            let index = segment?.frames.firstIndex { $0.facets.time >= time }
            let sequence = segment.map { $0.first + UInt64(index ?? 0) } ?? state.next
            let isComplete = state.counters.overwritten == 0 || state.overwrittenUntil < time
            return Resumption(sequence: sequence, isComplete: isComplete)
        }
    }

    // MARK: - Waiting

    /// Has `wake` called after events were appended that `filter` may take, until the subscription
    /// is cancelled.
    ///
    /// `wake` runs on the writer's thread: it must be short and must not block.
    public func subscribe(
        to filter: EventFilter, _ wake: @escaping @Sendable () -> Void
    ) -> Subscription {
        let number = state.withLock { $0.audience.add(filter, wake) }
        return Subscription(log: self, filter: filter, number: number)
    }

    /// How many subscribers there are.
    public var subscriberCount: Int { state.withLock { $0.audience.count } }

    /// Wakes the subscribers that what was appended since the last time may be for.
    public func notify() {
        for wake in state.withLock({ $0.audience.summon(upTo: $0.next) }) { wake() }
    }

    /// Wakes all subscribers, whether there is something for them or not.
    public func notifyAll() {
        for wake in state.withLock({ $0.audience.everyone }) { wake() }
    }

    fileprivate func cancel(_ number: UInt64, of filter: EventFilter) {
        state.withLock { $0.audience.remove(number, of: filter) }
    }

    /// Keeps a subscriber in the log's list.
    public struct Subscription: Sendable {
        fileprivate let log: EventLog
        fileprivate let filter: EventFilter
        fileprivate let number: UInt64

        /// Takes the subscriber off the list; again is harmless.
        public func cancel() { log.cancel(number, of: filter) }
    }
}

private func appendDecimal(_ number: UInt64, to bytes: inout [UInt8]) {
    let start = bytes.count
    var rest = number
    repeat {
        bytes.append(UInt8(0x30 + rest % 10))
        rest /= 10
    } while rest > 0
    bytes[start...].reverse()
}
