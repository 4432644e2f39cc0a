/// What a scalar says by YAML 1.2's core rules, with the octal numbers that Kubernetes takes too.
///
///     null     ~ null Null NULL, or nothing
///     flag     true True TRUE false False FALSE
///     number   [-+]? ( 0x hex+ | 0o? octal+ | digit+ )
///     fraction [-+]? digits with a point or an exponent, .inf, .nan
///     text     everything else, and everything in quotation marks
enum Scalar: Equatable {
    case null
    case flag(Bool)
    case number(Int)
    /// An integer that no machine word holds.
    case hugeNumber
    case fraction
    case text

    init(_ text: String, isPlain: Bool) {
        guard isPlain else {
            self = .text
            return
        }
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .flag(true)
        case "false", "False", "FALSE": self = .flag(false)
        default: self = Scalar(numeral: text)
        }
    }

    private init(numeral text: String) {
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else {
            self = .text
            return
        }
        let isNegative = text.hasPrefix("-")
        let body = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let (digits, radix) = Self.radix(of: body)
        if !digits.isEmpty, digits.utf8.allSatisfy({ Self.isDigit($0, radix: radix) }) {
            let signed = (isNegative ? "-" : "") + digits
            self = Int(signed, radix: radix).map(Scalar.number) ?? .hugeNumber
        } else if Self.isFraction(body) {
            self = .fraction
        } else {
            self = .text
        }
    }

    private static func radix(of body: Substring) -> (digits: Substring, radix: Int) {
        if body.hasPrefix("0x") { return (body.dropFirst(2), 16) }
        if body.hasPrefix("0o") { return (body.dropFirst(2), 8) }
        return body.hasPrefix("0") && body.utf8.count > 1 ? (body.dropFirst(), 8) : (body, 10)
    }

    private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) < radix
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
            radix == 16
        default: false
        }
    }

    private static func isFraction(_ body: Substring) -> Bool {
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(body) { return true }
        guard let first = body.utf8.first, isDigit(first, radix: 10) || first == UInt8(ascii: ".")
        else {
            return false
        }
        let allowed = body.utf8.allSatisfy { isDigit($0, radix: 10) || ".eE+-".utf8.contains($0) }
        return allowed && Double(body) != nil
    }
}
