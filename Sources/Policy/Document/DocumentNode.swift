/// One value of a document, before anybody asks what it means.
struct DocumentNode {
    enum Content {
        /// Only a plain scalar can be a number, a Boolean or null.
        case scalar(String, isPlain: Bool)
        case list([DocumentNode])
        case object([DocumentEntry])
    }

    let content: Content
    let position: SourcePosition
    /// How many values there are with this one, counting those behind an alias each time, and a long
    /// text as one for every 32 bytes.
    let size: Int
    /// How many lists and objects are inside each other, this one included.
    let height: Int

    init(_ content: Content, at position: SourcePosition) {
        self.content = content
        self.position = position
        switch content {
        case .scalar(let text, _):
            size = 1 + text.utf8.count / 32
            height = 0
        case .list(let items):
            size = items.reduce(1) { $0 + $1.size }
            height = 1 + (items.lazy.map(\.height).max() ?? 0)
        case .object(let entries):
            size = entries.reduce(1) { $0 + $1.value.size }
            height = 1 + (entries.lazy.map(\.value.height).max() ?? 0)
        }
    }
}

/// One field of an object in a document.
struct DocumentEntry {
    let key: String
    let keyPosition: SourcePosition
    let value: DocumentNode
}

/// What bounds the work that a document can ask for.
enum DocumentLimit {
    /// Lists and objects inside each other; the format itself needs 10.
    static let nesting = 64
    /// Values in the text; the longest policy that the format allows needs fewer.
    static let values = 200_000
    /// What aliases stand for, in terms of `DocumentNode.size`.
    static let aliasedSize = 20_000
    /// Bytes in the name of a field; the longest that Kubernetes allows, a label's, has 317.
    static let fieldName = 512
    /// Problems that are listed.
    static let diagnostics = 100
    /// Problems that a pass collects, so that the listed ones can be the first of the document.
    static let collected = 1000
}

extension String {
    /// The pointer to `token` in what this JSON Pointer points to (RFC 6901, part 3).
    func pointing(to token: String) -> String {
        // Hardly any token has them, and every value of a document has a pointer.
        let isPlain = !token.utf8.contains { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }
        if isPlain { return self + "/" + token }
        return self + "/" + token.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    /// This text in quotation marks, shortened where it would drown a message.
    var quoted: String {
        utf8.count <= 60 ? "\"\(self)\"" : "\"\(String(unicodeScalars.prefix(57)))...\""
    }
}
