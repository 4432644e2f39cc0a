import Digests

/// The tokens that are good.
struct TokenSet: Sendable, Equatable {
    private(set) var tokens: [Token] = []
    /// Where each stands, as `FILE:LINE`.
    private var places: [String] = []

    /// No token: nobody gets in.
    init() {}

    /// Adds the tokens of a file: one a line, `TOKEN` or `NAME:TOKEN`, with `#` before comments.
    ///
    /// - Returns: how many there were.
    mutating func add(
        _ text: String, of path: String, scope: Scope
    ) throws(TokenFileError) -> Int {
        let before = tokens.count
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let line = line.trimmingWhitespace()
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let place = "\(path):\(index + 1)"
            do throws(TokenFault) {
                let token = try Token(parsing: line, scope: scope)
                if let known = tokens.firstIndex(where: { $0.digest == token.digest }) {
                    throw .twice(places[known])
                }
                tokens.append(token)
                places.append(place)
            } catch {
                throw .fault(place, error)
            }
        }
        return tokens.count - before
    }

    /// The token with this digest.
    ///
    /// All are compared, each in constant time, so it does not show in the time it takes how much of
    /// a digest was right, or which one it was.
    func token(_ digest: SHA256Digest) -> Token? {
        var found: Token?
        for token in tokens where token.digest == digest { found = token }
        return found
    }

    /// How many there are of a scope.
    func count(_ scope: Scope) -> Int { tokens.count { $0.scope == scope } }
}

extension Substring {
    /// Without spaces and tabs at its ends.
    func trimmingWhitespace() -> Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
    }
}
