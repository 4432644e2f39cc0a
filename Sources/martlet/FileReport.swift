import Policy

/// What there is to say about the documents of a file.
struct FileReport: Encodable {
    /// One document.
    struct Document: Encodable {
        /// The policy's name, where it has a valid one.
        let name: String?
        /// Whether there are no errors.
        let isValid: Bool
        /// Whether this version of the service serves all of it.
        let isServed: Bool
        let problems: [Problem]

        private enum CodingKeys: String, CodingKey {
            case name, problems
            case isValid = "valid"
            case isServed = "served"
        }
    }

    /// One problem of a document, as the API has it.
    struct Problem: Encodable {
        /// `error`, `warning`, or `note` for what is valid and not served.
        let severity: String
        let code: String
        let pointer: String
        let line: Int
        let column: Int
        let message: String
        let hint: String?
    }

    /// The file's name, as it was given.
    let file: String
    let documents: [Document]
    /// The text, for those who show lines of it.
    let text: [UInt8]

    private enum CodingKeys: String, CodingKey {
        case file, documents
    }

    /// Checks every document of a file.
    init(_ file: String, _ text: [UInt8]) {
        self.file = file
        self.text = text
        documents = check(documentsIn: text).map(Document.init)
    }

    /// Whether no document has an error.
    var isValid: Bool { documents.allSatisfy(\.isValid) }
}

extension FileReport.Document {
    fileprivate init(_ check: PolicyCheck) {
        let problems =
            check.diagnostics.map { ($0, $0.severity.rawValue) }
            + check.unserved.map { ($0, "note") }
        self.init(
            name: check.name, isValid: check.policy != nil, isServed: check.unserved.isEmpty,
            problems: problems.sorted { $0.0.position < $1.0.position }
                .map { FileReport.Problem($0.0, severity: $0.1) })
    }
}

extension FileReport.Problem {
    fileprivate init(_ diagnostic: Diagnostic, severity: String) {
        self.init(
            severity: severity, code: diagnostic.code.rawValue, pointer: diagnostic.pointer,
            line: diagnostic.position.line, column: diagnostic.position.column,
            message: diagnostic.message, hint: diagnostic.hint)
    }
}
