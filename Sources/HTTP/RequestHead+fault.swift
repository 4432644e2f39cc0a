extension RequestHead {
    /// What a server that reads the same bytes might take for another request, or for other fields;
    /// nil where there is nothing of the kind.
    ///
    /// libmicrohttpd makes something of all of these: of two lengths it takes the first, chunks go
    /// before a length, and a coding that it does not know is a body without an end. What it refuses
    /// itself does not come here.
    var fault: TransportProblem? {
        (fieldFault ?? hostFault ?? framingFault).map(TransportProblem.malformed)
            ?? targetFault.map(TransportProblem.badTarget)
    }

    /// What is wrong with the target, by itself or beside what came with it.
    ///
    /// > When an origin server receives a request with an absolute-form of request-target, the origin
    /// > server MUST ignore the received Host header field (if any) and instead use the host
    /// > information of the request-target (RFC 9112, 3.2.2)
    ///
    /// So the target decides for whom a request is. Where `Host` says otherwise, which no client may
    /// do (3.2), it is refused all the same: a proxy in front may have let it pass for its `Host`, and
    /// here it would be served for its target.
    private var targetFault: String? {
        switch target {
        case .path, .server: return nil
        case .invalid(let reason): return reason
        case .tunnel(let authority): return contradiction(of: authority, scheme: .https)
        case .uri(let scheme, let authority, _):
            // What is for an encrypted connection may have come by one, to a proxy of this machine;
            // nobody puts encryption on what was for a plain one (RFC 9110, 7.4).
            guard scheme == .https || !isTLS else {
                return "the target's scheme is http, and the connection is one of https"
            }
            return contradiction(of: authority, scheme: scheme)
        }
    }

    private func contradiction(of authority: Authority, scheme: RequestTarget.Scheme) -> String? {
        // Of HTTP/1.0, which may lack it.
        guard let host = headers["Host"] else { return nil }
        let isSame = Authority(host[...])?.isEquivalent(to: authority, scheme: scheme) ?? false
        return isSame ? nil : "the target is of \(authority), and Host says something else"
    }

    /// > A server MUST reject [...] any received request message that contains whitespace between a
    /// > header field name and colon (RFC 9112, 5.1)
    private var fieldFault: String? {
        for field in headers.fields {
            if !field.name.utf8.allSatisfy(\.isTokenCharacter) {
                return "a header field's name has a character that none may have"
            }
            if field.value.utf8.contains(where: \.isControl) {
                return "the value of \(field.name) has a control character"
            }
        }
        return nil
    }

    /// > A server MUST respond with a 400 (Bad Request) status code [...] to any request message that
    /// > contains more than one Host header field line (RFC 9112, 3.2)
    private var hostFault: String? {
        headers.values("Host").count > 1 ? "there is more than one Host" : nil
    }

    /// Where the body ends, by RFC 9112, 6.
    private var framingFault: String? {
        let (lengths, codings) = (
            headers.values("Content-Length"), headers.values("Transfer-Encoding")
        )
        if lengths.count > 1 { return "there is more than one Content-Length" }
        guard let coding = codings.first else { return nil }
        if !lengths.isEmpty { return "there are Content-Length and Transfer-Encoding" }
        return codings.count == 1 && coding.equalsIgnoringCase("chunked")
            ? nil : "the Transfer-Encoding is not chunked, the only one that is read"
    }
}

extension UInt8 {
    /// `tchar` of RFC 9110, 5.6.2.
    fileprivate var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }

    fileprivate var isControl: Bool { self < 0x20 && self != UInt8(ascii: "\t") || self == 0x7F }
}
