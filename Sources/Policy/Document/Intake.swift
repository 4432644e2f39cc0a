/// A body as a tree, with everything that is wrong with its text.
struct Intake {
    let root: DocumentNode?
    let diagnostics: [Diagnostic]

    /// Reads a body that must be one document.
    init(_ body: [UInt8]) {
        self =
            Self.reading(body) { composer in
                let root = composer.document()
                return Intake(root: root, diagnostics: composer.diagnostics)
            } ?? .init(root: nil, diagnostics: [Self.problem(of: body) ?? Self.empty])
    }

    private init(root: DocumentNode?, diagnostics: [Diagnostic]) {
        self.root = root
        self.diagnostics = root == nil && diagnostics.isEmpty ? [Self.empty] : diagnostics
    }

    /// Reads a text that may have several documents; there is at least one, perhaps without a root.
    static func documents(of text: [UInt8]) -> [Intake] {
        let documents = reading(text) { composer in
            composer.documents().map { Intake(root: $0.root, diagnostics: $0.diagnostics) }
        }
        guard let documents else {
            return [Intake(root: nil, diagnostics: [problem(of: text) ?? empty])]
        }
        return documents.isEmpty ? [Intake(root: nil, diagnostics: [])] : documents
    }

    /// What `read` makes of the text, or nil where parsing is pointless.
    private static func reading<Result>(
        _ body: [UInt8], _ read: (inout Composer) -> Result
    ) -> Result? {
        guard problem(of: body) == nil else { return nil }
        // libyaml looks for a byte order mark only where it may guess the encoding.
        let text = body.starts(with: byteOrderMark) ? body.dropFirst(3) : body[...]
        return text.withUnsafeBufferPointer { text in
            var composer = Composer(text)
            return read(&composer)
        }
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let start = SourcePosition(line: 1, column: 1)

    private static let empty = Diagnostic(
        code: .emptyDocument, pointer: "", position: start, message: "the document is empty",
        hint: "send a TracingPolicy as YAML or JSON")

    /// What makes parsing pointless.
    private static func problem(of body: [UInt8]) -> Diagnostic? {
        if body.isEmpty {
            return empty
        }
        guard let text = String(validating: body, as: UTF8.self) else {
            let valid = validPrefix(of: body)
            return Diagnostic(
                code: .notText, pointer: "", position: SourcePosition(offset: valid, in: body),
                message: "the body is not UTF-8 text",
                hint: "send the policy as UTF-8; gzip and UTF-16 are not read")
        }
        return tagDirective(in: body) ?? lostNewlines(in: text)
    }

    /// A `%TAG` line, which has no use where tags are refused.
    ///
    /// libyaml compares each with all others: 1 MiB of them would take it ten seconds. To it, some
    /// characters beyond ASCII end lines, so all of them do here. Text that is mistaken for a
    /// directive is refused too; nobody writes it.
    private static func tagDirective(in body: [UInt8]) -> Diagnostic? {
        let directive = Array("%TAG".utf8)
        let line = body.split {
            $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") || $0 >= 0x80
        }.first { $0.starts(with: directive) }
        guard let line else { return nil }
        return Diagnostic(
            code: .explicitTag, pointer: "",
            position: SourcePosition(offset: line.startIndex, in: body),
            message: "YAML tags are not allowed", hint: "remove the line that starts with \"%TAG\"")
    }

    /// How many bytes there are before the first that is not UTF-8.
    private static func validPrefix(of body: [UInt8]) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = body.makeIterator()
        var count = 0
        while case .valid(let scalar) = parser.parseScalar(from: &bytes) {
            count += scalar.count
        }
        return count
    }

    /// `curl -d` and `--data` remove the newlines from a file, and YAML cannot do without.
    private static func lostNewlines(in text: String) -> Diagnostic? {
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }),
            text.first(where: { !$0.isWhitespace }) != "{",
            text.contains("apiVersion:"), text.contains("kind:")
        else {
            return nil
        }
        return Diagnostic(
            code: .newlinesMissing, pointer: "", position: start,
            message: "the document has lost its newlines; \"curl -d\" and \"--data\" remove them",
            hint: "curl --data-binary @policy.yaml -H 'Content-Type: application/yaml' ...")
    }
}
