import Glibc

/// A literal IP address, or `localhost`, and a port.
///
/// Other names are refused. What a name means can change, and ``isLoopback`` is a promise.
public struct TCPAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host as it was written, without brackets.
    public let host: String
    /// The port; 0 lets the kernel choose.
    public let port: UInt16
    /// 4 or 16 bytes in network order.
    let octets: [UInt8]

    init(host: String, port: UInt16, octets: [UInt8]) {
        self.host = host
        self.port = port
        self.octets = octets
    }

    /// Parses `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
    public init(parsing text: String) throws(ListenAddressError) {
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
            throw .missingPort(text)
        }
        let portText = text[text.index(after: colon)...]
        guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(portText)
        else {
            throw portText.isEmpty ? .missingPort(text) : .invalidPort(String(portText))
        }
        let host = text[..<colon]
        guard !host.isEmpty else { throw .missingHost(text) }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = String(host.dropFirst().dropLast())
            guard let octets = Self.octets(of: inner, family: AF_INET6, count: 16) else {
                throw .notAnIPAddress(inner)
            }
            self.init(host: inner, port: port, octets: octets)
            return
        }
        guard !host.contains(":") else { throw .missingBrackets(String(host)) }
        let name = String(host)
        let numeric = name == "localhost" ? "127.0.0.1" : name
        guard let octets = Self.octets(of: numeric, family: AF_INET, count: 4) else {
            throw .notAnIPAddress(name)
        }
        self.init(host: name, port: port, octets: octets)
    }

    /// Whether only this machine can reach it: 127.0.0.0/8, `::1`, or the former mapped to IPv6.
    public var isLoopback: Bool {
        if octets.count == 4 { return octets[0] == 127 }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return octets == [UInt8](repeating: 0, count: 15) + [1]
            || (octets.starts(with: mapped) && octets[12] == 127)
    }

    /// Whether it stands for all addresses of the machine: `0.0.0.0`, or `::`.
    public var isWildcard: Bool { octets.allSatisfy { $0 == 0 } }

    /// The form that ``init(parsing:)`` reads.
    public var description: String { octets.count == 4 ? "\(host):\(port)" : "[\(host)]:\(port)" }

    /// The same host with another port.
    func with(port: UInt16) -> TCPAddress {
        TCPAddress(host: host, port: port, octets: octets)
    }

    /// The address in network order (`inet_pton`).
    private static func octets(of text: String, family: CInt, count: Int) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: count)
        let status = unsafe octets.withUnsafeMutableBytes {
            unsafe inet_pton(family, text, $0.baseAddress)
        }
        return status == 1 ? octets : nil
    }
}
