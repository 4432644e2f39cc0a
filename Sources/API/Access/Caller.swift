/// Who makes a call.
struct Caller: Sendable, Equatable {
    /// The name of the token; nil where it has none, or none was needed.
    var name: String?
    var scope: Scope
    /// Whether a cookie tells, which browsers send along whatever page asks for the call.
    var isKnownByCookie = false

    /// Where nobody needs a token, anyone may do everything.
    static let anyone = Caller(name: nil, scope: .admin)
    /// Somebody without a token, at what needs none.
    static let nobody = Caller(name: nil, scope: .open)
}

extension Caller {
    /// Whoever has this token.
    init(_ token: Token, isKnownByCookie: Bool = false) {
        self.init(name: token.name, scope: token.scope, isKnownByCookie: isKnownByCookie)
    }
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
