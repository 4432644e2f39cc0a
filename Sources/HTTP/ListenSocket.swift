import Glibc
import Synchronization

/// A socket that listens: clients can connect, and wait for somebody to serve them.
///
/// Closed when it is dropped, unless a ``Daemon`` has it; its file, where it has one, is removed.
public final class ListenSocket: Sendable {
    /// Where it listens, with the port that the kernel chose where 0 was asked for.
    public let address: ListenAddress
    private let descriptor: Mutex<SocketDescriptor?>
    private let file: SocketFile?

    /// Binds and listens.
    ///
    /// `permissions` are those of a socket in the file system; `acknowledgement` is for how many
    /// seconds a peer over TCP may take nothing of what it was sent.
    public init(
        at address: ListenAddress, permissions: SocketPermissions = SocketPermissions(),
        acknowledgement: Int = Limits().acknowledgement
    ) throws(HTTPError) {
        let family =
            switch address {
            case .tcp(let tcp): tcp.octets.count == 4 ? AF_INET : AF_INET6
            case .unix: AF_UNIX
            }
        let socket = try SocketDescriptor(family: family)
        switch address {
        case .tcp(let tcp):
            try socket.bind(to: tcp, acknowledgement: acknowledgement)
            file = nil
            self.address = .tcp(tcp.with(port: socket.port))
        case .unix(let path):
            file = try SocketFile(binding: socket, to: path, permissions)
            self.address = address
        }
        // Nobody can connect before this: by now the file has its group and mode.
        try socket.listen(at: address)
        descriptor = Mutex(socket)
    }

    /// Gives up the descriptor without closing it; the file stays this socket's.
    func handOver() -> CInt {
        guard let descriptor = descriptor.withLock({ $0.take() }) else {
            preconditionFailure("\(address) is served already")
        }
        return descriptor.release()
    }

    /// Removes the file, if there is one and it is still this socket's.
    func removeFile() { file?.remove() }

    deinit { removeFile() }
}
