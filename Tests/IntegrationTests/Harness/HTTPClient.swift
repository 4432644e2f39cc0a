import Glibc

/// A response as it came over the wire, with its chunks joined.
struct HTTPResponse: Sendable {
    var status: Int
    /// By lower-case names.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSON { get throws { try JSON(parsing: body) } }
}

/// One connection to the service; every call has a deadline.
final class Connection {
    private let input: Input

    init(port: UInt16) throws {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        input = Input(descriptor: descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw HarnessError.call("connecting to port \(port)") }
    }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(input.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw HarnessError.call("send") }
            rest = rest.dropFirst(sent)
        }
    }

    /// Sends a request; `Host` is there unless `headers` say otherwise.
    func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) throws {
        var text = "\(method) \(target) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.0.lowercased() == "host" }) {
            text += "Host: 127.0.0.1\r\n"
        }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.count)\r\n" }
        try send(Array((text + "\r\n").utf8) + (body ?? []))
    }

    /// A status line and the headers.
    func head(by deadline: Deadline = Deadline()) throws -> HTTPResponse {
        let status = try line(by: deadline)
        guard status.hasPrefix("HTTP/1.1 "), let code = Int(status.dropFirst(9).prefix(3)) else {
            throw HarnessError("not a status line: \(status)")
        }
        var response = HTTPResponse(status: code, headers: [:], body: [])
        while case let field = try line(by: deadline), !field.isEmpty {
            let parts = field.split(separator: ":", maxSplits: 1)
            response.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return response
    }

    /// One chunk of a stream; nil at its orderly end.
    func chunk(by deadline: Deadline = Deadline()) throws -> [UInt8]? {
        let size = try line(by: deadline)
        guard let count = Int(size, radix: 16) else {
            throw HarnessError("not the size of a chunk: \(size)")
        }
        let bytes = try input.bytes(count, by: deadline)
        _ = try line(by: deadline)
        return count == 0 ? nil : bytes
    }

    /// A whole response.
    func response(to method: String, by deadline: Deadline = Deadline()) throws -> HTTPResponse {
        var response = try head(by: deadline)
        if method == "HEAD" || response.status == 204 || response.status == 304 { return response }
        if response.headers["transfer-encoding"] == "chunked" {
            while let chunk = try chunk(by: deadline) { response.body += chunk }
        } else {
            let length = Int(response.headers["content-length"] ?? "") ?? 0
            response.body = try input.bytes(length, by: deadline)
        }
        return response
    }

    /// Everything until the service closes.
    func rest(by deadline: Deadline = Deadline()) throws -> [UInt8] { try input.rest(by: deadline) }

    private func line(by deadline: Deadline) throws -> String {
        guard let line = try input.line(by: deadline) else {
            throw HarnessError("the connection was closed")
        }
        return line.hasSuffix("\r") || line.last == "\r\n" ? String(line.dropLast()) : line
    }
}

/// Talks to the service, a connection for each request.
struct HTTPClient: Sendable {
    let port: UInt16

    /// Sends a request and returns the response.
    func send(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> HTTPResponse {
        try await blocking { [port] in
            let connection = try Connection(port: port)
            try connection.request(
                method, target, headers: headers + [("Connection", "close")], body: body)
            return try connection.response(to: method)
        }
    }

    /// Sends bytes that may be no HTTP, and returns everything that comes back.
    func exchange(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await blocking { [port] in
            let connection = try Connection(port: port)
            try connection.send(bytes)
            return try connection.rest()
        }
    }
}
