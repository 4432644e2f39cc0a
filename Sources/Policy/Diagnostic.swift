/// One problem in a policy, addressed the way the author wrote it.
public struct Diagnostic: Sendable, Hashable {
    /// What a problem does to the policy.
    public enum Severity: String, Sendable {
        /// The policy is refused.
        case error
        /// The policy is accepted, and does something its author may not expect.
        case warning
    }

    /// What the problem does to the policy.
    public var severity: Severity
    /// The rule that was broken, for programs.
    public var code: DiagnosticCode
    /// A JSON Pointer (RFC 6901) into the submitted document.
    public var pointer: String
    /// Where the problem starts in the submitted document.
    public var position: SourcePosition
    /// What is wrong, for people.
    public var message: String
    /// What to write instead, where that is known.
    public var hint: String?

    /// Describes one problem.
    public init(
        severity: Severity = .error, code: DiagnosticCode, pointer: String,
        position: SourcePosition, message: String, hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.pointer = pointer
        self.position = position
        self.message = message
        self.hint = hint
    }
}

/// The rule that a document breaks.
///
/// Programs may rely on the raw values: they never change.
public enum DiagnosticCode: String, Sendable, CaseIterable {
    // The text.

    case emptyDocument = "empty_document"
    case notText = "not_text"
    case newlinesMissing = "newlines_missing"
    case syntax
    case multipleDocuments = "multiple_documents"
    case tooDeep = "too_deep"
    case tooComplex = "too_complex"
    case duplicateKey = "duplicate_key"
    case invalidKey = "invalid_key"
    case explicitTag = "explicit_tag"

    // The format.

    case unknownField = "unknown_field"
    case missingField = "missing_field"
    case wrongType = "wrong_type"
    case outOfRange = "out_of_range"
    case invalidValue = "invalid_value"
    case tooMany = "too_many"
    case empty

    // The service.

    case notSupported = "not_supported"

    // The rules between fields.

    case conflict
    case notApplicable = "not_applicable"
    case noEffect = "no_effect"
    case truncated
    case ambiguousIndex = "ambiguous_index"
    case matchesEverything = "matches_everything"
    case tooManyProblems = "too_many_problems"

    // The kernel, for those who check further.

    case unknownCall = "unknown_call"
    case unknownPrototype = "unknown_prototype"
    case kernelLacks = "kernel_lacks"

    /// One sentence on what is wrong, for people.
    public var meaning: String {
        switch self {
        case .emptyDocument: "there is nothing in the body"
        case .notText: "the body is not UTF-8 text"
        case .newlinesMissing: "the client sent the document as one line"
        case .syntax: "the body is neither YAML nor JSON"
        case .multipleDocuments: "the body holds more than one document"
        case .tooDeep: "lists and objects are nested too deeply"
        case .tooComplex: "the document has too many values, perhaps through aliases"
        case .duplicateKey: "an object names one field twice"
        case .invalidKey: "a field name is not a string"
        case .explicitTag: "a value carries a YAML tag"
        case .unknownField: "the format has no such field"
        case .missingField: "a required field is missing"
        case .wrongType: "a value has another type than the field"
        case .outOfRange: "a number, a length or a name is outside of its limits"
        case .invalidValue:
            "a text is none of those that the field takes, or is not formed as it must be"
        case .tooMany: "a list has too many entries"
        case .empty: "a list or a text has nothing in it"
        case .notSupported: "the format has it, this version of the service does not"
        case .conflict: "two values contradict each other"
        case .notApplicable: "a field means nothing beside the others"
        case .noEffect: "a field is accepted and does nothing"
        case .truncated: "a text was shortened"
        case .ambiguousIndex: "a filter names an argument by its position, and not by its index"
        case .matchesEverything: "a selector has no filter"
        case .tooManyProblems: "there are more problems than are listed"
        case .unknownCall: "the kernel has no such function or system call"
        case .unknownPrototype:
            "the kernel has the function, and does not say what its parameters are"
        case .kernelLacks: "the policy is valid and this kernel cannot serve it"
        }
    }
}
