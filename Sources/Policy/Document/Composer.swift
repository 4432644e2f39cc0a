/// Makes one tree of the events of a YAML text.
///
/// Recursion is safe on small stacks, because `DocumentLimit.nesting` bounds it.
struct Composer: ~Copyable {
    /// Ends composing; what is wrong is already in `diagnostics`.
    struct Abandoned: Error {}

    private let reader: YAMLEventReader
    private let bytes: UnsafeBufferPointer<UInt8>
    private var anchors: [String: DocumentNode] = [:]
    private var valueCount = 0
    private var aliasedValueCount = 0
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
                        .multipleDocuments, "", start.position, "a second document starts here",
                        hint: "send one policy per request")
                    break
                }
                root = try node(start, pointer: "", depth: 0)
            }
        } catch {
            return nil
        }
        return root
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
        _ event: YAMLEvent, pointer: String, depth: Int
    ) throws(Abandoned) -> DocumentNode {
        valueCount += 1
        guard valueCount <= DocumentLimit.values else {
            throw abandon(
                .tooComplex, pointer, event.position,
                "the document has more than \(DocumentLimit.values) values")
        }
        if event.hasTag {
            report(
                .explicitTag, pointer, event.position, "YAML tags are not allowed",
                hint: "remove the word that starts with \"!\"; put text in quotation marks")
        }
        let content: DocumentNode.Content
        switch event.kind {
        case .alias(let name):
            return try expand(name, at: event.position, pointer: pointer, depth: depth)
        case .scalar(let text, let isPlain):
            content = .scalar(text, isPlain: isPlain)
        case .listStart:
            try checkDepth(depth + 1, event.position, pointer)
            content = .list(try list(pointer: pointer, depth: depth + 1))
        default:
            try checkDepth(depth + 1, event.position, pointer)
            content = .object(try object(pointer: pointer, depth: depth + 1))
        }
        let node = DocumentNode(content, at: event.position)
        if let anchor = event.anchor {
            anchors[anchor] = node
        }
        return node
    }

    private mutating func list(pointer: String, depth: Int) throws(Abandoned) -> [DocumentNode] {
        var items: [DocumentNode] = []
        while true {
            let event = try next()
            if event.kind == .listEnd {
                return items
            }
            items.append(try node(event, pointer: "\(pointer)/\(items.count)", depth: depth))
        }
    }

    private mutating func object(
        pointer: String, depth: Int
    ) throws(Abandoned) -> [DocumentEntry] {
        var entries: [DocumentEntry] = []
        var first: [String: SourcePosition] = [:]
        while true {
            let event = try next()
            if event.kind == .mappingEnd {
                return entries
            }
            let position = event.position
            let key = try node(event, pointer: pointer, depth: depth)
            guard let name = key.fieldName else {
                report(
                    .invalidKey, pointer, position, "field names must be strings",
                    hint: "put the name in quotation marks")
                _ = try node(try next(), pointer: pointer, depth: depth)
                continue
            }
            let inner = pointer.pointing(to: name)
            let value = try node(try next(), pointer: inner, depth: depth)
            if let earlier = first.updateValue(position, forKey: name) {
                first[name] = earlier
                report(
                    .duplicateKey, inner, position,
                    "\(name.quoted) is here twice; the first is in line \(earlier.line)",
                    hint: "remove one of the two")
            } else {
                entries.append(DocumentEntry(key: name, keyPosition: position, value: value))
            }
        }
    }

    private mutating func expand(
        _ name: String, at position: SourcePosition, pointer: String, depth: Int
    ) throws(Abandoned) -> DocumentNode {
        guard let node = anchors[name] else {
            throw abandon(
                .syntax, pointer, position, "the alias \("*\(name)".quoted) has no anchor before it"
            )
        }
        try checkDepth(depth + node.height, position, pointer)
        aliasedValueCount += node.size
        guard aliasedValueCount <= DocumentLimit.aliasedValues else {
            throw abandon(
                .tooComplex, pointer, position,
                "the aliases stand for more than \(DocumentLimit.aliasedValues) values",
                hint: "write the values out")
        }
        return node
    }

    private mutating func checkDepth(
        _ depth: Int, _ position: SourcePosition, _ pointer: String
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

    private mutating func report(
        _ code: DiagnosticCode, _ pointer: String, _ position: SourcePosition, _ message: String,
        hint: String? = nil
    ) {
        guard diagnostics.count < DocumentLimit.collected else { return }
        diagnostics.append(
            Diagnostic(
                code: code, pointer: pointer, position: position, message: message, hint: hint))
    }

    private mutating func abandon(
        _ code: DiagnosticCode, _ pointer: String, _ position: SourcePosition, _ message: String,
        hint: String? = nil
    ) -> Abandoned {
        report(code, pointer, position, message, hint: hint)
        return Abandoned()
    }
}

extension DocumentNode {
    /// The text of a scalar that can name a field.
    fileprivate var fieldName: String? {
        guard case .scalar(let text, let isPlain) = content,
            case .text = Scalar(text, isPlain: isPlain)
        else {
            return nil
        }
        return text
    }
}
