/// The documents of a YAML stream, each as it stands there.
///
/// A line that begins with `---` begins a document wherever it stands, in a text of several lines,
/// too (YAML 1.2.2, 9.1.2, c-forbidden); so no parser is needed to tell documents apart.
struct DocumentStream {
    /// One of them.
    struct Document {
        /// With its `---`, if that has content on its line.
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
                document = Document(bytes: [], linesBefore: number)
            }
            document.bytes += line
            number += 1
        }
        add(document)
    }

    /// Keeps what is more than comments and marks.
    private mutating func add(_ document: Document) {
        let hasContent = document.bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                .filter { $0 != UInt8(ascii: "\r") }
            let mark = String(decoding: text, as: UTF8.self)
            return !mark.isEmpty && !mark.hasPrefix("#") && mark != "---" && mark != "..."
        }
        if hasContent { documents.append(document) }
    }

    private static func beginsDocument(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: "---".utf8) else { return false }
        let next = line.dropFirst(3).first
        return next == nil || next == UInt8(ascii: " ") || next == UInt8(ascii: "\t")
            || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r")
    }
}
