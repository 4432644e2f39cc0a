import Glibc
import Synchronization

/// Who may connect to a socket in the file system.
public struct SocketPermissions: Sendable, Equatable {
    /// Permission bits; who may write may connect (unix(7)).
    public var mode: UInt32
    /// The id of the file's group; nil leaves it to the kernel.
    public var group: UInt32?

    /// Its owner and its group, unless told otherwise.
    public init(mode: UInt32 = 0o660, group: UInt32? = nil) {
        self.mode = mode
        self.group = group
    }
}

/// The file that a Unix socket is bound to, which nobody else can bind to meanwhile.
final class SocketFile: Sendable {
    private struct Holding: ~Copyable {
        let identity: FileIdentity
        let lock: SocketLock
    }

    private let path: String
    private let holding: Mutex<Holding?>

    /// Binds a socket, in the place of what a service that died has left there.
    init(
        binding socket: borrowing SocketDescriptor, to path: String,
        _ permissions: SocketPermissions
    ) throws(HTTPError) {
        let address = ListenAddress.unix(path: path)
        let lock = try SocketLock(for: path)
        try Self.makeWay(at: path)
        try socket.bind(to: path)
        guard let (identity, _) = FileIdentity.of(path) else {
            throw HTTPError(.bind(address), errno: errno)
        }
        self.path = path
        holding = Mutex(Holding(identity: identity, lock: lock))
        // None of these follows a link that somebody put there instead.
        let group = permissions.group ?? gid_t.max  // chown(2): -1 changes nothing
        guard unsafe fchownat(AT_FDCWD, path, uid_t.max, group, AT_SYMLINK_NOFOLLOW) == 0,
            unsafe fchmodat(AT_FDCWD, path, permissions.mode, AT_SYMLINK_NOFOLLOW) == 0
        else { throw HTTPError(.permit(address, permissions), errno: errno) }
    }

    deinit { remove() }

    /// Removes a socket that nobody listens on.
    private static func makeWay(at path: String) throws(HTTPError) {
        let address = ListenAddress.unix(path: path)
        guard let (_, type) = FileIdentity.of(path) else {
            guard errno == ENOENT else { throw HTTPError(.bind(address), errno: errno) }
            return
        }
        guard type == S_IFSOCK else { throw HTTPError(.replaceFile(address), errno: 0) }
        let number = try SocketDescriptor(family: AF_UNIX).connect(to: path)
        // EAGAIN is a service that is busy, EPROTOTYPE one of another kind.
        guard number == ECONNREFUSED else {
            let isAnswered = [0, EAGAIN, EPROTOTYPE].contains(number)
            throw HTTPError(.bind(address), errno: isAnswered ? EADDRINUSE : number)
        }
        guard unsafe unlink(path) == 0 else { throw HTTPError(.bind(address), errno: errno) }
    }

    /// Removes the file, unless another one has its path by now; calling it again does nothing.
    func remove() {
        holding.withLock { holding in
            guard let held = holding.take() else { return }
            if FileIdentity.of(path)?.identity == held.identity { unsafe unlink(path) }
        }
    }
}
