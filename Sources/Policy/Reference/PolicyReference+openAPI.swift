extension PolicyReference {
    /// The JSON Schemas of the format, as `components.schemas` of an OpenAPI document has them.
    ///
    /// - Returns: YAML in lines of spaces and text, indented by 4.
    public static var openAPISchemas: String {
        objects.flatMap { lines(of: $0) }.map { $0.isEmpty ? "" : "    " + $0 }
            .joined(separator: "\n") + "\n"
    }

    /// Every object of the format once, each before those in it.
    static var objects: [ObjectSchema] {
        var found: [ObjectSchema] = []
        var seen: Set<String> = []
        func visit(_ schema: ObjectSchema) {
            guard seen.insert(schema.component).inserted else { return }
            found.append(schema)
            for field in schema.ownFields { field.kind.schema.map(visit) }
        }
        visit(PolicyFormat.document)
        return found
    }

    private static func lines(of schema: ObjectSchema) -> [String] {
        let required = schema.ownFields.filter(\.isRequired).map(\.name)
        var lines = [
            "\(schema.component):", "  type: object", "  description: \(quoted(schema.doc))",
            "  additionalProperties: false",
        ]
        if !required.isEmpty {
            lines.append("  required: [\(required.joined(separator: ", "))]")
        }
        lines.append("  properties:")
        for field in schema.ownFields {
            lines.append("    \(field.name):")
            lines += self.lines(of: field, in: schema).map { "      " + $0 }
        }
        return lines
    }

    private static func lines(of field: Field, in schema: ObjectSchema) -> [String] {
        let isServed = !Unserved.hasField(field.name, of: schema)
        let words = field.words.map(\.name).filter {
            Unserved.hasWord($0, in: field.name, of: schema)
        }
        let doc =
            field.doc + (isServed ? "" : " Not served yet.")
            + (words.isEmpty ? "" : " Not served yet: \(words.joined(separator: ", ")).")
        var lines = ["description: \(quoted(doc))"] + self.lines(of: field.kind)
        if let standard = field.standard { lines.append("default: \(text(of: standard))") }
        if field.isExampleInformative { lines.append("examples: [\(field.example)]") }
        return lines
    }

    private static func lines(of kind: ValueKind) -> [String] {
        switch kind {
        case .flag: ["type: boolean"]
        case .integer(let range):
            ["type: integer"] + bounds(range, "minimum", "maximum", lowest: Int.min)
        case .text(let bytes):
            // A limit in bytes is one in characters, too; a least size in bytes is not.
            ["type: string"] + (bytes.lowerBound > 0 ? ["minLength: 1"] : [])
                + (bytes.upperBound < Int.max ? ["maxLength: \(bytes.upperBound)"] : [])
        case .choice(let choices):
            ["type: string", "enum: [" + words(choices).joined(separator: ", ") + "]"]
        case .list(let entry, let count):
            ["type: array"] + bounds(count, "minItems", "maxItems", lowest: 0)
                + nested("items", entry)
        case .map(let kind): ["type: object"] + nested("additionalProperties", kind)
        case .object(let schema): [reference(schema)]
        case .anything: []
        }
    }

    private static func nested(_ name: String, _ kind: ValueKind) -> [String] {
        let lines = lines(of: kind)
        return lines.isEmpty ? ["\(name): {}"] : ["\(name):"] + lines.map { "  " + $0 }
    }

    private static func bounds(
        _ range: ClosedRange<Int>, _ lower: String, _ upper: String, lowest: Int
    ) -> [String] {
        (range.lowerBound > lowest ? ["\(lower): \(range.lowerBound)"] : [])
            + (range.upperBound < Int.max ? ["\(upper): \(range.upperBound)"] : [])
    }

    private static func reference(_ schema: ObjectSchema) -> String {
        "$ref: \"#/components/schemas/\(schema.component)\""
    }

    private static func words(_ choices: [Choice]) -> [String] {
        choices.filter { $0.misplaced == nil }.map { $0.name.isEmpty ? "\"\"" : $0.name }
    }

    private static func text(of content: Value.Content) -> String {
        switch content {
        case .flag(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .text(let text): text.isEmpty ? "\"\"" : text
        case .list, .object, .unread: "{}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension Field {
    /// Whether an example says more than the type does.
    fileprivate var isExampleInformative: Bool {
        switch kind {
        case .flag, .choice, .integer, .anything: false
        case .text, .list, .map, .object: true
        }
    }
}
