import Glibc
package import HTTP

/// A response as it came over the wire, with its chunks joined.
package struct WireResponse: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
    /// What the head says of the body.
    package var length: Int { Int(headers["content-length"] ?? "0") ?? 0 }
}

package struct ClientError: Error, CustomStringConvertible {
    package var description: String
}

/// A raw connection, every call with a deadline.
package final class Client {
    private let descriptor: CInt
    private var tls: TLSSession?
    private var unread: [UInt8] = []

    /// Connects to one of the daemon's listeners.
    ///
    /// `receiveBuffer` makes the kernel hold less for a client that does not read; `host` is the last
    /// number of the address in 127.0.0.0/24 that it comes from.
    package init(
        _ daemon: Daemon, listener: Int = 0, receiveBuffer: CInt? = nil, host: UInt32? = nil
    ) throws {
        switch daemon.addresses[listener] {
        case .unix(let path):
            descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            try pass(&address, to: "connect") { connect(descriptor, $0, $1) }
        case .tcp(let tcp) where tcp.host.contains(":"):
            descriptor = Self.tcpSocket(AF_INET6, receiveBuffer)
            var loopback = sockaddr_in6()
            loopback.sin6_family = sa_family_t(AF_INET6)
            loopback.sin6_port = tcp.port.bigEndian
            loopback.sin6_addr = in6addr_loopback
            try pass(&loopback, to: "connect") { connect(descriptor, $0, $1) }
        case .tcp(let tcp):
            descriptor = Self.tcpSocket(AF_INET, receiveBuffer)
            if let host {
                var source = sockaddr_in()
                source.sin_family = sa_family_t(AF_INET)
                source.sin_addr.s_addr = (0x7F00_0000 + host).bigEndian
                try pass(&source, to: "bind") { bind(descriptor, $0, $1) }
            }
            var loopback = sockaddr_in()
            loopback.sin_family = sa_family_t(AF_INET)
            loopback.sin_port = tcp.port.bigEndian
            loopback.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
            try pass(&loopback, to: "connect") { connect(descriptor, $0, $1) }
        }
        var silence = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &silence, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &silence, size)
    }

    deinit { close(descriptor) }

    private static func tcpSocket(_ family: CInt, _ receiveBuffer: CInt?) -> CInt {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue), 0)
        let size = socklen_t(MemoryLayout<CInt>.size)
        if var bytes = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, size)
        }
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, size)
        return descriptor
    }

    private func pass<Address>(
        _ address: inout Address, to name: String,
        _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws {
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard status == 0 else { throw ClientError(description: "\(name): errno \(errno)") }
    }

    /// Speaks TLS from here on, by GnuTLS's `priorities`; the server may be anybody.
    package func startTLS(priorities: String = "NORMAL") throws {
        tls = try TLSSession(descriptor, priorities: priorities)
    }

    /// The certificate that the server has shown, DER; nil without TLS.
    package var peerCertificate: [UInt8]? { tls?.peerCertificate }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = try rest.withUnsafeBytes { bytes in
                if let tls { return try tls.send(bytes) }
                return Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw ClientError(description: "send: errno \(errno)") }
            rest = rest.dropFirst(sent)
        }
    }

    /// Sends bytes as they are, beside what TLS would make of them.
    package func sendBeneathTLS(_ bytes: [UInt8]) throws {
        let session = tls
        defer { tls = session }
        tls = nil
        try send(bytes)
    }

    package func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Has the kernel drop everything that arrives: this client answers nothing any more, not even
    /// at its end (`SO_ATTACH_FILTER`).
    package func vanish() throws {
        /// struct sock_fprog, which the module of the C library does not have.
        struct Program {
            var length: UInt16
            var code: UnsafePointer<UInt64>
        }
        var nothing: UInt64 = 0x06  // BPF_RET | BPF_K: keep 0 bytes
        let attachFilter: CInt = 26
        let status = withUnsafePointer(to: &nothing) { code in
            var program = Program(length: 1, code: code)
            let size = socklen_t(MemoryLayout<Program>.size)
            return setsockopt(descriptor, SOL_SOCKET, attachFilter, &program, size)
        }
        guard status == 0 else { throw ClientError(description: "filter: errno \(errno)") }
    }

    /// Sends a reset instead of an orderly end when this client goes.
    package func resetOnClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<Glibc.linger>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
    }

    /// Some more bytes; empty where the server closed.
    package func readSome() throws -> [UInt8] {
        if !unread.isEmpty {
            defer { unread = [] }
            return unread
        }
        var buffer = [UInt8](repeating: 0, count: 262_144)
        let count = try tls?.receive(&buffer) ?? recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw ClientError(description: "recv: errno \(errno)") }
        return Array(buffer.prefix(count))
    }

    /// One byte.
    package func readByte() throws -> UInt8 {
        var byte: UInt8 = 0
        guard recv(descriptor, &byte, 1, 0) == 1 else {
            throw ClientError(description: "recv: errno \(errno)")
        }
        return byte
    }

    /// Waits for the server to end the connection, for at most so long.
    package func hasEnded(within milliseconds: CInt) -> Bool {
        guard unread.isEmpty else { return false }
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&question, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, CInt(MSG_PEEK)) <= 0
    }

    /// Everything until the server closes, or resets.
    package func readToEnd() -> [UInt8] {
        var all: [UInt8] = []
        while let some = try? readSome(), !some.isEmpty { all += some }
        return all
    }

    /// So many bytes.
    package func take(_ count: Int) throws -> [UInt8] {
        var taken: [UInt8] = []
        while taken.count < count {
            let some = try readSome()
            guard !some.isEmpty else { throw ClientError(description: "closed after \(taken)") }
            let wanted = min(count - taken.count, some.count)
            taken += some.prefix(wanted)
            unread = Array(some.dropFirst(wanted))
        }
        return taken
    }

    private func line() throws -> String {
        var line: [UInt8] = []
        while true {
            let some = try readSome()
            guard !some.isEmpty else {
                throw ClientError(
                    description: "closed in '\(String(decoding: line, as: UTF8.self))'")
            }
            guard let end = some.firstIndex(of: 10) else {
                line += some
                continue
            }
            unread = Array(some[(end + 1)...])
            line += some[..<end]
            return String(decoding: line, as: UTF8.self).filter { $0 != "\r" && $0 != "\r\n" }
        }
    }

    /// A status line and the headers.
    package func readHead() throws -> WireResponse {
        let status = try line()
        guard status.hasPrefix("HTTP/1.1 "), let code = Int(status.dropFirst(9).prefix(3)) else {
            throw ClientError(description: "not a status line: '\(status)'")
        }
        var response = WireResponse(status: code, headers: [:], body: [])
        while case let field = try line(), !field.isEmpty {
            let parts = field.split(separator: ":", maxSplits: 1)
            response.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return response
    }

    /// One chunk; nil at the last one.
    package func readChunk() throws -> [UInt8]? {
        guard let size = Int(try line(), radix: 16) else {
            throw ClientError(description: "not a chunk size")
        }
        let chunk = try take(size)
        _ = try line()
        return size == 0 ? nil : chunk
    }

    /// A whole response.
    package func readResponse(hasBody: Bool = true) throws -> WireResponse {
        var response = try readHead()
        guard hasBody else { return response }
        if response.headers["transfer-encoding"] == "chunked" {
            while let chunk = try readChunk() { response.body += chunk }
        } else {
            response.body = try take(response.length)
        }
        return response
    }

    /// One request without a body, and its response.
    package func get(_ target: String, method: String = "GET") throws -> WireResponse {
        try send("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        return try readResponse(hasBody: method != "HEAD")
    }
}
