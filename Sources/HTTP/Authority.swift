/// A host, and maybe a port, as targets and `Host` have them (RFC 3986, 3.2, without `userinfo`).
struct Authority: Sendable, Equatable, CustomStringConvertible {
    /// A name or an address, an IPv6 one in brackets, as it was written; never empty.
    let host: Substring
    /// Digits; empty where there is none.
    let port: Substring

    /// Nil where the text has another form.
    init?(_ text: Substring) {
        let end: Substring.Index
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            end = text.index(after: bracket)
        } else {
            end = text.firstIndex(of: ":") ?? text.endIndex
        }
        host = text[..<end]
        port = text[end...].dropFirst()
        guard host.wholeMatch(of: Self.hostForm) != nil,
            text[end...].wholeMatch(of: Self.portForm) != nil
        else { return nil }
    }

    /// Both, as they were written.
    var description: String { port.isEmpty ? "\(host)" : "\(host):\(port)" }

    /// Whether both lead to one place, by URIs of this scheme (RFC 9110, 4.2.3).
    func isEquivalent(to other: Authority, scheme: RequestTarget.Scheme) -> Bool {
        let usual: Substring = scheme == .http ? "80" : "443"
        return host.lowercased() == other.host.lowercased()
            && (port.isEmpty ? usual : port) == (other.port.isEmpty ? usual : other.port)
    }

    private static var hostForm: some RegexComponent {
        /\[[0-9A-Fa-f:.]+\]|([A-Za-z0-9._~!$&'()*+,;=\-]|%[0-9A-Fa-f]{2})+/
    }

    private static var portForm: some RegexComponent { /(:[0-9]{0,5})?/ }
}
