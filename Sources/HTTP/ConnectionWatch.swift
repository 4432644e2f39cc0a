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

    /// By socket, from its acceptance until it is about to be closed.
    private let connections: Mutex<[CInt: Phase]>
    private let ends: CInt
    // Sendable: nobody touches them between init and deinit.
    nonisolated(unsafe) private let endSource: any DispatchSourceRead
    nonisolated(unsafe) private let timer: any DispatchSourceTimer

    /// Looks for peers that are late eight times in `seconds`, and hears of ends at once.
    init(reception seconds: Int) throws(HTTPError) {
        let ends = ends_open()
        guard ends >= 0 else { throw HTTPError(.watchConnections, errno: errno) }
        self.ends = ends
        connections = Mutex([:])
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
        expect(on: socket, within: seconds)
        // Where the kernel has no room for it, the limit of silence is still there.
        _ = ends_watch(ends, socket)
    }

    /// Gives a peer so many seconds from now.
    func expect(on socket: CInt, within seconds: Int) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        connections.withLock { $0[socket] = .receiving(until: deadline) }
    }

    /// Expects nothing more: the request is here, or is refused.
    func rest(_ socket: CInt) {
        connections.withLock { $0[socket] = .answering }
    }

    /// Forgets a socket that is about to be closed; epoll does so by itself.
    func end(_ socket: CInt) {
        connections.withLock { $0[socket] = nil }
    }

    // Both change sockets under the lock, which `end` needs before one is closed: so none of them
    // is another one of the same number by then. libmicrohttpd finds their end in its own event
    // loop, since a shutdown is news for epoll whatever was known before.

    private func cutOffLate() {
        let now = ContinuousClock.now
        connections.withLock { connections in
            for (socket, phase) in connections {
                guard case .receiving(let deadline) = phase, deadline <= now else { continue }
                shutdown(socket, CInt(SHUT_RDWR))
            }
        }
    }

    private func takeEnds() {
        var ended = [CInt](repeating: -1, count: Int(ENDS_MAX))
        let count = unsafe ends_take(ends, &ended)
        connections.withLock { connections in
            for socket in ended.prefix(Int(max(0, count))) {
                // What was said of a socket that is closed is not about the next of its number.
                guard connections[socket] != nil, peer_ended(socket) != 0 else { continue }
                // What has arrived is still read, and an answer is still sent.
                shutdown(socket, CInt(SHUT_RD))
            }
        }
    }
}
