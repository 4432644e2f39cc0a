import HTTP

/// Which pages and names may talk to the service.
///
/// A web page that somebody on this machine has open can send requests here. It
/// is told apart by `Origin`, and by `Host` where its name was made to resolve to
/// this address (DNS rebinding). Ports do not matter: a forwarded one is another.
struct OriginPolicy: Sendable {
    private let names: Set<String>

    /// Allows the names of a loopback listener, and the address itself.
    init(address: ListenAddress) {
        names = Set(
            (address.isLoopback ? ["localhost", "127.0.0.1", "[::1]"] : [])
                + [Self.name(ofHost: "\(address)")])
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
        guard let origin = head.headers["Origin"] else { return }
        guard ["http://" + host, "https://" + host].contains(origin) else {
            throw .forbidden("requests from pages of \(origin) are not served")
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
