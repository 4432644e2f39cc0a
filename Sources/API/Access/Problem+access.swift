import HTTP

/// Problems of who may call what.
extension Problem {
    static func unauthorized(_ reason: Unknown, _ scope: Scope) -> Problem {
        let files =
            scope == .admin ? "--admin-token-file" : "--read-token-file or --admin-token-file"
        let token = "a token of the service's \(files)"
        let detail =
            switch reason {
            case .noToken: "this call needs \(token): send it as Authorization: Bearer TOKEN"
            case .wrongToken: "the token is not known; this call needs \(token)"
            case .endedSession:
                "the session has ended; sign in again: POST /v1/session with "
                    + "Authorization: Bearer TOKEN, \(token)"
            }
        let error = reason == .wrongToken ? ", error=\"invalid_token\"" : ""
        return Problem(
            status: 401, type: "unauthorized", title: "Unauthorized", detail: detail,
            headers: ["WWW-Authenticate": "Bearer realm=\"martlet\"" + error])
    }

    static func insufficientScope(_ scope: Scope, _ caller: Caller) -> Problem {
        let name = caller.name.map { " \($0)" } ?? ""
        return Problem(
            status: 403, type: "insufficient-scope", title: "Insufficient scope",
            detail: "the token\(name) may \(caller.scope.name), and this call needs one for "
                + "\(scope.name), of the service's --\(scope.name)-token-file",
            headers: [
                "WWW-Authenticate":
                    "Bearer realm=\"martlet\", error=\"insufficient_scope\", scope=\"\(scope.name)\""
            ])
    }

    /// A cookie comes along with whatever a page sends, so it is not enough to change something.
    static var cookieAlone: Problem {
        .forbidden(
            "a change by a session's cookie needs Origin or Sec-Fetch-Site to say that a page of "
                + "this service sends it; programs send Authorization: Bearer TOKEN")
    }

    static var noTokens: Problem {
        Problem(
            status: 409, type: "no-tokens", title: "No tokens",
            detail: "the service has no tokens, so there is nothing to sign in with, and no need; "
                + "--admin-token-file FILE has it ask for them")
    }
}
