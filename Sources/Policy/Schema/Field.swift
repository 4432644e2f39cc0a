/// One object of the format: its fields, and what it is for.
struct ObjectSchema: Sendable {
    let name: String
    /// One sentence for the people who write policies.
    let doc: String
    let fields: [Field]

    init(_ name: String, _ doc: String, _ fields: [Field]) {
        self.name = name
        self.doc = doc
        self.fields = fields
    }
}

/// One field of an object: all that checking, the JSON Schema and the documentation need to know.
struct Field: Sendable {
    let name: String
    let kind: ValueKind
    let isRequired: Bool
    /// What the field is where the document does not say.
    let standard: Value.Content?
    let support: Support
    /// One sentence for the people who write policies.
    let doc: String
    /// What to do when a value is outside of the kind's limits.
    let hint: String?

    init(
        _ name: String, _ kind: ValueKind, required: Bool = false, standard: Value.Content? = nil,
        _ doc: String, hint: String? = nil
    ) {
        self.name = name
        self.kind = kind
        isRequired = required
        self.standard = standard
        support = .served
        self.doc = doc
        self.hint = hint
    }

    private init(_ name: String, refused support: Support, _ doc: String) {
        self.name = name
        kind = .anything
        isRequired = false
        standard = nil
        self.support = support
        self.doc = doc
        hint = nil
    }

    /// A field that the format has and the service refuses, whatever its value.
    static func later(_ name: String, _ doc: String) -> Field {
        Field(name, refused: .later, doc)
    }

    /// A field that belongs to other objects, and cannot mean anything in this one.
    static func elsewhere(_ name: String, _ reason: String) -> Field {
        Field(name, refused: .elsewhere(reason), reason)
    }
}

/// Whether the service does what the format promises.
enum Support: Sendable, Equatable {
    case served
    /// Known, and refused as not supported yet.
    case later
    /// Known, and refused because it can only mean something in another place; says why.
    case elsewhere(String)
}

/// What a value may be.
indirect enum ValueKind: Sendable {
    /// True or false; one of them can still be out of reach.
    case flag(later: Bool? = nil)
    case integer(ClosedRange<Int>)
    /// Text of so many bytes of UTF-8.
    case text(ClosedRange<Int> = 0...Int.max)
    case choice([Choice])
    /// A list of so many values, each of one kind.
    case list(ValueKind, count: ClosedRange<Int>)
    /// An object whose field names are the author's.
    case map(ValueKind)
    case object(ObjectSchema)
    /// Not looked into.
    case anything
}

/// One of the words that a field takes.
struct Choice: Sendable, ExpressibleByStringLiteral {
    let name: String
    let support: Support

    init(_ name: String, _ support: Support = .served) {
        self.name = name
        self.support = support
    }

    init(stringLiteral name: String) {
        self.init(name)
    }
}

extension ValueKind {
    /// The kind in a sentence.
    var noun: String {
        switch self {
        case .flag: "true or false"
        case .integer: "an integer"
        case .text, .choice: "text"
        case .list: "a list"
        case .map, .object: "an object"
        case .anything: "anything"
        }
    }
}
