import Digests

/// Who has exchanged a token for a cookie: pages that cannot set headers on an EventSource.
struct Sessions: Sendable {
    private struct Session {
        let token: SHA256Digest
        let end: ContinuousClock.Instant
    }

    /// The name of the cookie.
    static let cookie = "martlet_session"
    /// How long one lasts.
    static let lifetime = Duration.seconds(12 * 60 * 60)
    /// Sessions of one token; another one ends the oldest of them.
    static let mostPerToken = 64

    /// By the digest of what the cookie holds.
    private var sessions: [SHA256Digest: Session] = [:]

    /// Sessions that have not ended, or that nobody has asked for since.
    var count: Int { sessions.count }

    /// Begins a session for whoever has this token.
    ///
    /// - Returns: what the cookie holds: 32 random bytes (getrandom(2)) in hexadecimal digits.
    mutating func begin(_ token: SHA256Digest, at now: ContinuousClock.Instant) -> String {
        sessions = sessions.filter { $0.value.end > now }
        let others = sessions.filter { $0.value.token == token }
        if others.count >= Self.mostPerToken,
            let oldest = others.min(by: { $0.value.end < $1.value.end })
        {
            sessions[oldest.key] = nil
        }
        var random = SystemRandomNumberGenerator()
        let secret = (0..<4).map { _ in
            let digits = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        sessions[SHA256Digest(of: secret)] = Session(token: token, end: now + Self.lifetime)
        return secret
    }

    /// The token whose holder began the session of a cookie with this digest, unless it has ended.
    func token(_ session: SHA256Digest, at now: ContinuousClock.Instant) -> SHA256Digest? {
        sessions[session].flatMap { $0.end > now ? $0.token : nil }
    }

    /// Ends a session.
    mutating func end(_ session: SHA256Digest) { sessions[session] = nil }

    /// Ends the sessions of all tokens but these.
    mutating func keep(where isGood: (SHA256Digest) -> Bool) {
        sessions = sessions.filter { isGood($0.value.token) }
    }
}
