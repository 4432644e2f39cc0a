import HTTP

/// Which pages and names may talk to the service.
///
/// A web page that somebody on this machine has open can send requests here. It
/// is told apart by `Origin`, and by `Host` where its name was made to resolve to
/// this address (DNS rebinding). Ports do not matter: a forwarded one is another.
/// No browser gets to a Unix socket, so there `Host` may be anything.
struct OriginPolicy: Sendable {
    private let names: Set<String>
    /// Whether an IP address in `Host` may be this machine's: a listener takes all of them.
    ///
    /// It needs no look at which the machine has. Only a name can be made to lead here: a page
    /// with an IP address in its own came from there.
    private let allowsIPAddresses: Bool

    /// Allows the names of loopback and the addresses themselves, and `hostNames`, without ports.
    init(addresses: [ListenAddress], hostNames: [String] = []) {
        let tcp = addresses.compactMap(\.tcp)
        allowsIPAddresses = tcp.contains(where: \.isWildcard)
        let isOnLoopback = tcp.contains { $0.isLoopback || $0.isWildcard }
        names = Set(
            (isOnLoopback ? ["localhost", "127.0.0.1", "[::1]"] : [])
                + tcp.filter { !$0.isWildcard }.map { Self.name(ofHost: "\($0)") }
                + hostNames.map { $0.lowercased() })
    }

    func check(_ head: RequestHead) throws(Problem) {
        let host = head.headers["Host"]
        try checkHost(host, at: head.listener)
        guard let origin = head.headers["Origin"] else { return }
        // A proxy may have taken the encryption off, but nobody puts it on.
        let schemes = head.isTLS ? ["https://"] : ["http://", "https://"]
        guard let host, schemes.contains(where: { $0 + host == origin }) else {
            throw .forbidden("requests from pages of \(origin) are not served")
        }
    }

    private func checkHost(_ host: String?, at listener: ListenAddress?) throws(Problem) {
        if case .unix = listener { return }
        guard let host else { throw .forbidden("the request has no Host header") }
        let name = Self.name(ofHost: host)
        guard names.contains(name) || (allowsIPAddresses && Self.isIPAddress(name)) else {
            let known = names.sorted() + (allowsIPAddresses ? ["an IP address"] : [])
            throw .forbidden(
                "the host \(host) is not this service; use one of "
                    + known.joined(separator: ", ")
                    + ", or start the service with --host-name for a name that is its own")
        }
    }

    /// The host without its port, in lower case.
    private static func name(ofHost host: String) -> String {
        let host = host.lowercased()
        guard let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") else {
            return host
        }
        return String(host[..<colon])
    }

    /// Whether it is an address as `Host` has it, an IPv6 one in brackets.
    private static func isIPAddress(_ name: String) -> Bool {
        guard let address = try? TCPAddress(parsing: name + ":0") else { return false }
        return address.host == name || "[\(address.host)]" == name
    }
}
