/// Makes one tree of the events of a YAML text.
///
/// Recursion is safe on small stacks, because `DocumentLimit.nesting` bounds it.
struct Composer: ~Copyable {
    /// Ends composing; what is wrong is already in `diagnostics`.
    struct Abandoned: Error {}

    private let reader: YAMLEventReader
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The names and indices that lead to the value being read.
    ///
    /// A pointer is made of them only where there is something to report: long names above long
    /// lists would multiply.
    private var path: [String] = []
    private var anchors: [String: DocumentNode] = [:]
    private var valueCount = 0
    private var aliasedSize = 0
    private(set) var diagnostics: [Diagnostic] = []

    /// Prepares to read `text`, which must outlive the composer.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        bytes = text
        reader = YAMLEventReader(text)
    }

    /// The text's only document, or nil where there is none, or none that can be read.
    mutating func document() -> DocumentNode? {
        var root: DocumentNode?
        do {
            while let start = try nextDocument() {
                guard root == nil else {
                    report(
                        .multipleDocuments, start.position, "a second document starts here",
                        hint: "send one policy per request")
                    break
                }
                root = try node(start, depth: 0)
            }
        } catch {
            return nil
        }
        return root
    }

    /// Every document that has anything in it, each with its problems; the last may be one that
    /// cannot be read.
    mutating func documents() -> [(root: DocumentNode?, diagnostics: [Diagnostic])] {
        var documents: [(root: DocumentNode?, diagnostics: [Diagnostic])] = []
        while true {
            diagnostics = []
            do {
                guard let start = try nextDocument() else { return documents }
                let root = try node(start, depth: 0)
                documents.append((root, diagnostics))
            } catch {
                documents.append((nil, diagnostics))
                return documents
            }
        }
    }

    /// The first event of the next document that has anything in it.
    private mutating func nextDocument() throws(Abandoned) -> YAMLEvent? {
        while true {
            let event = try next()
            switch event.kind {
            case .streamEnd: return nil
            case .documentStart:
                anchors = [:]
                let root = try next()
                if root.kind == .scalar("", isPlain: true), !root.hasTag, root.anchor == nil {
                    continue
                }
                return root
            default: continue
            }
        }
    }

    private mutating func node(
        _ event: YAMLEvent, depth: Int
    ) throws(Abandoned) -> DocumentNode {
        valueCount += 1
        guard valueCount <= DocumentLimit.values else {
            throw abandon(
                .tooComplex, event.position,
                "the document has more than \(DocumentLimit.values) values")
        }
        if event.hasTag {
            report(
                .explicitTag, event.position, "YAML tags are not allowed",
                hint: "remove the word that starts with \"!\"; put text in quotation marks")
        }
        let content: DocumentNode.Content
        switch event.kind {
        case .alias(let name):
            return try expand(name, at: event.position, depth: depth)
        case .scalar(let text, let isPlain):
            content = .scalar(text, isPlain: isPlain)
        case .listStart:
            try checkDepth(depth + 1, event.position)
            content = .list(try list(depth: depth + 1))
        default:
            try checkDepth(depth + 1, event.position)
            content = .object(try object(depth: depth + 1))
        }
        let node = DocumentNode(content, at: event.position)
        if let anchor = event.anchor {
            anchors[anchor] = node
        }
        return node
    }

    private mutating func list(depth: Int) throws(Abandoned) -> [DocumentNode] {
        var items: [DocumentNode] = []
        while true {
            let event = try next()
            if event.kind == .listEnd {
                return items
            }
            path.append(String(items.count))
            items.append(try node(event, depth: depth))
            path.removeLast()
        }
    }

    private mutating func object(depth: Int) throws(Abandoned) -> [DocumentEntry] {
        var entries: [DocumentEntry] = []
        var first: [String: SourcePosition] = [:]
        while true {
            let event = try next()
            if event.kind == .mappingEnd {
                return entries
            }
            let position = event.position
            guard let name = fieldName(try node(event, depth: depth), at: position) else {
                _ = try node(try next(), depth: depth)
                continue
            }
            path.append(name)
            let value = try node(try next(), depth: depth)
            if let earlier = first[name] {
                report(
                    .duplicateKey, position,
                    "\(name.quoted) is here twice; the first is in line \(earlier.line)",
                    hint: "remove one of the two")
            } else {
                first[name] = position
                entries.append(DocumentEntry(key: name, keyPosition: position, value: value))
            }
            path.removeLast()
        }
    }

    private mutating func fieldName(_ node: DocumentNode, at position: SourcePosition) -> String? {
        guard case .scalar(let text, let isPlain) = node.content,
            case .text = Scalar(text, isPlain: isPlain)
        else {
            report(
                .invalidKey, position, "field names must be strings",
                hint: "put the name in quotation marks")
            return nil
        }
        guard text.utf8.count <= DocumentLimit.fieldName else {
            report(
                .invalidKey, position,
                "a field name has more than \(DocumentLimit.fieldName) bytes")
            return nil
        }
        return text
    }

    private mutating func expand(
        _ name: String, at position: SourcePosition, depth: Int
    ) throws(Abandoned) -> DocumentNode {
        guard let node = anchors[name] else {
            throw abandon(
                .syntax, position, "the alias \("*\(name)".quoted) has no anchor before it")
        }
        try checkDepth(depth + node.height, position)
        aliasedSize += node.size
        guard aliasedSize <= DocumentLimit.aliasedSize else {
            throw abandon(
                .tooComplex, position,
                "the aliases stand for more than \(DocumentLimit.aliasedSize) values",
                hint: "write the values out")
        }
        return node
    }

    private mutating func checkDepth(
        _ depth: Int, _ position: SourcePosition
    ) throws(Abandoned) {
        guard depth > DocumentLimit.nesting else { return }
        diagnostics.append(.tooDeep(pointer: pointer, position: position))
        throw Abandoned()
    }

    private mutating func next() throws(Abandoned) -> YAMLEvent {
        do {
            return try reader.next()
        } catch {
            diagnostics.append(error.diagnostic(in: bytes))
            throw Abandoned()
        }
    }

    private var pointer: String {
        path.reduce("") { $0.pointing(to: $1) }
    }

    private mutating func report(
        _ code: DiagnosticCode, _ position: SourcePosition, _ message: String, hint: String? = nil
    ) {
        guard diagnostics.count < DocumentLimit.collected else { return }
        diagnostics.append(
            Diagnostic(
                code: code, pointer: pointer, position: position, message: message, hint: hint))
    }

    private mutating func abandon(
        _ code: DiagnosticCode, _ position: SourcePosition, _ message: String, hint: String? = nil
    ) -> Abandoned {
        report(code, position, message, hint: hint)
        return Abandoned()
    }
}
