import Glibc

/// A listening socket, closed when dropped, unless it was released.
struct ListenSocket: ~Copyable {
    private let descriptor: CInt

    private init(adopting descriptor: CInt) { self.descriptor = descriptor }

    /// Binds and listens (`socket`, `bind`, `listen`).
    ///
    /// Connections are given up when a peer takes nothing for so many seconds.
    static func listening(
        on address: ListenAddress, acknowledgement seconds: Int
    ) throws(HTTPError) -> ListenSocket {
        let family = address.octets.count == 4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC
        let opened = socket(family, type, 0)
        guard opened >= 0 else { throw HTTPError(.openSocket, errno: errno) }
        let listener = ListenSocket(adopting: opened)
        // A restart must not wait for the old connections' TIME_WAIT.
        var one: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &one, size)
        // > This option, like many others, will be inherited by the socket returned by accept(2).
        var milliseconds = UInt32(clamping: seconds * 1000)
        _ = unsafe setsockopt(
            opened, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds,
            socklen_t(MemoryLayout<UInt32>.size))
        let bound = unsafe address.withSocketAddress { unsafe bind(opened, $0, $1) }
        guard bound == 0 else { throw HTTPError(.bind(address), errno: errno) }
        guard listen(opened, SOMAXCONN) == 0 else {
            throw HTTPError(.listen(address), errno: errno)
        }
        return listener
    }

    /// Gives up ownership without closing.
    consuming func release() -> CInt {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    deinit { close(descriptor) }

    /// The port it has, which the kernel chose where 0 was asked for (`getsockname`).
    var port: UInt16 {
        var storage = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        // The port stands at the same offset in sockaddr_in and sockaddr_in6.
        return status == 0 ? UInt16(bigEndian: storage.sin6_port) : 0
    }
}

extension ListenAddress {
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
            return unsafe passing(&address, to: body)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: octets) }
        return unsafe passing(&address, to: body)
    }

    private func passing<Address>(
        _ address: inout Address, to body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
