import ArgumentParser
import Policy

/// `martlet reference`, which writes those parts of the documentation that are kept in the code.
struct Reference: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the format of policies as a document.", shouldDisplay: false)

    /// What to write.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case markdown, openapi
    }

    @Option(name: .customLong("as"), help: "markdown, or openapi for JSON Schemas in YAML.")
    var form: Form

    func run() {
        switch form {
        case .markdown: print(PolicyReference.page, terminator: "")
        case .openapi: print(PolicyReference.openAPISchemas, terminator: "")
        }
    }
}
