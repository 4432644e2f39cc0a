import Dispatch
import Foundation
import Glibc
import Synchronization

/// Stands between clients and the service, and cuts one connection in the middle of an event.
///
/// It passes on what comes, both ways, on a port of its own. The first connection on which event
/// `number` of a call begins is closed when the event's first bytes have been passed on; all
/// others live as long as their ends.
final class Relay: Sendable {
    /// Where it listens, on loopback.
    let port: UInt16
    private let listener: CInt

    /// What an event of a call begins with, in every form of the stream.
    private static let beginning = Array(#"{"process_kprobe":{"#.utf8)

    /// Listens for clients of the service at `service`.
    init(to service: UInt16, cuttingEvent number: Int) throws {
        let listener = socket(AF_INET, streamType, 0)
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard status else {
            defer { close(listener) }
            throw HarnessError.call("listening")
        }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        let cut = Cut(at: number)
        Thread.detachNewThread {
            // Ends when the listener is shut down.
            while case let client = accept4(listener, nil, nil, CInt(SOCK_CLOEXEC.rawValue)),
                client >= 0
            {
                serve(client, service, cut)
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, CInt(SHUT_RDWR)) }

    /// Where to cut, until it was done.
    fileprivate final class Cut: Sendable {
        private let number: Mutex<Int?>

        init(at number: Int) { self.number = Mutex(number) }

        /// How many of the bytes of a connection may pass; nil for all of them.
        func limit(of bytes: [UInt8]) -> Int? {
            number.withLock { number in
                guard let event = number else { return nil }
                var rest = bytes[...]
                for _ in 0..<event {
                    guard let found = rest.firstRange(of: Relay.beginning) else { return nil }
                    rest = rest[found.upperBound...]
                }
                number = nil
                return rest.startIndex
            }
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
private func serve(_ client: CInt, _ port: UInt16, _ cut: Relay.Cut) {
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
    let ways: [(CInt, CInt, Relay.Cut?)] = [(client, service, nil), (service, client, cut)]
    for (source, target, cut) in ways {
        pumps.enter()
        Thread.detachNewThread {
            pump(source, target, cut)
            for end in [source, target] { shutdown(end, CInt(SHUT_RDWR)) }
            pumps.leave()
        }
    }
    pumps.notify(queue: .global()) {
        close(service)
        close(client)
    }
}

/// Passes on one way, until an end or the cut.
private func pump(_ source: CInt, _ target: CInt, _ cut: Relay.Cut?) {
    var passed: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while case let count = recv(source, &piece, piece.count, 0), count > 0 {
        let start = passed.count
        passed += piece[..<count]
        let limit = cut?.limit(of: passed)
        let isSent = passed[start..<(limit ?? passed.count)].withUnsafeBytes {
            send(target, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) == $0.count
        }
        guard limit == nil, isSent else { return }
    }
}
