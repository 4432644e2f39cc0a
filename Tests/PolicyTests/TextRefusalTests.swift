import Policy
import Testing

@Suite("Documents whose text is refused")
struct TextRefusalTests {
    @Test("each problem is reported where it is", arguments: refusals)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    static let refusals = [
        Refusal("", .emptyDocument, "", 1, 1, "empty"),
        Refusal("# nothing\n---\n...\n", .emptyDocument, "", 1, 1, "empty"),
        Refusal("kind: a\nb: [1, 2\nc: d", .syntax, "", 3, 2, "not valid YAML"),
        Refusal("kind:\n\tTracingPolicy", .syntax, "", 2, 1, "cannot start any token"),
        Refusal("{\"kind\": \"a\"", .syntax, "", 1, 13, "not valid YAML"),
        Refusal("a: *b", .syntax, "/a", 1, 4, "\"*b\" has no anchor"),
        Refusal("a: &b [*b]", .syntax, "/a/0", 1, 8, "\"*b\" has no anchor"),
        Refusal("kind: a\u{1}b", .notText, "", 1, 8, "control characters"),
        Refusal(
            policy(name: "p") + "\n---\nkind: x", .multipleDocuments, "", 9, 1, "second document"),
        Refusal(policy(name: "p") + "\n---\n- x", .multipleDocuments, "", 9, 1, "second document"),
        Refusal(
            policy(hook: "return: false\nreturn: false"), .duplicateKey, "/spec/kprobes/0/return",
            9, 5, "\"return\" is here twice; the first is in line 8"),
        Refusal(policy(hook: "1: a"), .invalidKey, "/spec/kprobes/0", 8, 5, "must be strings"),
        Refusal(policy(hook: "? [a]\n: b"), .invalidKey, "/spec/kprobes/0", 8, 7, "strings"),
        Refusal(policy(hook: "true: b"), .invalidKey, "/spec/kprobes/0", 8, 5, "strings"),
        Refusal(
            policy(hook: "message: !!str hello"), .explicitTag, "/spec/kprobes/0/message", 8, 14,
            "tags are not allowed"),
        Refusal(
            policy(hook: "message: ! hello"), .explicitTag, "/spec/kprobes/0/message", 8, 14,
            "tags are not allowed"),
        Refusal("# a\r\n%TAG ! a\n---\n", .explicitTag, "", 2, 1, "starts with \"%TAG\""),
        Refusal(
            policy(hook: "tags: !x [ab]"), .explicitTag, "/spec/kprobes/0/tags", 8, 11, "tags"),
        Refusal(
            policy(name: "p").replacing("\n", with: ""), .newlinesMissing, "", 1, 1,
            "lost its newlines"),
    ]

    @Test("a document without newlines gets the command that keeps them")
    func newlinesHint() {
        let stripped = "# pipes" + policy(name: "p").replacing("\n", with: "")
        let hint = check(stripped).diagnostics.first?.hint
        #expect(
            hint == "curl --data-binary @policy.yaml -H 'Content-Type: application/yaml' ...")
    }

    @Test("bytes that are not UTF-8 are reported where they start")
    func notUTF8() {
        for (prefix, line, column) in [("", 1, 1), ("a: 1\n# é", 2, 4), ("x\n\n", 3, 1)] {
            for noise: [UInt8] in [[0xFF, 0xFE, 0x00], [0xC3], [0xE2, 0x82], [0x80, 0x41]] {
                let result = check(document: Array(prefix.utf8) + noise)
                #expect(result.diagnostics.map(\.code) == [.notText])
                #expect(
                    result.diagnostics.first?.position
                        == SourcePosition(line: line, column: column))
            }
        }
    }

    @Test("markers with nothing behind them are no second document")
    func trailingMarkers() {
        for end in ["\n---\n", "\n...\n", "\n---\n# end\n", "\n...\n---\n", "\n---\n---\n"] {
            #expect(check(policy(name: "p") + end).policy?.name == "p", "\(end)")
        }
        #expect(check("---\n" + policy(name: "p")).policy?.name == "p")
        #expect(check("\u{FEFF}" + policy(name: "p")).policy?.name == "p")
        #expect(check(policy(name: "p").replacing("\n", with: "\r\n")).policy?.name == "p")
    }
}

/// Checks a document that has one problem, and no other.
func expectOnly(
    _ refusal: Refusal, _ severity: Diagnostic.Severity = .error,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let result = check(refusal.document)
    try #require(
        result.diagnostics.count == 1, "\(result.diagnostics)", sourceLocation: sourceLocation)
    try expect(result, refusal, severity, sourceLocation: sourceLocation)
}

/// Checks that the only problem of `result` is the one that `refusal` describes.
func expect(
    _ result: PolicyCheck, _ refusal: Refusal, _ severity: Diagnostic.Severity = .error,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let found = try #require(result.diagnostics.first, sourceLocation: sourceLocation)
    let place = SourcePosition(line: refusal.line, column: refusal.column)
    #expect(found.code == refusal.code, sourceLocation: sourceLocation)
    #expect(found.severity == severity, sourceLocation: sourceLocation)
    #expect(found.pointer == refusal.pointer, sourceLocation: sourceLocation)
    #expect(found.position == place, sourceLocation: sourceLocation)
    #expect(
        (found.message + " | " + (found.hint ?? "")).contains(refusal.fragment),
        "\(found.message) | \(found.hint ?? "")", sourceLocation: sourceLocation)
    #expect((result.policy == nil) == (severity == .error), sourceLocation: sourceLocation)
}
