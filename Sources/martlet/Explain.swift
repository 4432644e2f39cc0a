import ArgumentParser
import Foundation
import Policy

/// `martlet explain`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what a field of a policy means: type, default, limits, an example.",
        discussion: """
            A field is named by those that lead to it, from the document or from its spec on:

              martlet explain kprobes.args.type
              martlet explain metadata.name

            Without a field, prints those of the document and of its spec.
            """)

    @ArgumentParser.Argument(
        help: ArgumentHelp("Names with points between them.", valueName: "field"))
    var field: String?

    func run() throws {
        do throws(UnknownField) {
            print(try PolicyReference.explanation(of: field))
        } catch {
            FileHandle.standardError.write(Data("martlet: \(error.description)\n".utf8))
            throw ExitCode.failure
        }
    }
}
