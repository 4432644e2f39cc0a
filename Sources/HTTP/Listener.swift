import CMicroHTTPD
import Glibc
import Synchronization

/// What serves the connections of one listening socket (`struct MHD_Daemon`).
///
/// It serves from its making until ``stop()``, or until it is dropped. Exchanges are the service's,
/// which several listeners share.
final class Listener: Sendable {
    // Sendable: the pointers are used by `init` and, under the lock, by `stop()`.
    @safe private struct Handle: @unchecked Sendable {
        let daemon: OpaquePointer
        let logger: UnsafeMutablePointer<mhd_logger>
    }

    /// Where it listens, with the port that the kernel chose where 0 was asked for.
    var address: ListenAddress { socket.address }
    /// What its connections prove its name with; nil where they are not encrypted.
    let tls: TLSFiles?
    let service: Service
    private let socket: ListenSocket
    private let handle = Mutex<Handle?>(nil)

    /// Serves what connects to the socket, which nobody served before (`MHD_start_daemon`).
    init(on socket: ListenSocket, tls: TLSFiles?, service: Service) throws(HTTPError) {
        self.socket = socket
        self.service = service
        self.tls = tls
        // Libmicrohttpd's callbacks have an unretained pointer to it: it outlives `handle`.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let logger = UnsafeMutablePointer<mhd_logger>.allocate(capacity: 1)
        unsafe logger.initialize(to: mhd_logger(context: context, write: handleMessage))
        let limits = service.limits
        var settings = unsafe mhd_settings(
            listen_socket: socket.handOver(), tls: tls == nil ? 0 : 1,
            threads: UInt32(clamping: limits.threads),
            connections: UInt32(clamping: limits.connections),
            connections_per_address: UInt32(clamping: limits.connectionsPerAddress),
            timeout_seconds: UInt32(clamping: limits.silence),
            connection_memory: limits.connectionMemory, logger: logger, handle: handleAccess,
            completed: handleCompleted, connection: handleConnection, context: context)
        guard let daemon = unsafe mhd_start(&settings) else {
            let number = errno
            unsafe logger.deallocate()
            throw HTTPError(.startDaemon(socket.address), errno: number)
        }
        handle.withLock { $0 = unsafe Handle(daemon: daemon, logger: logger) }
    }

    deinit { stop() }

    /// Stops serving; afterwards no callback runs, and calling it again does nothing
    /// (`MHD_stop_daemon`).
    ///
    /// > it is an API violation to call MHD_stop_daemon while having suspended connections
    func stop() {
        handle.withLock { handle in
            guard let stopping = handle else { return }
            handle = nil
            // While it still listens: whoever finds the file could take it for one that is stale.
            socket.removeFile()
            unsafe MHD_stop_daemon(stopping.daemon)
            unsafe stopping.logger.deallocate()
        }
    }
}
