import CMicroHTTPD
import Glibc
import Synchronization

/// An HTTP server on threads of its own (`struct MHD_Daemon`).
///
/// It serves from its making until ``stop()``, or until it is dropped.
public final class Daemon: Sendable {
    // Sendable: the pointers are used by `init` and, under the lock, by `stop()`.
    @safe private struct Handle: @unchecked Sendable {
        let daemon: OpaquePointer
        let logger: UnsafeMutablePointer<mhd_logger>
    }

    /// Where it listens, with the port that the kernel chose where 0 was asked for.
    public let address: ListenAddress
    // Libmicrohttpd's callbacks have an unretained pointer to it: it outlives `handle`.
    private let service: Service
    private let handle: Mutex<Handle?>

    /// Listens on `listen` and serves what comes (`MHD_start_daemon`).
    ///
    /// `onMessage` receives the errors that no client can be told, from any thread.
    public init(
        listen: ListenAddress, limits: Limits = Limits(), responder: any Responder,
        onMessage: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(HTTPError) {
        let socket = try ListenSocket.listening(
            on: listen, acknowledgement: limits.acknowledgement)
        address = listen.with(port: socket.port)
        service = try Service(responder: responder, limits: limits, onMessage: onMessage)
        let context = unsafe Unmanaged.passUnretained(service).toOpaque()
        let logger = UnsafeMutablePointer<mhd_logger>.allocate(capacity: 1)
        unsafe logger.initialize(to: mhd_logger(context: context, write: handleMessage))
        var settings = unsafe mhd_settings(
            listen_socket: socket.release(), threads: UInt32(clamping: limits.threads),
            connections: UInt32(clamping: limits.connections),
            connections_per_address: UInt32(clamping: limits.connectionsPerAddress),
            timeout_seconds: UInt32(clamping: limits.silence),
            connection_memory: limits.connectionMemory, logger: logger,
            handle: handleAccess, completed: handleCompleted, connection: handleConnection,
            context: context)
        guard let daemon = unsafe mhd_start(&settings) else {
            let number = errno
            unsafe logger.deallocate()
            throw HTTPError(.startDaemon(address), errno: number)
        }
        handle = Mutex(unsafe Handle(daemon: daemon, logger: logger))
    }

    deinit { stop() }

    /// Stops serving: afterwards no callback runs, and every source is closed.
    ///
    /// New requests are refused. Those that are there get their responses, and streams end once they
    /// have nothing to send, for as long as ``Limits/drainMilliseconds`` allows; then the rest is cut
    /// off. Blocks meanwhile, so it must not be called on an HTTP thread. Calling it again does
    /// nothing, after the first call has ended (`MHD_stop_daemon`).
    ///
    /// > it is an API violation to call MHD_stop_daemon while having suspended connections
    public func stop() {
        handle.withLock { handle in
            guard let stopping = handle else { return }
            handle = nil
            // Not MHD_quiesce_daemon() first: libmicrohttpd 0.9.75 takes the listening socket out of
            // a worker's epoll set there and in the worker, and aborts where both do.
            if !service.shutDown(.draining) { service.waitUntilEmpty() }
            // Resumes what is suspended; nothing can suspend itself from here on.
            _ = service.shutDown(.immediate)
            unsafe MHD_stop_daemon(stopping.daemon)
            unsafe stopping.logger.deallocate()
        }
    }

    /// Exchanges that are in memory, for tests that look for leaks.
    package var aliveExchanges: Int { service.aliveExchanges.load(ordering: .relaxed) }
}
