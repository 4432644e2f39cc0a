import Foundation
import Testing

@Suite("martlet check")
struct CheckTests {
    private static let valid = """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata: {name: pipes}
        spec:
          kprobes:
          - call: sys_pipe2

        """

    private static let faulty = """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata: {name: pipes}
        spec:
          kprobes:
          - call: sys_pipe2
            retrun: true
            returnArg: {index: 0, type: int}
            args: [{index: 0, type: sock}]

        """

    @Test("a valid document is named, and the exit is 0")
    func accepted() throws {
        let run = try Command(["check", "-"], input: Self.valid)
        #expect(run.output == "-: the policy pipes is valid\n")
        #expect(run.error == "")
        #expect(run.status == 0)
    }

    @Test("problems are written as compilers do, in order, and the exit is 1")
    func refused() throws {
        let folder = try Folder()
        let file = try folder.file("pipes.yaml", Self.faulty)
        let run = try Command(["check", file])
        let expected = """
            \(file):7:5: error: a hook has no field "retrun" [unknown_field]
                7 |     retrun: true
                  |     ^~~~~~
                  = did you mean "return"?
            \(file):8:5: warning: "returnArg" has no effect without "return: true" [no_effect]
                8 |     returnArg: {index: 0, type: int}
                  |     ^~~~~~~~~
                  = add "return: true", or remove returnArg
            \(file):9:29: note: the type "sock" is not supported yet [not_supported]
                9 |     args: [{index: 0, type: sock}]
                  |                             ^~~~

            """
        let shown = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("= one of int, ") }.joined(separator: "\n")
        #expect(shown == expected + "\(file): 1 error\n")
        #expect(run.error == "")
        #expect(run.status == 1)
    }

    @Test("what is valid and not served is a note, and no failure")
    func unserved() throws {
        let document =
            Self.valid + "    data: [{index: 0, type: int, source: pt_regs, resolve: ax}]\n"
        let run = try Command(["check", "-"], input: document)
        #expect(
            run.output.hasPrefix("-:7:5: note: \"data\" is not supported yet [not_supported]\n"))
        #expect(
            run.output.hasSuffix("-: the policy pipes is valid, and not served by this version\n"))
        #expect(run.status == 0)
    }

    @Test("several documents of a file are checked, at the lines of the file")
    func severalDocuments() throws {
        let text = Self.valid + "---\n" + Self.faulty + "---\n# nothing\n---\n" + Self.valid
        let run = try Command(["check", "--output", "json", "-"], input: text)
        let files = try JSONDecoder().decode([FileResult].self, from: Data(run.output.utf8))
        #expect(files.map(\.file) == ["-"])
        let documents = try #require(files.first?.documents)
        #expect(documents.map(\.name) == ["pipes", "pipes", "pipes"])
        #expect(documents.map(\.valid) == [true, false, true])
        #expect(documents.map(\.served) == [true, false, true])
        #expect(documents.map(\.problems.count) == [0, 3, 0])
        #expect(documents[1].problems.map(\.line) == [14, 15, 16])
        #expect(run.status == 1)
    }

    @Test("JSON has every member of a problem")
    func asJSON() throws {
        let run = try Command(["check", "--output=json", "-"], input: Self.faulty)
        let files = try JSONDecoder().decode([FileResult].self, from: Data(run.output.utf8))
        let problems = try #require(files.first?.documents.first?.problems)
        #expect(problems.map(\.severity) == ["error", "warning", "note"])
        #expect(
            problems.first
                == ProblemResult(
                    severity: "error", code: "unknown_field", pointer: "/spec/kprobes/0/retrun",
                    line: 7, column: 5, message: "a hook has no field \"retrun\"",
                    hint: "did you mean \"return\"?"))
        #expect(run.status == 1)
    }

    @Test("several files are checked, and one that cannot be read fails the run")
    func severalFiles() throws {
        let folder = try Folder()
        let good = try folder.file("good.yaml", Self.valid)
        let run = try Command(["check", good, folder.path + "/none.yaml", folder.path])
        #expect(run.output == "\(good): the policy pipes is valid\n")
        #expect(
            run.error.split(separator: "\n") == [
                "martlet: cannot read \(folder.path)/none.yaml: No such file or directory",
                "martlet: cannot read \(folder.path): Is a directory",
            ])
        #expect(run.status == 1)
    }

    @Test("a file is as long as the service takes it, and no longer")
    func tooLong() throws {
        let comment = "#" + String(repeating: "x", count: (1 << 20) - Self.valid.utf8.count - 1)
        #expect(try Command(["check", "-"], input: Self.valid + comment).status == 0)
        let run = try Command(["check", "-"], input: Self.valid + comment + "x")
        #expect(run.error == "martlet: - has more than 1 MiB, the most that the service takes\n")
        #expect(run.status == 1)
    }

    @Test("there is colour on a terminal, and nowhere else")
    func color() throws {
        let terminal = try Command(["check", "-"], input: Self.faulty, onTerminal: true)
        #expect(terminal.output.contains("\u{1B}[1;31merror: \u{1B}[0m"))
        #expect(terminal.output.contains("\u{1B}[32m^~~~~~\u{1B}[0m"))
        #expect(terminal.status == 1)
        let file = try Command(["check", "-"], input: Self.faulty)
        #expect(!file.output.contains("\u{1B}"))
        let plain = terminal.output.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(plain.replacing("\r\n", with: "\n") == file.output)
    }

    @Test("a document cannot write to the terminal")
    func hostile() throws {
        let document = """
            {"apiVersion": "cilium.io/v1alpha1", "kind": "TracingPolicy", "metadata":
            {"name": "a\\u001b[2J\\u202eb"}, "spec": {"kprobes": [{"call": "sys_pipe2"}]}}
            """
        let run = try Command(["check", "-"], input: document, onTerminal: true)
        #expect(!run.output.contains("\u{1B}[2J"))
        #expect(!run.output.contains("\u{202E}"))
        #expect(run.output.contains("the name has the character"))
        #expect(run.status == 1)
    }

    @Test("of a very long line the part around the problem is shown")
    func longLine() throws {
        let tags = Array(repeating: "\"aa\"", count: 15).joined(separator: ", ")
        let document = """
            {"apiVersion": "cilium.io/v1alpha1", "kind": "TracingPolicy", "metadata": \
            {"name": "a"}, "spec": {"kprobes": [{"call": "sys_pipe2", "tags": [\(tags), "b"], \
            "message": "\(String(repeating: "m", count: 300))"}]}}
            """
        let run = try Command(["check", "-"], input: document)
        let lines = run.output.split(separator: "\n")
        let shown = try #require(lines.first { $0.hasPrefix("    1 | ") })
        let mark = try #require(lines.first { $0.hasPrefix("      | ") && $0.contains("^") })
        #expect(shown.count < 140)
        let place = try #require(mark.firstIndex(of: "^"))
        let offset = mark.distance(from: mark.startIndex, to: place)
        #expect(shown.dropFirst(offset).hasPrefix("\"b\""))
    }
}

/// What `--output json` says of a file.
private struct FileResult: Decodable {
    struct Document: Decodable {
        let name: String?
        let valid: Bool
        let served: Bool
        let problems: [ProblemResult]
    }

    let file: String
    let documents: [Document]
}

private struct ProblemResult: Decodable, Equatable {
    let severity: String
    let code: String
    let pointer: String
    let line: Int
    let column: Int
    let message: String
    let hint: String?
}
