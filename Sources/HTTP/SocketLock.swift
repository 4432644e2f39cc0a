import Glibc

/// The right to bind to a path: a locked file beside it, which goes with the lock.
///
/// Without it, two services that find the same stale socket could each remove the other's.
struct SocketLock: ~Copyable {
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
struct FileIdentity: Equatable {
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
