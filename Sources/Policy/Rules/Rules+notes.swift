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
}
