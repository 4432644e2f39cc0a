/// Finds fields of the format by the names that lead to them, such as `kprobes.args.type`.
///
/// Lists and maps are passed through, so no numbers are needed; where there are some, as in
/// `kprobes[0].args`, they do not matter. A path starts at the document or at its spec.
struct FieldPath {
    /// The field, and the object that it is in.
    let field: Field
    let schema: ObjectSchema
    /// The names from the document on.
    let names: [String]

    /// Finds the field at a path.
    ///
    /// - Throws: Which name leads nowhere, and what there is instead.
    init(_ path: String) throws(UnknownField) {
        let names = path.split(separator: ".").map { String($0.prefix { $0 != "[" }) }
        let document = PolicyFormat.document
        let spec = document.field("spec")?.kind.schema
        guard let first = names.first else { throw UnknownField(path, in: document) }
        if document.field(first) != nil {
            try self.init(names, path)
        } else if spec?.field(first) != nil {
            try self.init(["spec"] + names, path)
        } else {
            throw UnknownField(first, in: document)
        }
    }

    private init(_ names: [String], _ path: String) throws(UnknownField) {
        var schema = PolicyFormat.document
        var found: (field: Field, schema: ObjectSchema)?
        for name in names {
            if let (field, _) = found {
                guard let inner = field.kind.schema else {
                    throw UnknownField(name, under: field.name)
                }
                schema = inner
            }
            guard let field = schema.field(name) else { throw UnknownField(name, in: schema) }
            found = (field, schema)
        }
        guard let found else { throw UnknownField(path, in: schema) }
        field = found.field
        self.schema = found.schema
        self.names = names
    }

    /// The path as people write it: from the spec on, where it goes there.
    var text: String {
        (names.first == "spec" && names.count > 1 ? Array(names.dropFirst()) : names)
            .joined(separator: ".")
    }
}

/// A path to no field.
public struct UnknownField: Error, CustomStringConvertible {
    /// What is wrong, and what there is instead.
    public let description: String

    init(_ name: String, in schema: ObjectSchema) {
        var names = schema.ownFields.map(\.name)
        if schema.component == PolicyFormat.document.component,
            let spec = schema.field("spec")?.kind.schema
        {
            names += spec.ownFields.map(\.name)
        }
        let hint =
            nearest(to: name, in: names).map { "did you mean \($0.quoted)?" }
            ?? "one of " + names.joined(separator: ", ")
        description = "\(schema.name) has no field \(name.quoted); \(hint)"
    }

    init(_ name: String, under field: String) {
        description = "\(field.quoted) has no fields, and so no \(name.quoted)"
    }
}
