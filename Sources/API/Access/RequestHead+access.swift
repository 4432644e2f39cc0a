import Digests
import HTTP

/// What a request says about who sends it.
extension RequestHead {
    /// Whether the way it came is guarded by something else than tokens: the permissions of a Unix
    /// socket.
    var needsNoToken: Bool { if case .unix = listener { true } else { false } }

    /// What its sender wants to be known by: a token goes before a cookie.
    ///
    /// Of secrets the digests, so that the time it takes to look for one shows neither its length nor
    /// its content.
    var credential: Caller.Credential {
        if let token = bearerToken { return .token(SHA256Digest(of: String(token))) }
        return sessionSecret.map { .session(SHA256Digest(of: String($0))) } ?? .none
    }

    /// What stands behind `Bearer` in `Authorization` (RFC 6750, 2.1); nil where there is another
    /// scheme, or none.
    private var bearerToken: Substring? {
        guard let field = headers["Authorization"] else { return nil }
        let scheme = field.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { return nil }
        return field[scheme.endIndex...].trimmingWhitespace()
    }

    /// What the session's cookie holds (RFC 6265, 4.2).
    ///
    /// Nil in a request of another site's page, which shall have no part in a session.
    var sessionSecret: Substring? {
        guard isFromOwnPage || headers["Origin"] == nil else { return nil }
        for field in headers.values("Cookie") {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].trimmingWhitespace() == Sessions.cookie {
                    return parts[1].trimmingWhitespace()
                }
            }
        }
        return nil
    }

    /// Whether a browser says that a page of this service sends it: evidence that a cookie was not
    /// made use of by another page.
    var isKnownFromOwnPage: Bool { isFromOwnPage || headers["Sec-Fetch-Site"] == "same-origin" }

    /// Whether `Origin` is this service, as the request itself calls it.
    var isFromOwnPage: Bool {
        guard let origin = headers["Origin"], let host else { return false }
        // A proxy may have taken the encryption off, but nobody puts it on.
        return (isTLS ? ["https://"] : ["http://", "https://"]).contains { $0 + host == origin }
    }

    /// Whether the method promises to change nothing (RFC 9110, 9.2.1).
    var isSafe: Bool { ["GET", "HEAD", "OPTIONS"].contains(method) }
}
