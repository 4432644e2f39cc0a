import Digests

/// Who makes a call.
struct Caller: Sendable, Equatable {
    /// What a caller is known by.
    enum Credential: Sendable, Equatable {
        /// Nothing: none was needed.
        case none
        /// A token.
        case token(SHA256Digest)
        /// What the cookie of a session holds.
        case session(SHA256Digest)
    }

    /// The name of the token; nil where it has none, or none was needed.
    var name: String?
    var scope: Scope
    var credential = Credential.none

    /// Whether a cookie tells, which browsers send along whatever page asks for the call.
    var isKnownByCookie: Bool { if case .session = credential { true } else { false } }

    /// Where nobody needs a token, anyone may do everything.
    static let anyone = Caller(name: nil, scope: .admin)
    /// Somebody without a token, at what needs none.
    static let nobody = Caller(name: nil, scope: .open)
}

/// Why it is not known who makes a call.
enum Unknown: Equatable {
    /// There is neither a token nor a cookie.
    case noToken
    /// The token is none that is good.
    case wrongToken
    /// The cookie is of a session that has ended.
    case endedSession
}
