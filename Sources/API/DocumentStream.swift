/// The documents of a YAML stream, each as it stands there.
///
/// A line that begins with `---` begins a document wherever it stands, in a text of several lines,
/// too (YAML 1.2.2, 9.1.2, c-forbidden); so no parser is needed to tell documents apart.
struct DocumentStream {
    /// One of them.
    struct Document {
        /// Without the line of its `---`, unless there is more on it: the same bytes as alone.
        var bytes: [UInt8]
        /// The lines before it.
        var linesBefore: Int
    }

    private(set) var documents: [Document] = []

    init(_ bytes: [UInt8]) {
        var document = Document(bytes: [], linesBefore: 0)
        var number = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[end...]
            if Self.beginsDocument(line) {
                add(document)
                let isBare = Self.isBare(line)
                document = Document(
                    bytes: isBare ? [] : Array(line), linesBefore: isBare ? number + 1 : number)
            } else {
                document.bytes += line
            }
            number += 1
        }
        add(document)
    }

    /// Keeps what is more than comments and marks.
    private mutating func add(_ document: Document) {
        let lines = document.bytes.split(separator: UInt8(ascii: "\n"))
        if !lines.allSatisfy(Self.isBare) { documents.append(document) }
    }

    /// Whether a line has nothing but a mark or a comment.
    private static func isBare(_ line: ArraySlice<UInt8>) -> Bool {
        var text = Substring(decoding: line, as: UTF8.self)
        if text.hasPrefix("---") || text.hasPrefix("...") { text = text.dropFirst(3) }
        let content = text.drop { $0.isWhitespace }
        return content.isEmpty || content.hasPrefix("#")
    }

    private static func beginsDocument(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: "---".utf8) else { return false }
        let next = line.dropFirst(3).first
        return next == nil || next == UInt8(ascii: " ") || next == UInt8(ascii: "\t")
            || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r")
    }
}
