/// One problem in a policy, addressed the way the author wrote it.
public struct Diagnostic: Sendable, Equatable {
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

    /// There is nothing in the body.
    case emptyDocument = "empty_document"
    /// The body is not UTF-8 text.
    case notText = "not_text"
    /// The client sent the document as one line.
    case newlinesMissing = "newlines_missing"
    /// The body is neither YAML nor JSON.
    case syntax
    /// The body holds more than one document.
    case multipleDocuments = "multiple_documents"
    /// Lists and objects are nested too deeply.
    case tooDeep = "too_deep"
    /// The document has too many values, perhaps through aliases.
    case tooComplex = "too_complex"
    /// An object names one field twice.
    case duplicateKey = "duplicate_key"
    /// A field name is not a string.
    case invalidKey = "invalid_key"
    /// A value carries a YAML tag.
    case explicitTag = "explicit_tag"

    // The format.

    /// The format has no such field.
    case unknownField = "unknown_field"
    /// A required field is missing.
    case missingField = "missing_field"
    /// A value has another type than the field.
    case wrongType = "wrong_type"
    /// A number, a length or a name is outside of its limits.
    case outOfRange = "out_of_range"
    /// A text is none of those that the field takes, or is not formed as it must be.
    case invalidValue = "invalid_value"
    /// A list has too many entries.
    case tooMany = "too_many"
    /// A list or a text has nothing in it.
    case empty
    /// The format has it, this version of the service does not.
    case notSupported = "not_supported"

    // The rules between fields.

    /// Two values contradict each other.
    case conflict
    /// A field means nothing beside the others.
    case notApplicable = "not_applicable"
    /// A field is accepted and does nothing.
    case noEffect = "no_effect"
    /// A text was shortened.
    case truncated
    /// A selector has no filter.
    case matchesEverything = "matches_everything"
    /// There are more problems than are listed.
    case tooManyProblems = "too_many_problems"

    // The kernel, for those who check further.

    /// The kernel has no such function or system call.
    case unknownCall = "unknown_call"
    /// The kernel has the function, and does not say what its parameters are.
    case unknownPrototype = "unknown_prototype"
    /// The policy is valid and this kernel cannot serve it.
    case kernelLacks = "kernel_lacks"
}
