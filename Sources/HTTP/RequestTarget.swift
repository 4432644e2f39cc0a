/// What a request is sent to, in one of the four forms of RFC 9112, 3.2, without its query.
enum RequestTarget: Sendable, Equatable {
    /// A path of this server, as it is on the wire: what clients send.
    case path(String)
    /// The same within a whole URI: what clients send to a proxy, and may send to anybody.
    case uri(scheme: Scheme, authority: Authority, path: String)
    /// The server as a whole: `*`, of `OPTIONS` alone.
    case server
    /// Where a tunnel shall lead, of `CONNECT` alone.
    case tunnel(Authority)
    /// None of these, for this reason.
    case invalid(String)

    /// A scheme whose requests may come here.
    enum Scheme: String, Sendable {
        case http, https
    }

    /// Takes apart what stands between the method and the query.
    init(_ text: String, method: String) {
        if method == "CONNECT" {
            self =
                Authority(text[...]).flatMap { $0.port.isEmpty ? nil : .tunnel($0) }
                ?? .invalid("the target of CONNECT is no host with a port")
        } else if text.hasPrefix("/") {
            self = .path(text)
        } else if text == "*" {
            self = method == "OPTIONS" ? .server : .invalid("the target * is for OPTIONS alone")
        } else {
            self = Self(uri: text, method: method)
        }
    }

    private init(uri text: String, method: String) {
        guard let colon = text.firstRange(of: "://") else {
            self = .invalid("the target is neither a path, which begins with /, nor a URI")
            return
        }
        guard let scheme = Scheme(rawValue: text[..<colon.lowerBound].lowercased()) else {
            self = .invalid("the target's scheme is neither http nor https")
            return
        }
        let rest = text[colon.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        // With a user's name before the host it is none: RFC 9110, 4.2.4, takes that for an attack.
        guard let authority = Authority(rest[..<end]) else {
            self = .invalid("the target's authority is no host, or no host with a port")
            return
        }
        // RFC 9112, 3.2.4: a URI without a path is how a proxy is asked for `*`.
        let path = end < rest.endIndex ? String(rest[end...]) : method == "OPTIONS" ? "*" : "/"
        self = .uri(scheme: scheme, authority: authority, path: path)
    }

    /// The path as it is on the wire; `*` of the server, and nothing of a tunnel or what is invalid.
    var path: String {
        switch self {
        case .path(let path), .uri(_, _, let path): path
        case .server: "*"
        case .tunnel, .invalid: ""
        }
    }

    /// Whom the request is for, where the target says that.
    var authority: Authority? {
        switch self {
        case .uri(_, let authority, _), .tunnel(let authority): authority
        case .path, .server, .invalid: nil
        }
    }
}
