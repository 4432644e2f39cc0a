/// One object of the format: its fields, and what it is for.
struct ObjectSchema: Sendable {
    /// The object in messages, such as `a hook`.
    let name: String
    /// What schemas and the documentation call it, such as `KernelHook`.
    let component: String
    /// One sentence for the people who write policies.
    let doc: String
    let fields: [Field]
    /// The fields that mean something here.
    let ownFields: [Field]

    init(_ name: String, as component: String, _ doc: String, _ fields: [Field]) {
        self.name = name
        self.component = component
        self.doc = doc
        self.fields = fields
        ownFields = fields.filter { $0.misplaced == nil }
    }

    /// The field `name` of the format; one that belongs elsewhere is none.
    func field(_ name: some StringProtocol) -> Field? {
        ownFields.first { $0.name == name }
    }
}

/// One field of an object: all that parsing, checking, the JSON Schema, `martlet explain` and the
/// documentation know about it.
struct Field: Sendable {
    let name: String
    let kind: ValueKind
    let isRequired: Bool
    /// What the field is where the document does not say.
    let standard: Value.Content?
    /// Why the field cannot mean anything in this object, if it belongs to others only.
    let misplaced: String?
    /// One sentence for the people who write policies.
    let doc: String
    /// A value as a document may have it, in YAML on one line.
    let example: String
    /// What to do when a value is outside of the kind's limits.
    let hint: String?

    init(
        _ name: String, _ kind: ValueKind, required: Bool = false, standard: Value.Content? = nil,
        _ doc: String, example: String, hint: String? = nil
    ) {
        self.name = name
        self.kind = kind
        isRequired = required
        self.standard = standard
        misplaced = nil
        self.doc = doc
        self.example = example
        self.hint = hint
    }

    private init(_ name: String, misplaced reason: String) {
        self.name = name
        kind = .anything
        isRequired = false
        standard = nil
        misplaced = reason
        doc = reason
        example = "null"
        hint = nil
    }

    /// A field that belongs to other objects, and cannot mean anything in this one.
    static func elsewhere(_ name: String, _ reason: String) -> Field {
        Field(name, misplaced: reason)
    }

    /// True or false, and false where the document does not say.
    static func flag(_ name: String, _ doc: String) -> Field {
        Field(name, .flag, standard: .flag(false), doc, example: "true")
    }
}

/// What a value may be.
indirect enum ValueKind: Sendable {
    case flag
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
    /// What the word means, where its name does not say it all.
    let doc: String?
    /// Why the word cannot be used here, if it can in other places.
    let misplaced: String?

    init(_ name: String, _ doc: String? = nil) {
        self.name = name
        self.doc = doc
        misplaced = nil
    }

    init(_ name: String, misplaced reason: String) {
        self.name = name
        doc = nil
        misplaced = reason
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

    /// One of the names of `type`.
    static func choice<Name: NamedValue>(of type: Name.Type) -> ValueKind {
        .choice(type.allCases.map { Choice($0.rawValue, $0.meaning) })
    }

    /// The object that the fields of the value are described by, inside of lists and maps as well.
    var schema: ObjectSchema? {
        switch self {
        case .object(let schema): schema
        case .list(let kind, _), .map(let kind): kind.schema
        case .flag, .integer, .text, .choice, .anything: nil
        }
    }
}

/// A set of words that a field takes.
protocol NamedValue: RawRepresentable<String>, CaseIterable {
    /// One sentence on the word for the people who write policies.
    var meaning: String { get }
}
