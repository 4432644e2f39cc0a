/// What makes a text no expression of `CelExpr`, as far as its words and parentheses tell.
struct ExpressionFault {
    let message: String
    let hint =
        "compare arg0, arg1 and so on with numbers: arg0 > 4 && arg1 != 0; there are + - "
        + "&& || ! == != < <= > >= int32() uint32() int64() uint64() and() or() xor() not()"

    private static let words: Set<Substring> = [
        "int32", "uint32", "int64", "uint64", "and", "or", "xor", "not", "true", "false",
    ]

    /// Finds the fault of `text`, which may name as many arguments, or nil.
    init?(_ text: String, arguments: Int) {
        var depth = 0
        var rest = text[...]
        guard rest.contains(where: { !$0.isWhitespace }) else {
            message = "the expression is empty"
            return
        }
        while let letter = rest.first {
            if letter.isASCII, letter.isLetter || letter.isNumber {
                let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                guard Self.isKnown(word, arguments: arguments) else {
                    message = "the expression has the unknown word \(String(word).quoted)"
                    return
                }
                rest = rest.dropFirst(word.count)
                continue
            }
            guard "()+-&|!=<>, \t\n".contains(letter) else {
                message = "the expression has the character \(String(letter).debugDescription)"
                return
            }
            depth += letter == "(" ? 1 : letter == ")" ? -1 : 0
            guard depth >= 0 else { break }
            rest = rest.dropFirst()
        }
        guard depth != 0 else { return nil }
        message = "the parentheses of the expression do not match"
    }

    private static func isKnown(_ word: Substring, arguments: Int) -> Bool {
        if word.hasPrefix("arg"), let number = Int(word.dropFirst(3)) { return number < arguments }
        // CEL marks unsigned numbers with a u.
        let digits = word.hasSuffix("u") ? word.dropLast() : word
        return words.contains(word) || Numeral.number(digits) != nil
    }
}
