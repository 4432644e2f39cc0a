extension Walker {
    /// What a scalar is as a value of `kind`, or nil and a report.
    mutating func scalar(
        _ scalar: Scalar, _ text: String, as kind: ValueKind, at site: Site,
        _ position: SourcePosition
    ) -> Value.Content? {
        switch (kind, scalar) {
        case (.flag, .flag(let flag)):
            return .flag(flag)
        case (.integer(let range), .number(let number)) where range.contains(number):
            return .number(number)
        case (.integer(let range), .number), (.integer(let range), .hugeNumber):
            report(
                .outOfRange, site, position,
                "\(site.name) is \(text.unquoted); it must be \(range.limits)", hint: site.hint)
            return nil
        case (.text(let bytes), .text):
            return self.text(text, bytes: bytes, at: site, position)
        case (.choice(let choices), .text):
            return choice(text, of: choices, at: site, position)
        case (.flag, .text):
            reportType(
                "the text \(text.quoted)", kind, site, position,
                hint: "write true or false, without quotation marks")
        case (.integer, .text) where Int(text) != nil:
            reportType(
                "the text \(text.quoted)", kind, site, position,
                hint: "remove the quotation marks")
        case (.text, .number), (.text, .hugeNumber), (.text, .fraction), (.text, .flag),
            (.choice, .number), (.choice, .hugeNumber), (.choice, .fraction), (.choice, .flag):
            reportType(
                scalar.noun(text), kind, site, position, hint: "put it in quotation marks")
        case (.list, .text), (.list, .number):
            reportType(
                scalar.noun(text), kind, site, position,
                hint: "start each entry with \"- \", or write [\(text.unquoted)]")
        default:
            reportType(scalar.noun(text), kind, site, position)
        }
        return nil
    }

    private mutating func text(
        _ text: String, bytes: ClosedRange<Int>, at site: Site, _ position: SourcePosition
    ) -> Value.Content? {
        let count = text.utf8.count
        if bytes.contains(count) {
            return .text(text)
        }
        if count == 0, bytes.lowerBound == 1 {
            report(.empty, site, position, "\(site.name) is empty", hint: site.hint)
        } else if count < bytes.lowerBound {
            report(
                .outOfRange, site, position,
                "\(site.name) is too short: \(count) bytes of at least \(bytes.lowerBound)",
                hint: site.hint)
        } else {
            report(
                .outOfRange, site, position,
                "\(site.name) is too long: \(count) bytes of at most \(bytes.upperBound)",
                hint: site.hint)
        }
        return nil
    }

    private mutating func choice(
        _ text: String, of choices: [Choice], at site: Site, _ position: SourcePosition
    ) -> Value.Content? {
        guard let choice = choices.first(where: { $0.name == text }) else {
            report(
                .invalidValue, site, position, "unknown \(site.field) \(text.quoted)",
                hint: nearest(to: text, in: choices.lazy.map(\.name)).map {
                    "did you mean \($0.quoted)?"
                } ?? choices.listed)
            return nil
        }
        if let reason = choice.misplaced {
            report(
                .invalidValue, site, position,
                "the \(site.field) \(text.quoted) cannot be used here: \(reason)",
                hint: choices.listed)
            return nil
        }
        return .text(text)
    }
}

extension [Choice] {
    /// The words in a sentence.
    fileprivate var listed: String {
        "one of "
            + filter { $0.misplaced == nil && !$0.name.isEmpty }.map(\.name)
            .joined(separator: ", ")
    }
}

extension ClosedRange<Int> {
    /// The limits in a sentence: `from 1 to 8`.
    var limits: String {
        switch (lowerBound, upperBound) {
        case (Int.min, Int.max): "an integer of 64 bits"
        case (_, Int.max): "at least \(lowerBound)"
        default: "from \(lowerBound) to \(upperBound)"
        }
    }
}

extension Scalar {
    /// The scalar in a sentence.
    fileprivate func noun(_ text: String) -> String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .number, .hugeNumber, .fraction: "the number \(text.unquoted)"
        case .text: "the text \(text.quoted)"
        }
    }
}

extension String {
    /// A number as the author wrote it, shortened where it would drown a message.
    fileprivate var unquoted: String {
        utf8.count <= 60 ? self : prefix(57) + "..."
    }
}
