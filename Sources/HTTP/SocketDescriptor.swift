import Glibc

/// A socket for a stream, closed when dropped, unless it was released.
struct SocketDescriptor: ~Copyable {
    private let number: CInt

    /// Makes one that does not block (`socket`).
    init(family: CInt) throws(HTTPError) {
        number = socket(family, CInt(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard number >= 0 else { throw HTTPError(.openSocket, errno: errno) }
    }

    /// Gives up ownership without closing.
    consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    deinit { close(number) }

    /// Binds it to an IP address (`bind`).
    ///
    /// Connections are given up when a peer takes nothing for `acknowledgement` seconds.
    func bind(to address: TCPAddress, acknowledgement: Int) throws(HTTPError) {
        // A restart must not wait for the old connections' TIME_WAIT.
        var one: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, size)
        // > This option, like many others, will be inherited by the socket returned by accept(2).
        var milliseconds = UInt32(clamping: acknowledgement * 1000)
        _ = unsafe setsockopt(
            number, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds,
            socklen_t(MemoryLayout<UInt32>.size))
        let status = unsafe address.withSocketAddress { unsafe Glibc.bind(number, $0, $1) }
        guard status == 0 else { throw HTTPError(.bind(.tcp(address)), errno: errno) }
    }

    /// Binds it to a path, which gets a file that nobody but the owner may connect to (`bind`).
    func bind(to path: String) throws(HTTPError) {
        // The file takes the mode of the socket, less the umask of the process.
        guard fchmod(number, 0o600) == 0,
            unsafe withUnixAddress(path, { unsafe Glibc.bind(number, $0, $1) }) == 0
        else { throw HTTPError(.bind(.unix(path: path)), errno: errno) }
    }

    /// Has clients connect from here on (`listen`).
    func listen(at address: ListenAddress) throws(HTTPError) {
        guard Glibc.listen(number, SOMAXCONN) == 0 else {
            throw HTTPError(.listen(address), errno: errno)
        }
    }

    /// What came of connecting to a path: 0, or an errno (`connect`).
    func connect(to path: String) -> CInt {
        let status = unsafe withUnixAddress(path) { unsafe Glibc.connect(number, $0, $1) }
        return status == 0 ? 0 : errno
    }

    /// The port it has, which the kernel chose where 0 was asked for (`getsockname`).
    var port: UInt16 {
        var storage = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let status = unsafe withSocketAddress(of: &storage) { address, _ in
            unsafe getsockname(number, UnsafeMutablePointer(mutating: address), &size)
        }
        // The port stands at the same offset in sockaddr_in and sockaddr_in6.
        return status == 0 ? UInt16(bigEndian: storage.sin6_port) : 0
    }
}

extension TCPAddress {
    /// Calls `body` with the C form of this address.
    fileprivate func withSocketAddress(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        if octets.count == 4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) {
                unsafe $0.copyBytes(from: octets)
            }
            return unsafe HTTP.withSocketAddress(of: &address, body)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: octets) }
        return unsafe HTTP.withSocketAddress(of: &address, body)
    }
}

/// Calls `body` with the C form of a path that is short enough.
private func withUnixAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
) -> CInt {
    precondition(path.utf8.count <= ListenAddress.longestPath, "\(path) is too long")
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withSocketAddress(of: &address, body)
}

private func withSocketAddress<Address>(
    of address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
) -> CInt {
    unsafe withUnsafeMutablePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<Address>.size))
        }
    }
}
