import Events

/// A text from outside in a line of the log: in quotes, escaped as JSON is, and cut where it is long.
struct LogText: CustomStringConvertible {
    /// Bytes of the longest text, before it is escaped.
    static let limit = 256

    private let text: String

    init(_ text: String) { self.text = text }

    var description: String {
        var json = JSONWriter(capacity: 2 * Self.limit)
        let bytes = text.utf8.prefix(Self.limit)
        let isCut = text.utf8.count > Self.limit
        json.append(quoted: String(decoding: bytes, as: UTF8.self) + (isCut ? "…" : ""))
        return String(decoding: json.array, as: UTF8.self)
    }
}
