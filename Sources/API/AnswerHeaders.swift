import HTTP

/// What every answer tells browsers, so that hostile data stays data.
enum AnswerHeaders {
    /// A page may run and load nothing but what the service serves, and only the kinds that the
    /// viewer has.
    static let viewerPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// What is no page runs and loads nothing.
    private static let policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// Adds what an answer does not say itself.
    static func add(to response: inout Response) {
        let fields = [
            ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        for (name, value) in fields where response.headers[name] == nil {
            response.headers.add(name, value)
        }
    }
}
