import HTTP

/// Which pages and names may talk to the service.
///
/// A web page that somebody on this machine has open can send requests here. It
/// is told apart by `Origin` and `Sec-Fetch-Site`, and by `Host` where its name
/// was made to resolve to this address (DNS rebinding). Ports of `Host` do not
/// matter: a forwarded one is another.
struct OriginPolicy: Sendable {
    private let names: Set<String>
    private let others: CrossOrigins

    /// Allows the names of a loopback listener, the address itself, and pages of these others.
    init(address: ListenAddress, others: CrossOrigins = .none) {
        names = Set(
            (address.isLoopback ? ["localhost", "127.0.0.1", "[::1]"] : [])
                + [Self.name(ofHost: "\(address)")])
        self.others = others
    }

    func check(_ head: RequestHead) throws(Problem) {
        guard let host = head.headers["Host"] else {
            throw .forbidden("the request has no Host header")
        }
        guard names.contains(Self.name(ofHost: host)) else {
            throw .forbidden(
                "the host \(host) is not this service; use one of "
                    + names.sorted().joined(separator: ", "))
        }
        if others.origin(of: head) == nil { try checkPage(head) }
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
}
