extension Field {
    /// What the field is, such as `list of text, required`.
    var summary: String {
        var parts = [kind.name]
        if isRequired { parts.append("required") }
        return parts.joined(separator: ", ")
    }

    /// The limits of the value in a sentence, or nil where there are none.
    var limits: String? {
        switch kind {
        case .integer(let range): range.isOpen ? nil : range.limits
        case .text(let bytes): bytes.sizes(of: "bytes")
        case .list(let entry, let count):
            [
                count.sizes(of: "entries"),
                Field.limits(of: entry).map { "each \($0)" },
            ].compactMap { $0 }.joined(separator: ", ").nonEmpty
        case .map(let kind): Field.limits(of: kind).map { "each \($0)" }
        case .flag, .choice, .object, .anything: nil
        }
    }

    private static func limits(of kind: ValueKind) -> String? {
        switch kind {
        case .integer(let range): range.isOpen ? nil : range.limits
        case .text(let bytes): bytes.sizes(of: "bytes")
        default: nil
        }
    }

    /// The value that the field has without a word, as a document would write it, or nil.
    var standardText: String? {
        switch standard {
        case .flag(let flag)?: "\(flag)"
        case .number(let number)?: "\(number)"
        case .text(let text)?: text.isEmpty ? "\"\"" : text
        case .list?, .object?, .unread?, nil: nil
        }
    }

    /// The words that the field takes, and what they mean; empty where any value will do.
    var words: [Choice] {
        switch kind {
        case .choice(let choices), .list(.choice(let choices), _):
            choices.filter { $0.misplaced == nil && !$0.name.isEmpty }
        default: []
        }
    }
}

extension ValueKind {
    /// The kind as the documentation calls it.
    var name: String {
        switch self {
        case .flag: "true or false"
        case .integer: "integer"
        case .text: "text"
        case .choice: "word"
        case .list(let entry, _): "list of \(entry.plural)"
        case .map(let kind): "object of \(kind.plural) by name"
        case .object(let schema): schema.component
        case .anything: "anything"
        }
    }

    private var plural: String {
        switch self {
        case .integer: "integers"
        case .text: "texts"
        case .choice: "words"
        case .flag, .list, .map, .object, .anything: name
        }
    }
}

extension ClosedRange<Int> {
    /// Whether it leaves out nothing that a document would have.
    var isOpen: Bool { lowerBound <= 0 && upperBound == Int.max && lowerBound != 0 }

    /// `at most 5 entries`, or nil where there is no limit.
    func sizes(of noun: String) -> String? {
        switch (lowerBound, upperBound) {
        case (0, Int.max): nil
        case (0, 1): "at most one"
        case (0, _): "at most \(upperBound) \(noun)"
        case (_, Int.max): "at least \(lowerBound) \(noun)"
        case (upperBound, _): "exactly \(lowerBound) \(noun)"
        default: "from \(lowerBound) to \(upperBound) \(noun)"
        }
    }
}

extension String {
    /// The text, unless there is nothing in it.
    var nonEmpty: String? { isEmpty ? nil : self }
}
