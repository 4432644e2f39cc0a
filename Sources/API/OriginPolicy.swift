import HTTP

/// Which pages and names may talk to the service.
///
/// A web page that somebody on this machine has open can send requests here. It
/// is told apart by `Origin` and `Sec-Fetch-Site`, and by `Host` where its name
/// was made to resolve to this address (DNS rebinding). Ports of `Host` do not
/// matter: a forwarded one is another. No browser gets to a Unix socket, so there
/// `Host` may be anything. Where a request's target is a URI, its authority is
/// meant by all of this.
struct OriginPolicy: Sendable {
    private let names: Set<String>
    /// Whether an IP address in `Host` may be this machine's: a listener takes all of them.
    ///
    /// It needs no look at which the machine has. Only a name can be made to lead here: a page
    /// with an IP address in its own came from there.
    private let allowsIPAddresses: Bool
    private let others: CrossOrigins

    /// Allows the names of loopback and the addresses themselves, and `hostNames`, without ports;
    /// of pages those of the service, and these others.
    init(
        addresses: [ListenAddress], hostNames: [String] = [], others: CrossOrigins = .none
    ) {
        let tcp = addresses.compactMap(\.tcp)
        allowsIPAddresses = tcp.contains(where: \.isWildcard)
        let isOnLoopback = tcp.contains { $0.isLoopback || $0.isWildcard }
        names = Set(
            (isOnLoopback ? ["localhost", "127.0.0.1", "[::1]"] : [])
                + tcp.filter { !$0.isWildcard }.map { Self.name(ofHost: "\($0)") }
                + hostNames.map { $0.lowercased() })
        self.others = others
    }

    func check(_ head: RequestHead) throws(Problem) {
        try checkHost(head.host, at: head.listener)
        if others.origin(of: head) == nil { try checkPage(head) }
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

    /// Lets pages of this service through, and what is no page.
    private func checkPage(_ head: RequestHead) throws(Problem) {
        if let origin = head.headers["Origin"], !head.isFromOwnPage {
            throw .forbidden(
                "requests from pages of \(origin) are not served; --cors-origin allows a page")
        }
        // Without Origin: links, images and the like.
        let site = head.headers["Sec-Fetch-Site"] ?? "none"
        guard site == "none" || site == "same-origin" else {
            throw .forbidden(
                "another page led here (Sec-Fetch-Site: \(site)), which is not served; to open the "
                    + "viewer, type its address or use a bookmark")
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
