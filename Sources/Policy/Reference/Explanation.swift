/// The format in words, for people: of one field, and of all.
public enum PolicyReference {
    /// What there is to know about a field: meaning, type, default, limits, words, an example.
    ///
    /// - Parameter path: The names that lead to the field, such as `kprobes.args.type`; the document
    ///   itself without one.
    /// - Returns: Lines for a terminal.
    /// - Throws: Which name leads nowhere, and what there is instead.
    public static func explanation(of path: String?) throws(UnknownField) -> String {
        guard let path else {
            let document = PolicyFormat.document
            let spec = document.field("spec")?.kind.schema
            return
                ([document.name + ": " + document.doc, ""] + lines(of: document)
                + ["", "spec:"] + (spec.map(lines) ?? [])).joined(separator: "\n")
        }
        let found = try FieldPath(path)
        let field = found.field
        var lines = ["\(found.text): \(field.summary)", "", "  \(field.doc)", ""]
        lines += facts(of: field, in: found.schema)
        if !field.words.isEmpty {
            lines += ["", "  Words:"] + words(of: field, in: found.schema)
        }
        if let inner = field.kind.schema {
            lines += ["", "  Fields: \(inner.doc)"] + self.lines(of: inner)
        }
        return lines.joined(separator: "\n")
    }

    private static func facts(of field: Field, in schema: ObjectSchema) -> [String] {
        var facts: [(String, String)] = []
        if let standard = field.standardText { facts.append(("Default", standard)) }
        if let limits = field.limits { facts.append(("Limits", limits)) }
        facts.append(("Example", "\(field.name): \(field.example)"))
        if Unserved.hasField(field.name, of: schema) {
            facts.append(("Served", "not by this version: a policy with it is valid, and refused"))
        }
        return facts.map { "  " + $0.padded(to: 9) + $1 }
    }

    private static func words(of field: Field, in schema: ObjectSchema) -> [String] {
        let width = (field.words.map(\.name.utf8.count).max() ?? 0) + 2
        return field.words.map { word in
            let isServed = !Unserved.hasWord(word.name, in: field.name, of: schema)
            let doc = (word.doc ?? "") + (isServed ? "" : " (not served yet)")
            return "    " + (doc.isEmpty ? word.name : word.name.padded(to: width) + doc)
        }
    }

    private static func lines(of schema: ObjectSchema) -> [String] {
        let width = (schema.ownFields.map(\.name.utf8.count).max() ?? 0) + 2
        return schema.ownFields.map { field in
            let isServed = !Unserved.hasField(field.name, of: schema)
            return "    " + field.name.padded(to: width) + field.doc
                + (field.isRequired ? " Required." : "") + (isServed ? "" : " Not served yet.")
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - utf8.count))
    }
}
