import CMicroHTTPD
import Dispatch
import Glibc
import Synchronization

/// Finds the connections that libmicrohttpd would keep for nothing: of peers that are late, and of
/// peers that have gone.
///
/// It limits silence only, and every byte ends that: who sends one now and then would keep a
/// connection for ever, without having asked for anything. And it does not ask epoll for
/// EPOLLRDHUP, so an end that comes with the last bytes would be noticed when the silence is too
/// long: ten thousand clients that come and go would use up the connections until then.
final class ConnectionWatch: Sendable {
    private enum Phase {
        /// The peer must have sent what it began, or may begin, by then.
        case receiving(until: ContinuousClock.Instant)
        /// It is the service's turn.
        case answering
    }

    private struct State {
        /// By socket, from its acceptance until it is about to be closed.
        var connections: [CInt: Phase] = [:]
        /// Whether no connection is wanted any more.
        var isOver = false
    }

    private let state = Mutex(State())
    private let emptied = DispatchSemaphore(value: 0)
    private let ends: CInt
    // Sendable: nobody touches them between init and deinit.
    nonisolated(unsafe) private let endSource: any DispatchSourceRead
    nonisolated(unsafe) private let timer: any DispatchSourceTimer

    /// Looks for peers that are late eight times in `seconds`, and hears of ends at once.
    init(reception seconds: Int) throws(HTTPError) {
        let ends = ends_open()
        guard ends >= 0 else { throw HTTPError(.watchConnections, errno: errno) }
        self.ends = ends
        let queue = DispatchQueue(label: "martlet.connections")
        let endSource = DispatchSource.makeReadSource(fileDescriptor: ends, queue: queue)
        let timer = DispatchSource.makeTimerSource(queue: queue)
        let period = DispatchTimeInterval.milliseconds(max(1, seconds) * 1000 / 8)
        timer.schedule(deadline: .now() + period, repeating: period, leeway: period)
        unsafe self.endSource = endSource
        unsafe self.timer = timer
        endSource.setEventHandler { [weak self] in self?.takeEnds() }
        endSource.setCancelHandler { close(ends) }
        timer.setEventHandler { [weak self] in self?.cutOffLate() }
        endSource.resume()
        timer.resume()
    }

    deinit {
        unsafe timer.cancel()
        unsafe endSource.cancel()
    }

    /// Watches a socket that was accepted.
    func begin(_ socket: CInt, within seconds: Int) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        state.withLock { state in
            state.connections[socket] = .receiving(until: deadline)
            if state.isOver { Self.cut(socket) }
        }
        // Where the kernel has no room for it, the limit of silence is still there.
        _ = ends_watch(ends, socket)
    }

    /// Gives a peer so many seconds from now.
    func expect(on socket: CInt, within seconds: Int) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        state.withLock { $0.connections[socket] = .receiving(until: deadline) }
    }

    /// Expects nothing more: the request is here, or is refused.
    func rest(_ socket: CInt) {
        state.withLock { $0.connections[socket] = .answering }
    }

    /// Forgets a socket that is about to be closed; epoll does so by itself.
    func end(_ socket: CInt) {
        state.withLock { state in
            state.connections[socket] = nil
            if state.isOver, state.connections.isEmpty { emptied.signal() }
        }
    }

    /// Ends all connections, those that are still to come included, and waits until libmicrohttpd
    /// has closed them, for as long as it takes it to notice.
    ///
    /// Before it stops: 0.9.75 crashes where it refuses a request by itself while it does, for it
    /// then builds an answer out of nothing.
    func endAll() {
        let isEmpty = state.withLock { state in
            state.isOver = true
            for socket in state.connections.keys { Self.cut(socket) }
            return state.connections.isEmpty
        }
        if !isEmpty { _ = emptied.wait(timeout: .now() + .seconds(1)) }
    }

    /// Ends a connection, and takes what has arrived, so that nobody reads it.
    private static func cut(_ socket: CInt) {
        // What comes from here on is refused by the kernel.
        shutdown(socket, CInt(SHUT_RDWR))
        unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            let flags = CInt(MSG_DONTWAIT)
            while unsafe recv(socket, buffer.baseAddress, buffer.count, flags) > 0 {}
        }
    }

    // Both change sockets under the lock, which `end` needs before one is closed: so none of them
    // is another one of the same number by then. libmicrohttpd finds their end in its own event
    // loop, since a shutdown is news for epoll whatever was known before.

    private func cutOffLate() {
        let now = ContinuousClock.now
        state.withLock { state in
            for (socket, phase) in state.connections {
                guard case .receiving(let deadline) = phase, deadline <= now else { continue }
                shutdown(socket, CInt(SHUT_RDWR))
            }
        }
    }

    private func takeEnds() {
        var ended = [CInt](repeating: -1, count: Int(ENDS_MAX))
        let count = unsafe ends_take(ends, &ended)
        state.withLock { state in
            for socket in ended.prefix(Int(max(0, count))) {
                // What was said of a socket that is closed is not about the next of its number.
                guard state.connections[socket] != nil, peer_ended(socket) != 0 else { continue }
                // What has arrived is still read, and an answer is still sent.
                shutdown(socket, CInt(SHUT_RD))
            }
        }
    }
}
