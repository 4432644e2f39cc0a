extension DiagnosticCode {
    /// Whether the text itself could not be read, so that there is no policy to judge.
    public var isAboutText: Bool {
        switch self {
        case .emptyDocument, .notText, .newlinesMissing, .syntax, .multipleDocuments, .tooDeep,
            .tooComplex:
            true
        default: false
        }
    }
}
