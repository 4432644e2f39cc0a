/// What makes a text no regular expression, as far as Swift's and Go's agree what one is.
struct PatternFault {
    let message: String
    let hint: String

    /// Groups and bracket expressions; Swift's parser takes stack for each inside another.
    private static let groups = 20

    /// Finds the fault of `pattern`, or nil.
    init?(_ pattern: String) {
        if let construct = Self.excess(in: pattern) {
            message = "the pattern has \(construct)"
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

    /// What the pattern has beyond a regular expression in the strict sense, which needs no
    /// backtracking, and so beyond Go's.
    private static func excess(in pattern: String) -> String? {
        let plain = pattern.replacing("(?:", with: "(").replacing("(?i)", with: "")
        var groups = 0
        var isEscaped = false
        var previous: Unicode.Scalar?
        for letter in plain.unicodeScalars {
            switch (isEscaped, letter) {
            case (true, "1"..."9"), (true, "k"), (true, "g"):
                return "a reference to a group, which may need backtracking"
            case (false, "?") where previous == "(":
                return "a group that starts with \"(?\", which may need backtracking"
            case (_, "("), (_, "["): groups += 1
            default: break
            }
            if groups > Self.groups { return "more than \(Self.groups) groups and brackets" }
            previous = isEscaped ? nil : letter
            isEscaped = !isEscaped && letter == "\\"
        }
        return nil
    }
}
