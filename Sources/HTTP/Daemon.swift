import Synchronization

/// An HTTP server on threads of its own.
///
/// It serves from its making until ``stop()``, or until it is dropped.
public final class Daemon: Sendable {
    /// Where it listens, in the order of the sockets, with the ports that the kernel chose.
    public let addresses: [ListenAddress]
    private let service: Service
    /// Those that serve; none after the stop.
    private let listeners: Mutex<[Listener]>

    /// Serves what comes to any of the sockets.
    ///
    /// The sockets are the daemon's from here on. Its TCP connections are encrypted where there is
    /// `tls`; those of a Unix socket never are. `onMessage` receives the errors that no client can
    /// be told, from any thread.
    public init(
        sockets: [ListenSocket], tls: TLSFiles? = nil, limits: Limits = Limits(),
        responder: any Responder, onMessage: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(HTTPError) {
        let service = try Service(responder: responder, limits: limits, onMessage: onMessage)
        var listeners: [Listener] = []
        do throws(HTTPError) {
            for socket in sockets {
                let isPlain = socket.address.tcp == nil
                listeners.append(
                    try Listener(on: socket, tls: isPlain ? nil : tls, service: service))
            }
        } catch {
            // What was served by the first ones in this moment.
            _ = service.shutDown(.immediate)
            throw error
        }
        self.service = service
        addresses = listeners.map(\.address)
        self.listeners = Mutex(listeners)
    }

    deinit { stop() }

    /// Stops serving: afterwards no callback runs, and every source is closed.
    ///
    /// New requests are refused. Those that are there get their responses, and streams end once they
    /// have nothing to send, for as long as ``Limits/drainMilliseconds`` allows; then the rest is cut
    /// off. Blocks meanwhile, so it must not be called on an HTTP thread. Calling it again does
    /// nothing, after the first call has ended.
    public func stop() {
        listeners.withLock { listeners in
            guard !listeners.isEmpty else { return }
            // Not MHD_quiesce_daemon() first: libmicrohttpd 0.9.75 takes the listening socket out of
            // a worker's epoll set there and in the worker, and aborts where both do.
            if !service.shutDown(.draining) { service.waitUntilEmpty() }
            // Resumes what is suspended; nothing can suspend itself from here on.
            _ = service.shutDown(.immediate)
            service.watch.endAll()
            for listener in listeners { listener.stop() }
            listeners = []
        }
    }

    /// Exchanges that are in memory, for tests that look for leaks.
    package var aliveExchanges: Int { service.aliveExchanges.load(ordering: .relaxed) }
}
