import HTTP
import Synchronization
import Tracing

/// One subscriber's response: a cursor into the log, with gaps and heartbeats between.
final class EventStream: ByteSource {
    private let log: EventLog
    private let filter: EventFilter
    private let form: Cursor.Form
    private let heartbeat: Heartbeat
    private let timeout: Int?
    private let isWelcome: @Sendable () -> Bool
    private let state: Mutex<State>

    private struct State {
        var cursor: Cursor
        /// What is written before the next events.
        var notices: [UInt8]
        var beats: UInt64
        /// The beat at which it was asked last whether the subscriber is welcome.
        var checked: UInt64
        var subscription: EventLog.Subscription?
        /// Given back when the stream is closed.
        var seat: Subscribers.Seat?
        var timeout: Timeout?
        var isOver = false
    }

    init(
        log: EventLog, query: EventQuery, form: Cursor.Form, heartbeat: Heartbeat,
        seat: Subscribers.Seat, isWelcome: @escaping @Sendable () -> Bool
    ) {
        self.log = log
        self.form = form
        filter = query.filter
        self.heartbeat = heartbeat
        timeout = query.timeout
        self.isWelcome = isWelcome
        let beat = heartbeat.last.number
        let start = Opening(query.start, for: query.filter, log: log)
        var notices = Notices(form: form, boot: log.boot)
        notices.begin(after: start.next - 1)
        if let gap = start.gap { notices.append(gap, after: start.next - 1) }
        state = Mutex(
            State(
                cursor: Cursor(
                    next: start.next, filter: query.filter, mask: query.mask, form: form,
                    limit: query.limit),
                notices: notices.bytes, beats: beat, checked: beat, seat: seat))
    }

    func opened(_ waker: Waker) {
        let subscription = log.subscribe(to: filter) { waker.wake() }
        let timeout = timeout.map { seconds in
            Timeout(seconds: seconds) { [weak self] in
                self?.state.withLock { $0.isOver = true }
                waker.wake()
            }
        }
        state.withLock {
            $0.subscription = subscription
            $0.timeout = timeout
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ByteSourceRead {
        // Not a closure over the buffer's memory: it is used before this returns.
        nonisolated(unsafe) let buffer = buffer
        return state.withLock { read(into: buffer, &$0) }
    }

    private func read(
        into buffer: UnsafeMutableRawBufferPointer, _ state: inout State
    ) -> ByteSourceRead {
        checkWelcome(&state)
        while true {
            if !state.notices.isEmpty {
                let part = state.notices.prefix(buffer.count)
                buffer.copyBytes(from: part)
                state.notices.removeFirst(part.count)
                return .bytes(part.count)
            }
            if state.cursor.isDone || (state.isOver && state.cursor.isBetweenEvents) {
                return .finished
            }
            var notices = Notices(form: form, boot: log.boot)
            switch state.cursor.read(log, into: buffer) {
            case .bytes(let count):
                return .bytes(count)
            case .gap(let missed, let oldest):
                let gap = Gap(
                    reason: .evicted, lost: missed,
                    oldest: EventID(boot: log.boot, sequence: oldest))
                notices.append(gap, after: oldest - 1)
            case .end:
                let beat = heartbeat.last
                guard beat.number != state.beats else { return .idle }
                state.beats = beat.number
                notices.appendHeartbeat(beat.counters, after: state.cursor.next - 1)
            }
            state.notices = notices.bytes
        }
    }

    /// Ends the stream of whoever may not see it any more, at the next beat.
    private func checkWelcome(_ state: inout State) {
        let beat = heartbeat.last.number
        guard beat != state.checked else { return }
        state.checked = beat
        if !isWelcome() { state.isOver = true }
    }

    func closed() {
        state.withLock {
            $0.subscription?.cancel()
            $0.subscription = nil
            $0.seat = nil
            $0.timeout = nil
        }
    }
}
