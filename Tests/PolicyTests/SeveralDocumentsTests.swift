import Policy
import Testing

@Suite("Texts with several documents")
struct SeveralDocumentsTests {
    private func check(_ text: String) -> [PolicyCheck] {
        Policy.check(documentsIn: Array(text.utf8))
    }

    @Test("each document is checked by itself, at its place in the text")
    func eachByItself() {
        let first = policy(call: "sys_pipe2")
        let results = check(
            "\(first)\n---\n\(policy(call: "7"))\n...\n---\n\(policy(name: "other"))")
        #expect(results.map(\.name) == ["pipes", "pipes", "other"])
        #expect(results.map { $0.policy != nil } == [true, false, true])
        #expect(results.map(\.diagnostics.count) == [0, 1, 0])
        #expect(results[1].diagnostics.first?.position == SourcePosition(line: 15, column: 11))
        #expect(results[0].policy == Policy.check(document: Array(first.utf8)).policy)
    }

    @Test("documents of nothing are left out, and a text of nothing is empty")
    func empty() {
        #expect(check("---\n# nothing\n---\n\(policy(call: "a"))\n---\n").count == 1)
        for text in ["", "---\n", "# nothing\n", "\n\n"] {
            #expect(check(text).map { $0.diagnostics.map(\.code) } == [[.emptyDocument]], "\(text)")
        }
    }

    @Test("what cannot be parsed ends the text, and what came before counts")
    func syntax() {
        let results = check("\(policy(call: "a"))\n---\nkind: [\n---\n\(policy(call: "b"))")
        #expect(results.map { $0.policy != nil } == [true, false])
        #expect(results[1].diagnostics.map(\.code) == [.syntax])
        #expect(check("a: \u{0}").map { $0.diagnostics.map(\.code) } == [[.notText]])
    }

    @Test("an anchor is known in its own document only")
    func anchors() {
        let results = check("a: &x 1\n---\nb: *x\n")
        #expect(results.count == 2)
        #expect(results[1].diagnostics.map(\.code) == [.syntax])
    }
}
