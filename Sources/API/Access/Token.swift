import Digests

/// A bearer token (RFC 6750), of which only the digest is kept.
struct Token: Sendable, Equatable {
    /// Whom the audit log names; nil where the file gives no name.
    let name: String?
    let scope: Scope
    let digest: SHA256Digest

    /// Characters of the shortest and the longest token.
    static let lengths = 16...512
    /// Characters of the longest name.
    private static let longestName = 64

    /// Reads `TOKEN` or `NAME:TOKEN`.
    init(parsing line: Substring, scope: Scope) throws(TokenFault) {
        let colon = line.firstIndex(of: ":")
        let name = colon.map { line[..<$0] }
        let secret = colon.map { line[line.index(after: $0)...] } ?? line
        if let name { try Self.checkName(name) }
        try Self.checkSecret(secret)
        self.name = name.map(String.init)
        self.scope = scope
        digest = SHA256Digest(of: String(secret))
    }

    private static func checkName(_ name: Substring) throws(TokenFault) {
        guard (1...longestName).contains(name.utf8.count),
            name.utf8.allSatisfy({ isAlphanumeric($0) || "-._@".utf8.contains($0) })
        else { throw .notAName }
    }

    private static func checkSecret(_ secret: Substring) throws(TokenFault) {
        guard isB64Token(secret) else { throw .notAToken }
        guard secret.utf8.count >= lengths.lowerBound else { throw .tooShort }
        guard secret.utf8.count <= lengths.upperBound else { throw .tooLong }
    }

    /// Whether a text is what may stand behind `Bearer` (RFC 6750, 2.1).
    ///
    ///     b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
    static func isB64Token(_ text: Substring) -> Bool {
        let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let body = text.utf8.dropLast(padding)
        return !body.isEmpty
            && body.allSatisfy { isAlphanumeric($0) || "-._~+/".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

/// Why a line of a token file is no token.
///
/// It never quotes the line.
public enum TokenFault: Error, Equatable, CustomStringConvertible {
    /// What stands before the colon is none.
    case notAName
    /// It has other characters.
    case notAToken
    /// It has less than 16 characters.
    case tooShort
    /// It has more than 512 characters.
    case tooLong
    /// The same token stands in an earlier place, as `FILE:LINE`.
    case twice(String)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .notAName:
            "what stands before ':' is a name of 1 to 64 letters, digits, '-', '.', '_' and '@'"
        case .notAToken:
            "a token is of letters, digits, '-', '.', '_', '~', '+' and '/', with '=' at its end "
                + "only; openssl rand -hex 32 makes one"
        case .tooShort:
            "a token has 16 characters at least; openssl rand -hex 32 makes one"
        case .tooLong: "a token has 512 characters at most"
        case .twice(let place): "the token is that of \(place); each may stand in one place"
        }
    }
}
