/// A number as filters write it: decimal, 0x, 0o or 0 for octal, 0b, with a sign.
enum Numeral {
    /// The number that a text stands for, or nil.
    static func number(_ text: some StringProtocol) -> Int128? {
        let isNegative = text.hasPrefix("-")
        let body = isNegative || text.hasPrefix("+") ? text.dropFirst() : text.dropFirst(0)
        let (digits, radix) = split(body)
        guard (1...64).contains(digits.utf8.count), digits.first != "+", digits.first != "-",
            let magnitude = Int128(digits, radix: radix)
        else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    /// `min:max`, or a number alone.
    static func range(_ text: some StringProtocol) -> (lower: Int128, upper: Int128)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let lower = number(parts[0]),
            let upper = parts.count == 2 ? number(parts[1]) : lower
        else { return nil }
        return (lower, upper)
    }

    private static func split(_ body: some StringProtocol) -> (digits: String, radix: Int) {
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)]
        where body.hasPrefix(prefix) {
            return (String(body.dropFirst(2)), radix)
        }
        let isOctal = body.utf8.count > 1 && body.hasPrefix("0")
        return (String(isOctal ? body.dropFirst() : body.dropFirst(0)), isOctal ? 8 : 10)
    }
}

extension String {
    /// The text without blanks around it.
    var trimmingBlanks: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
