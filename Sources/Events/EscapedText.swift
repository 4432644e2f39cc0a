/// A text as it stands in a line of JSON: escaped, without its quotes.
///
/// Two texts are equal exactly when their escaped forms are, and one begins with the other
/// exactly when its escaped form does; so lines are searched without being parsed.
public struct EscapedText: Sendable, Hashable {
    /// The bytes between the quotes.
    public let bytes: [UInt8]

    /// Escapes a text as events are.
    public init(_ text: String) {
        var json = JSONWriter(capacity: 2 * text.utf8.count)
        unsafe json.append(escaped: text.utf8.span.bytes)
        bytes = json.array
    }
}
