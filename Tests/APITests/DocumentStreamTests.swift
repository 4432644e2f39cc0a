import Policy
import Testing
import Tracing

@testable import API

@Suite("Several documents in one body")
struct DocumentStreamTests {
    private func documents(_ text: String) -> [(text: String, linesBefore: Int)] {
        DocumentStream(Array(text.utf8)).documents
            .map { (String(decoding: $0.bytes, as: UTF8.self), $0.linesBefore) }
    }

    @Test("documents end where the next begins, and keep their bytes")
    func separated() {
        let found = documents("a: 1\n---\nb: 2\r\n\n--- \nc: |\n  ---\n --- x\n")
        #expect(
            found.map(\.text) == [
                "a: 1\n", "b: 2\r\n\n", "c: |\n  ---\n --- x\n",
            ])
        #expect(found.map(\.linesBefore) == [0, 2, 5])
    }

    @Test("what is only a mark or a comment is no document")
    func empty() {
        #expect(documents("").isEmpty)
        #expect(documents("---\n# nothing\n\t\n---\r\n...\n").isEmpty)
        #expect(documents("# about\n---\na: 1\n---\n").map(\.text) == ["a: 1\n"])
        #expect(documents("a: 1\n...\n---\nb: 2").map(\.text) == ["a: 1\n...\n", "b: 2"])
    }

    @Test("a document may begin on the line of its mark; longer lines of hyphens are none")
    func sameLine() {
        #expect(
            documents("--- {a: 1}\n---\t{b: 2}\n").map(\.text) == ["--- {a: 1}\n", "---\t{b: 2}\n"])
        #expect(documents("a: 1\n----\n---b\n").count == 1)
    }

    @Test("every finding of a set says which document, and its line in the body")
    func findings() throws {
        let stream = DocumentStream(Array("a: 1\n---\nb: 2\n".utf8))
        let diagnostic = Diagnostic(
            code: .unknownField, pointer: "/b", position: SourcePosition(line: 1, column: 1),
            message: "no b")
        let problem = Problem(.set([(1, .invalid([diagnostic])), (0, .nameTaken("x"))]))
            .located(in: stream.documents)
        #expect(problem.status == 422)
        #expect(
            problem.response.text == """
                {"type":"/problems/invalid-set","title":"Invalid set","status":422,\
                "detail":"2 documents are not accepted, so none is","errors":[\
                {"document":1,"severity":"error","code":"unknown_field","pointer":"/b","line":3,\
                "column":1,"message":"no b"},\
                {"document":0,"severity":"error","code":"name_taken","message":"there is a policy x \
                already; PUT /v1/policies/x replaces it, and DELETE removes it"}]}

                """)
    }
}
