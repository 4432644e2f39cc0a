import HTTP
import Synchronization

/// Counts the calls that every source must get exactly once.
final class Lifecycle: Sendable {
    let opened = Atomic(0)
    let closed = Atomic(0)

    var openedCount: Int { opened.load(ordering: .sequentiallyConsistent) }
    var closedCount: Int { closed.load(ordering: .sequentiallyConsistent) }
}

/// The numbers from 0 up as 8 bytes each, as far as its producers came.
final class Numbers: ByteSource {
    private struct State {
        var produced: UInt64 = 0
        var sent: UInt64 = 0
        var isFinished = false
        var waker: Waker?
    }

    let lifecycle = Lifecycle()
    private let state = Mutex(State())

    /// Adds one number, and wakes the reader.
    func produce() {
        state.withLock { state -> Waker? in
            state.produced += 1
            return state.waker
        }?.wake()
    }

    func finish() {
        state.withLock { state -> Waker? in
            state.isFinished = true
            return state.waker
        }?.wake()
    }

    /// A wake-up that is about nothing.
    func wakeForNothing() { state.withLock { $0.waker }?.wake() }

    func opened(_ waker: Waker) {
        lifecycle.opened.add(1, ordering: .sequentiallyConsistent)
        state.withLock { $0.waker = waker }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ByteSourceRead {
        state.withLock { state in
            var count = 0
            while state.sent < state.produced, count + 8 <= buffer.count {
                buffer.storeBytes(of: state.sent, toByteOffset: count, as: UInt64.self)
                state.sent += 1
                count += 8
            }
            if count > 0 { return .bytes(count) }
            return state.isFinished ? .finished : .idle
        }
    }

    func closed() { lifecycle.closed.add(1, ordering: .sequentiallyConsistent) }
}

/// Always has something, until it is finished.
final class Flood: ByteSource {
    let lifecycle: Lifecycle
    let isFinished = Atomic(false)

    init(_ lifecycle: Lifecycle = Lifecycle()) { self.lifecycle = lifecycle }

    func opened(_ waker: Waker) { lifecycle.opened.add(1, ordering: .sequentiallyConsistent) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ByteSourceRead {
        isFinished.load(ordering: .relaxed) ? .finished : .bytes(buffer.count)
    }

    func closed() { lifecycle.closed.add(1, ordering: .sequentiallyConsistent) }
}

func stream(_ source: any ByteSource) -> Response {
    Response(status: 200, headers: ["Content-Type": "text/event-stream"], body: .stream(source))
}
