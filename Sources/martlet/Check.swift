import ArgumentParser
import Foundation

/// `martlet check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check policies, without a kernel and without privileges.",
        discussion: """
            Says everything that is wrong with each document, at its line and column. What is valid \
            and not served by this version is a note. Whether a kernel has what a policy names is \
            for the service to say: POST /v1/policies?dry_run=validate.

            Fails where a document has an error, or a file cannot be read.
            """)

    /// How to write what is found.
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Option(help: "How to write what is found: text or json.")
    var output: Output = .text

    @Argument(
        help: ArgumentHelp(
            "Files with one or more documents; - is standard input.", valueName: "file"))
    var files: [String]

    func run() throws {
        var reports: [FileReport] = []
        var isReadable = true
        for file in files {
            do throws(UnreadableFile) {
                reports.append(FileReport(file, try PolicyFile.read(file)))
            } catch {
                isReadable = false
                FileHandle.standardError.write(Data("martlet: \(error.description)\n".utf8))
            }
        }
        switch output {
        case .text:
            let rendering = DiagnosticRendering(hasColor: isatty(STDOUT_FILENO) == 1)
            print(reports.map { rendering.text(of: $0) }.joined(), terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(reports), as: UTF8.self))
        }
        guard isReadable, reports.allSatisfy(\.isValid) else { throw ExitCode.failure }
    }
}

/// A file that cannot be checked.
struct UnreadableFile: Error, CustomStringConvertible {
    let description: String
}

/// Files that documents are read from.
enum PolicyFile {
    /// As much as the service takes of one document.
    private static let limit = 1 << 20

    /// The bytes of a file, or of standard input where its name is `-`.
    static func read(_ name: String) throws(UnreadableFile) -> [UInt8] {
        let bytes: Data
        do {
            let file =
                name == "-"
                ? FileHandle.standardInput
                : try FileHandle(forReadingFrom: URL(filePath: name))
            bytes = try file.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw UnreadableFile(description: "cannot read \(name): \(Self.reason(error))")
        }
        guard bytes.count <= limit else {
            throw UnreadableFile(
                description: "\(name) has more than 1 MiB, the most that the service takes")
        }
        return [UInt8](bytes)
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let number = underlying?.code else { return error.localizedDescription }
        return String(cString: strerror(CInt(number)))
    }
}
