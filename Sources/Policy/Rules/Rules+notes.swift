extension Rules {
    /// The longest message, in bytes.
    private static let messageLimit = 256

    func tags(of hook: Value) -> [String] { hook.list("tags").compactMap(\.text) }

    mutating func message(of hook: Value) -> String? {
        guard let value = hook["message"], let text = value.text else { return nil }
        guard text.utf8.count > Self.messageLimit else { return text }
        report(
            severity: .warning, .truncated, value,
            "the message has \(text.utf8.count) bytes; events carry the first "
                + "\(Self.messageLimit)")
        var kept = String.UnicodeScalarView()
        var size = 0
        for scalar in text.unicodeScalars {
            size += UTF8.width(scalar)
            if size > Self.messageLimit { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    mutating func selectors(of hook: Value) -> [Selector] {
        hook.list("selectors").map { selector in
            let filters = selector.list("matchPIDs")
            if filters.isEmpty, selector.refused.isEmpty {
                report(
                    severity: .warning, .matchesEverything, selector,
                    "the selector has no filter and so matches every call",
                    hint: "add matchPIDs, or remove the selector")
            }
            return Selector(processes: filters.map(processFilter))
        }
    }

    private func processFilter(_ value: Value) -> ProcessFilter {
        ProcessFilter(
            isNegated: value["operator"]?.text == "NotIn",
            processes: value.list("values").compactMap(\.number).compactMap(UInt32.init(exactly:)),
            followsForks: value.enabled("followForks") != nil, pointer: value.pointer,
            position: value.position)
    }
}
