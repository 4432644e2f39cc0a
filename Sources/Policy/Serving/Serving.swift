/// Finds what is valid in a document and not served by this version of the service.
struct Serving {
    private(set) var diagnostics: [Diagnostic] = []

    init(_ document: Value) {
        visit(document, as: .object(PolicyFormat.document))
        visitLists(of: document)
    }

    private mutating func visit(_ value: Value, as kind: ValueKind) {
        switch (kind, value.content) {
        case (.object(let schema), .object(let object)):
            let unserved = Unserved.fields[schema.component] ?? []
            for field in schema.ownFields {
                guard let value = object.fields[field.name], !value.isStandard else { continue }
                if !unserved.contains(field.name) {
                    visit(value, in: field, of: schema)
                } else if !value.content.isNothing(beside: field.standard) {
                    // A standard value that is written out, or a list of nothing, asks for nothing.
                    report(field, value)
                }
            }
        case (.list(let kind, _), .list(let entries)):
            for entry in entries { visit(entry, as: kind) }
        case (.map(let kind), .object(let object)):
            for (_, value) in object.fields { visit(value, as: kind) }
        default: break
        }
    }

    private mutating func visit(_ value: Value, in field: Field, of schema: ObjectSchema) {
        if let word = value.text, Unserved.hasWord(word, in: field.name, of: schema) {
            report(word, in: field, of: schema, value)
            return
        }
        if field.kind.schema != nil { visit(value, as: field.kind) }
    }

    /// System calls of 32-bit programs, by name.
    private mutating func visitLists(of document: Value) {
        for list in document["spec"]?.list("lists") ?? []
        where list["type"]?.text == ListType.systemCalls.rawValue {
            for value in list.list("values") {
                guard let name = value.text, SystemCallName.isNarrow(name) else { continue }
                report(
                    value, at: value.position,
                    "\(name.quoted) is a system call of 32-bit programs, which are not supported yet",
                    hint: "remove it to trace those of 64-bit programs")
            }
        }
    }

    // MARK: - Problems

    private mutating func report(_ field: Field, _ value: Value) {
        let isFlag = if case .flag = field.kind { true } else { false }
        report(
            value, at: isFlag ? value.position : value.keyPosition,
            isFlag
                ? "\(field.name.quoted): true is not supported yet"
                : "\(field.name.quoted) is not supported yet",
            hint: "\(field.doc) Remove it to use the rest of the policy")
    }

    private mutating func report(
        _ word: String, in field: Field, of schema: ObjectSchema, _ value: Value
    ) {
        report(
            value, at: value.position, "the \(field.name) \(word.quoted) is not supported yet",
            hint: "one of " + field.servedWords(of: schema).joined(separator: ", "))
    }

    private mutating func report(
        _ value: Value, at position: SourcePosition, _ message: String,
        hint: @autoclosure () -> String
    ) {
        guard diagnostics.count < DocumentLimit.collected else { return }
        diagnostics.append(
            Diagnostic(
                code: .notSupported, pointer: value.pointer, position: position, message: message,
                hint: hint()))
    }
}

extension Field {
    /// The words that the field of an object takes, and that the service serves.
    func servedWords(of schema: ObjectSchema) -> [String] {
        guard case .choice(let choices) = kind else { return [] }
        return choices.filter {
            $0.misplaced == nil && !$0.name.isEmpty
                && !Unserved.hasWord($0.name, in: name, of: schema)
        }.map(\.name)
    }
}

extension Value.Content {
    /// Whether the value is what the field is without it.
    fileprivate func isNothing(beside standard: Value.Content?) -> Bool {
        switch (self, standard) {
        case (.flag(let one), .flag(let other)?): one == other
        case (.number(let one), .number(let other)?): one == other
        case (.text(let one), .text(let other)?): one == other
        case (.list(let entries), _): entries.isEmpty
        default: false
        }
    }
}
