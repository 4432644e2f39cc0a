/// One value of a document that is as the schema wants it.
struct Value: Sendable {
    enum Content: Sendable {
        case flag(Bool)
        case number(Int)
        case text(String)
        /// The entries that are sound; each knows its place in the document's list.
        case list([Value])
        case object(ObjectValue)
        /// What nobody looks into.
        case unread
    }

    let content: Content
    let pointer: String
    let position: SourcePosition
    /// Where the name of the field is; for a list's entry, where the value is.
    let keyPosition: SourcePosition
    /// Whether the document leaves it out, so that it is what the format says.
    var isStandard = false
}

/// The fields of an object that are sound, those that were left out at their standard values.
struct ObjectValue: Sendable {
    var fields: [String: Value] = [:]
    /// The fields in the document that were refused, for whatever reason.
    var refused: Set<String> = []
}

extension Value {
    /// A stand-in for the text that names a target, to report about it.
    init(at target: Target) {
        self.init(
            content: .text(target.written), pointer: target.pointer, position: target.position,
            keyPosition: target.position)
    }

    /// How many values there are with this one.
    var size: Int {
        switch content {
        case .list(let entries): entries.reduce(1) { $0 + $1.size }
        case .object(let object): object.fields.values.reduce(1) { $0 + $1.size }
        case .flag, .number, .text, .unread: 1
        }
    }

    /// The field `name` of an object.
    subscript(name: String) -> Value? {
        guard case .object(let object) = content else { return nil }
        return object.fields[name]
    }

    var number: Int? {
        guard case .number(let number) = content else { return nil }
        return number
    }

    var text: String? {
        guard case .text(let text) = content else { return nil }
        return text
    }

    var refused: Set<String> {
        guard case .object(let object) = content else { return [] }
        return object.refused
    }

    /// The field `name` where it is true.
    func enabled(_ name: String) -> Value? {
        guard let value = self[name], case .flag(true) = value.content else { return nil }
        return value
    }

    /// The entries of the list `name`.
    func list(_ name: String) -> [Value] {
        guard case .list(let entries)? = self[name]?.content else { return [] }
        return entries
    }
}
