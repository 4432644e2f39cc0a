extension PolicyReference {
    /// The page of the documentation that describes the whole format, in Markdown.
    public static var page: String {
        let objects = objects
        return
            ([introduction]
            + objects.map { section(of: $0) } + ["## Words\n"] + wordTables(of: objects)
            + [codes])
            .joined(separator: "\n")
    }

    private static let introduction = """
        # The policy format

        A policy is a TracingPolicy of `\(PolicyFormat.apiVersion)`, in YAML or JSON. Every object of it is below, \
        in the order in which a document has them. What is marked with † is valid, and not served by this \
        version of the service: `martlet check` accepts it, and the API refuses a policy that has it with \
        the code `\(DiagnosticCode.notSupported.rawValue)`.

        `martlet explain kprobes.args.type` prints one entry. [differences.md](differences.md) says where \
        Martlet differs from Tetragon on purpose.

        <!-- Written by `martlet reference --as markdown`, from the table that documents are checked by. -->

        """

    private static func section(of schema: ObjectSchema) -> String {
        var lines = [
            "## \(schema.component)", "", schema.doc, "",
            "| field | type | default | limits | meaning | example |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for field in schema.ownFields {
            let mark = Unserved.hasField(field.name, of: schema) ? " †" : ""
            lines.append(
                row([
                    "`\(field.name)`\(mark)", type(of: field),
                    field.isRequired ? "required" : field.standardText.map { "`\($0)`" } ?? "",
                    field.limits ?? "", field.doc, "`\(field.example)`",
                ]))
        }
        let elsewhere = schema.fields.filter { $0.misplaced != nil }
        if !elsewhere.isEmpty {
            lines.append("")
            let reasons = elsewhere.map { "`\($0.name)`, since \($0.misplaced ?? "")" }
            lines.append("Refused here: " + reasons.joined(separator: "; ") + ".")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func type(of field: Field) -> String {
        let name = field.kind.name
        if let component = field.kind.schema?.component {
            let link = "[\(component)](#\(component.lowercased()))"
            return name.replacing(component, with: link)
        }
        return name
    }

    /// A table for each field that takes words with meanings; one for all that take the same.
    private static func wordTables(of objects: [ObjectSchema]) -> [String] {
        var tables: [(fields: [String], body: String)] = []
        for schema in objects {
            for field in schema.ownFields where field.words.contains(where: { $0.doc != nil }) {
                let body = body(ofWordsOf: field, in: schema)
                let name = "`\(field.name)` of \(schema.component)"
                if let place = tables.firstIndex(where: { $0.body == body }) {
                    tables[place].fields.append(name)
                } else {
                    tables.append(([name], body))
                }
            }
        }
        return tables.map { "### \($0.fields.joined(separator: ", "))\n\n\($0.body)" }
    }

    private static func body(ofWordsOf field: Field, in schema: ObjectSchema) -> String {
        var lines = ["| word | meaning |", "| --- | --- |"]
        for word in field.words {
            let mark = Unserved.hasWord(word.name, in: field.name, of: schema) ? " †" : ""
            lines.append(row(["`\(word.name)`\(mark)", word.doc ?? ""]))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static var codes: String {
        let lines =
            ["## Codes", "", "| code of a problem | meaning |", "| --- | --- |"]
            + DiagnosticCode.allCases.map { row(["`\($0.rawValue)`", $0.meaning]) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
