import Dispatch
import Foundation
import Glibc
import Synchronization

/// Stands between clients and the service, on a port of its own, and cuts a connection when it is
/// told to.
///
/// It passes on what comes, both ways, as it is: compressed, where the client accepts that.
final class Relay: Sendable {
    /// Where it listens, on loopback.
    let port: UInt16
    private let listener: CInt
    private let traffic = Traffic()

    /// Listens for clients of the service at `service`.
    init(to service: UInt16) throws {
        let listener = socket(AF_INET, streamType, 0)
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else {
            defer { close(listener) }
            throw HarnessError.call("listening")
        }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        let traffic = traffic
        Thread.detachNewThread {
            // Ends when the listener is shut down.
            while case let client = accept(listener, nil, nil), client >= 0 {
                traffic.connections.add(1, ordering: .sequentiallyConsistent)
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                serve(client, service, traffic)
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, CInt(SHUT_RDWR)) }

    /// How many connections there have been.
    var connections: Int { traffic.connections.load(ordering: .sequentiallyConsistent) }

    /// Has the next bytes of the service end within the first of its events, and the connection
    /// with them.
    func cutNext() { traffic.isToBeCut.store(true, ordering: .sequentiallyConsistent) }

    /// What the threads that pass bytes on share with the relay.
    fileprivate final class Traffic: Sendable {
        let connections = Atomic(0)
        let isToBeCut = Atomic(false)

        /// How many of so many bytes of the service may pass.
        func passing(_ count: Int) -> Int {
            let isCut = isToBeCut.exchange(false, ordering: .sequentiallyConsistent)
            // Less than the smallest event has, also compressed, and more than a chunk's size line.
            return isCut ? min(count, 40) : count
        }
    }
}

private let streamType = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

private func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return address
}

/// Passes on what comes from a client and from the service, until one of them ends.
private func serve(_ client: CInt, _ port: UInt16, _ traffic: Relay.Traffic) {
    let service = socket(AF_INET, streamType, 0)
    var address = loopback(port)
    let isConnected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(service, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    guard isConnected else {
        close(service)
        close(client)
        return
    }
    let pumps = DispatchGroup()
    let ways = [(client, service, nil), (service, client, traffic)]
    for (source, target, traffic) in ways {
        pumps.enter()
        Thread.detachNewThread {
            pump(source, target, traffic)
            for end in [source, target] { shutdown(end, CInt(SHUT_RDWR)) }
            pumps.leave()
        }
    }
    pumps.notify(queue: .global()) {
        close(service)
        close(client)
    }
}

/// Passes on one way, until an end or a cut.
private func pump(_ source: CInt, _ target: CInt, _ traffic: Relay.Traffic?) {
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while case let count = recv(source, &piece, piece.count, 0), count > 0 {
        let passing = traffic?.passing(count) ?? count
        let isSent = send(target, piece, passing, CInt(MSG_NOSIGNAL)) == passing
        guard isSent, passing == count else { return }
    }
}
