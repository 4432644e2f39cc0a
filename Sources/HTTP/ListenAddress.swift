/// Where to listen.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A port of one IP address, or of all that the machine has.
    case tcp(TCPAddress)
    /// A socket in the file system, by its absolute path.
    case unix(path: String)

    /// Bytes of the longest path: `sun_path` has 108, and ends with a zero (unix(7)).
    static let longestPath = 107

    private static let unixPrefix = "unix:"

    /// Parses `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `unix:/run/martlet.sock`.
    public init(parsing text: String) throws(ListenAddressError) {
        guard text.hasPrefix(Self.unixPrefix) else {
            self = .tcp(try TCPAddress(parsing: text))
            return
        }
        let path = String(text.dropFirst(Self.unixPrefix.count))
        guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw .notAPath(path)
        }
        guard path.utf8.count <= Self.longestPath else {
            throw .pathTooLong(path, limit: Self.longestPath)
        }
        self = .unix(path: path)
    }

    /// The IP address and port; nil of a socket in the file system.
    public var tcp: TCPAddress? {
        if case .tcp(let address) = self { address } else { nil }
    }

    /// Whether only this machine can reach it.
    public var isLocal: Bool { tcp?.isLoopback ?? true }

    /// The form that ``init(parsing:)`` reads.
    public var description: String {
        switch self {
        case .tcp(let address): address.description
        case .unix(let path): Self.unixPrefix + path
        }
    }
}

/// Why a text is not a ``ListenAddress``.
public enum ListenAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing stands before the port.
    case missingHost(String)
    /// The text does not end with a colon and a port.
    case missingPort(String)
    /// An IPv6 address without brackets, which cannot be told from its port.
    case missingBrackets(String)
    /// Not a number from 0 to 65535.
    case invalidPort(String)
    /// Neither a literal address nor `localhost`.
    case notAnIPAddress(String)
    /// Not the absolute path of a file.
    case notAPath(String)
    /// A path of more bytes than the address of a socket can hold.
    case pathTooLong(String, limit: Int)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .missingHost(let text): "'\(text)' has no host: write 127.0.0.1\(text)"
        case .missingPort(let text): "'\(text)' has no port: write \(text):8080"
        case .missingBrackets(let host): "'\(host)' needs brackets: write [\(host)]:8080"
        case .invalidPort(let port): "'\(port)' is not a port: 0 to 65535"
        case .notAnIPAddress(let host):
            "'\(host)' is not an address: write an IP address, localhost, or unix:PATH"
        case .notAPath(let path):
            "'\(path)' is not the absolute path of a socket: write unix:/run/martlet.sock"
        case .pathTooLong(let path, let limit):
            "'\(path)' has \(path.utf8.count) bytes, and a socket's path \(limit) at most"
        }
    }
}
