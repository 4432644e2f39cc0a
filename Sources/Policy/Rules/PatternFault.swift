/// What makes a text no regular expression, as far as Swift's and Go's agree what one is.
struct PatternFault {
    let message: String
    let hint: String

    /// Finds the fault of `pattern`, or nil.
    init?(_ pattern: String) {
        if let construct = Self.backtracking(in: pattern) {
            message = "the pattern has \(construct), which needs backtracking"
            hint = "use letters, \".\", \"*\", \"+\", \"?\", \"|\", \"^\", \"$\", [a-z] and groups"
        } else if !Self.compiles(pattern) {
            message = "the pattern \(pattern.quoted) is not a regular expression"
            hint =
                "close every \"(\" and \"[\", and let \"*\", \"+\" and \"?\" follow something; "
                + "\"^ksys_\" is a pattern"
        } else {
            return nil
        }
    }

    private static func compiles(_ pattern: String) -> Bool {
        (try? Regex(pattern)) != nil
    }

    /// What Swift's expressions have beyond Go's.
    private static func backtracking(in pattern: String) -> String? {
        var isEscaped = false
        var previous: Unicode.Scalar?
        let plain = pattern.replacing("(?:", with: "(").replacing("(?i)", with: "")
        for letter in plain.unicodeScalars {
            if isEscaped {
                if ("1"..."9").contains(letter) || letter == "k" || letter == "g" {
                    return "a reference to a group"
                }
                isEscaped = false
                previous = nil
                continue
            }
            if previous == "(", letter == "?" || letter == "*" { return "a special group" }
            isEscaped = letter == "\\"
            previous = letter
        }
        return nil
    }
}
