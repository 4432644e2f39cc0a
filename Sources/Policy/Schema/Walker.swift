/// Compares a document with the schema, and keeps what is sound.
struct Walker {
    private(set) var diagnostics: [Diagnostic] = []

    /// The place of a value: what points to it, and what it is called in messages.
    struct Site {
        var pointer = ""
        var keyPosition = SourcePosition(line: 1, column: 1)
        var name = "the document"
        /// The name of the field that the value belongs to.
        var field = ""
        var hint: String?
    }

    /// The value that `node` stands for, or nil where it is not of the kind.
    mutating func value(of node: DocumentNode, as kind: ValueKind, at site: Site) -> Value? {
        guard let content = content(of: node, as: kind, at: site) else { return nil }
        return Value(
            content: content, pointer: site.pointer, position: node.position,
            keyPosition: site.keyPosition)
    }

    private mutating func content(
        of node: DocumentNode, as kind: ValueKind, at site: Site
    ) -> Value.Content? {
        switch (kind, node.content) {
        case (.object(let schema), .object(let entries)):
            return .object(object(entries, of: schema, at: site, node.position))
        case (.map(let kind), .object(let entries)):
            return .object(map(entries, of: kind, at: site))
        case (.anything, _):
            return .unread
        case (.list(let kind, let count), .list(let items)):
            return list(items, of: kind, count: count, at: site, node.position)
        case (_, .scalar(let text, let isPlain)):
            let scalar = Scalar(text, isPlain: isPlain)
            return self.scalar(scalar, text, as: kind, at: site, node.position)
        default:
            reportType(node.noun, kind, site, node.position)
            return nil
        }
    }

    // MARK: - Objects and lists

    private mutating func object(
        _ entries: [DocumentEntry], of schema: ObjectSchema, at site: Site,
        _ position: SourcePosition
    ) -> ObjectValue {
        var object = ObjectValue()
        for entry in entries {
            let inner = Site(
                pointer: site.pointer.pointing(to: entry.key), keyPosition: entry.keyPosition,
                name: entry.key.quoted, field: entry.key)
            guard let field = schema.fields.first(where: { $0.name == entry.key }) else {
                reportUnknown(entry.key, schema, inner)
                object.refused.insert(entry.key)
                continue
            }
            // As in Kubernetes, a field that is null is not there.
            if entry.value.isNull { continue }
            object.fields[field.name] = value(of: entry.value, in: field, of: schema, at: inner)
            if object.fields[field.name] == nil {
                object.refused.insert(field.name)
            }
        }
        for field in schema.fields
        where object.fields[field.name] == nil && !object.refused.contains(field.name) {
            if field.isRequired {
                report(
                    .missingField, site, position,
                    "\(field.name.quoted) is missing from \(site.name)", hint: field.doc)
            } else if let standard = field.standard {
                object.fields[field.name] = Value(
                    content: standard, pointer: site.pointer.pointing(to: field.name),
                    position: position, keyPosition: position, isStandard: true)
            }
        }
        return object
    }

    private mutating func value(
        of node: DocumentNode, in field: Field, of schema: ObjectSchema, at site: Site
    ) -> Value? {
        if let reason = field.misplaced {
            report(
                .notApplicable, site, site.keyPosition,
                "\(site.name) means nothing in \(schema.name)", hint: "\(reason); remove it")
            return nil
        }
        var site = site
        site.hint = field.hint
        return value(of: node, as: field.kind, at: site)
    }

    private mutating func map(
        _ entries: [DocumentEntry], of kind: ValueKind, at site: Site
    ) -> ObjectValue {
        var object = ObjectValue()
        for entry in entries {
            let inner = Site(
                pointer: site.pointer.pointing(to: entry.key), keyPosition: entry.keyPosition,
                name: entry.key.quoted, field: entry.key)
            object.fields[entry.key] = value(of: entry.value, as: kind, at: inner)
        }
        return object
    }

    private mutating func list(
        _ items: [DocumentNode], of kind: ValueKind, count: ClosedRange<Int>, at site: Site,
        _ position: SourcePosition
    ) -> Value.Content? {
        if items.count < count.lowerBound {
            report(.empty, site, position, "\(site.name) is empty", hint: site.hint)
            return nil
        }
        if items.count > count.upperBound {
            var excess = site
            excess.pointer = site.pointer.pointing(to: String(count.upperBound))
            report(
                .tooMany, excess, items[count.upperBound].position,
                "\(site.name) has \(items.count) entries; at most \(count.upperBound) are allowed",
                hint: site.hint)
        }
        var values: [Value] = []
        for (index, item) in items.prefix(count.upperBound).enumerated() {
            let inner = Site(
                pointer: site.pointer.pointing(to: String(index)), keyPosition: item.position,
                name: "entry \(index) of \(site.name)", field: site.field, hint: site.hint)
            if let value = value(of: item, as: kind, at: inner) {
                values.append(value)
            }
        }
        return .list(values)
    }

    // MARK: - Problems

    private mutating func reportUnknown(_ key: String, _ schema: ObjectSchema, _ site: Site) {
        report(
            .unknownField, site, site.keyPosition, "\(schema.name) has no field \(key.quoted)",
            hint: Self.hint(for: key, in: schema))
    }

    private static func hint(for key: String, in schema: ObjectSchema) -> String {
        if key == "<<" { return "merge keys are not supported; write the fields out" }
        let names = schema.ownFields.map(\.name)
        return nearest(to: key, in: names).map { "did you mean \($0.quoted)?" }
            ?? "one of " + names.joined(separator: ", ")
    }

    mutating func reportType(
        _ found: String, _ kind: ValueKind, _ site: Site, _ position: SourcePosition,
        hint: String? = nil
    ) {
        report(
            .wrongType, site, position, "\(site.name) must be \(kind.noun), not \(found)",
            hint: hint)
    }

    mutating func report(
        _ code: DiagnosticCode, _ site: Site, _ position: SourcePosition, _ message: String,
        hint: @autoclosure () -> String? = nil
    ) {
        guard diagnostics.count < DocumentLimit.collected else { return }
        diagnostics.append(
            Diagnostic(
                code: code, pointer: site.pointer, position: position, message: message,
                hint: hint()))
    }
}

extension DocumentNode {
    fileprivate var isNull: Bool {
        guard case .scalar(let text, let isPlain) = content else { return false }
        return Scalar(text, isPlain: isPlain) == .null
    }

    fileprivate var noun: String {
        if case .list = content { "a list" } else { "an object" }
    }
}
