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

/// The right to bind to a path: a locked file beside it, which goes with the lock.
///
/// Without it, two services that find the same stale socket could each remove the other's.
private struct SocketLock: ~Copyable {
    private let path: String
    private let descriptor: CInt

    /// Takes the lock of the socket at `path`, or fails as its binding would (`flock`).
    init(for path: String) throws(HTTPError) {
        self.path = path + ".lock"
        while true {
            let opened = unsafe open(self.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard opened >= 0 else { throw HTTPError(.lock(self.path), errno: errno) }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                let number = errno
                close(opened)
                guard number == EWOULDBLOCK else {
                    throw HTTPError(.lock(self.path), errno: number)
                }
                throw HTTPError(.bind(.unix(path: path)), errno: EADDRINUSE)
            }
            // Whoever had it may have removed it since it was opened here: then it locks nothing.
            if let current = FileIdentity.of(self.path), current.identity == FileIdentity(opened) {
                descriptor = opened
                return
            }
            close(opened)
        }
    }

    deinit {
        unsafe unlink(path)
        close(descriptor)
    }
}

/// Which file it is, whatever its path.
private struct FileIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t

    private init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
    }

    /// Of an open file (`fstat`).
    init?(_ descriptor: CInt) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of what is at a path, with the type bits of its mode; nil with errno (`lstat`).
    static func of(_ path: String) -> (identity: FileIdentity, type: mode_t)? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return (FileIdentity(status), status.st_mode & S_IFMT)
    }
}
