/// What makes a text no DNS-1123 subdomain.
///
///     name  = label *( "." label )                       at most 253 characters
///     label = alnum [ *( alnum / "-" ) alnum ]           alnum = a-z / 0-9
struct NameFault {
    let message: String

    /// Finds the first fault of `name`, or nil.
    init?(_ name: String) {
        if name.isEmpty {
            message = "the name is empty"
        } else if let letter = name.unicodeScalars.first(where: { !Self.isAllowed($0) }) {
            let shown = String(letter).debugDescription
            let isUpper = ("A"..."Z").contains(letter)
            message =
                isUpper
                ? "the name has the upper-case letter \(shown)"
                : "the name has the character \(shown)"
        } else if name.utf8.count > 253 {
            message = "the name has \(name.utf8.count) characters of at most 253"
        } else if let fault = Self.fault(inLabelsOf: name) {
            message = fault
        } else {
            return nil
        }
    }

    private static func isAllowed(_ letter: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(letter) || ("0"..."9").contains(letter) || letter == "-"
            || letter == "."
    }

    private static func fault(inLabelsOf name: String) -> String? {
        for label in name.split(separator: ".", omittingEmptySubsequences: false) {
            if label.isEmpty {
                return "the name has a \".\" with nothing before or after it"
            }
            if label.hasPrefix("-") || label.hasSuffix("-") {
                return "the name has a part that starts or ends with \"-\": \(String(label).quoted)"
            }
        }
        return nil
    }
}
