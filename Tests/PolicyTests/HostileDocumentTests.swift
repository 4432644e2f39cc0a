import Foundation
import Policy
import Testing

@Suite("Documents that are meant to do harm")
struct HostileDocumentTests {
    /// Checks `text` on a thread with as little stack as C libraries give theirs.
    private func checkOnSmallStack(_ text: String) async -> PolicyCheck {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: check(text)) }
            thread.stackSize = 512 * 1024
            thread.start()
        }
    }

    @Test(
        "deep nesting is refused on a small stack",
        arguments: ["[", "- ", "{a: ", "[{a: ", "? ", "{? ", "- ? ", "[[\n", "[? [ ", "{["])
    func deep(unit: String) async {
        let result = await checkOnSmallStack(String(repeating: unit, count: 100_000))
        #expect(result.diagnostics.map(\.code) == [.tooDeep])
        #expect(result.diagnostics.first?.pointer.utf8.count ?? 0 < 200)
    }

    @Test("nesting up to the limit is read, and past it refused")
    func limit() async {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(await checkOnSmallStack(nested(64)).diagnostics.map(\.code) == [.wrongType])
        #expect(await checkOnSmallStack(nested(65)).diagnostics.map(\.code) == [.tooDeep])
    }

    @Test("brackets in text and comments are not nesting")
    func bracketsInText() {
        let brackets = String(repeating: "[", count: 200)
        let result = check(policy(hook: "message: \"\(brackets)\" # \(brackets)"))
        #expect(result.policy?.hooks[0].message == brackets)
    }

    private static let bomb =
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + (1..<30).map { level in
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            return "a\(level): &a\(level) [\(aliases)]\n"
        }.joined()

    @Test("aliases that multiply are refused")
    func bombs() async {
        #expect(await checkOnSmallStack(Self.bomb).diagnostics.map(\.code) == [.tooComplex])
        let asKey = Self.bomb + "? *a29\n: x\n"
        #expect(await checkOnSmallStack(asKey).diagnostics.map(\.code) == [.tooComplex])
    }

    @Test("aliases that nest are refused")
    func aliasChain() async {
        let chain =
            "- &a0 [x]\n" + (1..<1000).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined()
        #expect(await checkOnSmallStack(chain).diagnostics.map(\.code) == [.tooDeep])
    }

    @Test("aliases that multiply one long text are refused")
    func textBomb() async {
        let aliases = String(repeating: "*a, ", count: 1000)
        let text = "- &a \(String(repeating: "x", count: 10_000))\n- [\(aliases)]"
        #expect(await checkOnSmallStack(text).diagnostics.map(\.code) == [.tooComplex])
    }

    @Test("long names above a long list do not multiply")
    func longNames() async {
        let list = "[" + String(repeating: "a,", count: 150_000) + "]"
        let name = String(repeating: "n", count: 500)
        let nested = (0..<60).reduce(list) { inner, _ in "{\(name): \(inner)}" }
        let result = await checkOnSmallStack(nested)
        #expect(result.diagnostics.contains { $0.code == .unknownField })
        let tooLong = await checkOnSmallStack("? \(String(repeating: "n", count: 513))\n: \(list)")
        #expect(tooLong.diagnostics.contains { $0.code == .invalidKey })
    }

    @Test("a few aliases are what they stand for")
    func aliases() {
        let text = policy(
            spec: """
                kprobes:
                - call: sys_pipe
                  args: &fds [{index: 0, type: int32_arr}]
                - {call: sys_pipe2, args: *fds}
                """)
        let hooks = check(text).policy?.hooks ?? []
        #expect(hooks.map(\.arguments.count) == [1, 1])
        #expect(hooks.last?.arguments.first?.pointer == "/spec/kprobes/1/args/0")
    }

    @Test("a document of very many values is refused")
    func manyValues() async {
        let list = "[" + String(repeating: "a,", count: 500_000) + "]"
        #expect(await checkOnSmallStack(list).diagnostics.map(\.code) == [.tooComplex])
        let flat = String(repeating: "- \n", count: 300_000)
        #expect(await checkOnSmallStack(flat).diagnostics.map(\.code) == [.tooComplex])
    }

    @Test("very many duplicates are listed in part")
    func manyDuplicates() async {
        let result = await checkOnSmallStack(String(repeating: "a:\n", count: 20_000))
        #expect(result.diagnostics.count == 100)
        #expect(result.diagnostics.first?.code == .unknownField)
        #expect(result.diagnostics.last?.code == .tooManyProblems)
    }

    @Test("a long list costs the same however many hooks name it")
    func longList() async {
        let hooks = Array(repeating: "{call: \"list:l\"}", count: 256).joined(separator: ",")
        let values = (0..<30_000).map { "sys_\($0)" }.joined(separator: ",")
        let result = await checkOnSmallStack(
            policy(spec: "kprobes: [\(hooks)]\nlists: [{name: l, values: [\(values)]}]"))
        #expect(result.policy?.hooks.count == 256)
    }

    @Test("many misspelled lists are all reported")
    func manyMisspelled() async {
        func name(_ letter: String, _ number: Int) -> String {
            String(repeating: letter, count: 124) + "\(number)"
        }
        let lists = (1000..<2000).map { "{name: \(name("a", $0)), values: [f]}" }
        let hooks = (2000..<2256).map { "{call: \"list:\(name("a", $0))\"}" }
        let result = await checkOnSmallStack(
            policy(
                spec: "kprobes: [\(hooks.joined(separator: ","))]\n"
                    + "lists: [\(lists.joined(separator: ","))]"))
        #expect(result.diagnostics.count == 100)
        #expect(result.diagnostics.first?.code == .invalidValue)
    }

    @Test(
        "a pattern that nests is read or refused on a small stack",
        arguments: [("(", "a", ")"), ("[", "a", "]"), ("(a|", "b", ")"), ("(?:", "a", ")*")])
    func nestedPattern(open: String, middle: String, close: String) async {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + middle + String(repeating: close, count: depth)
        }
        for text in [nested(20), nested(21), nested(40), String(repeating: open, count: 80)] {
            let result = await checkOnSmallStack(
                policy(
                    hooks: "call: list:l",
                    "lists: [{name: l, type: generated_ftrace, pattern: '\(text)'}]"))
            #expect(result.diagnostics.allSatisfy { $0.code == .invalidValue })
        }
    }

    @Test("macros that multiply are refused")
    func manyMacros() async {
        let values = Array(repeating: "/a", count: 900).joined(separator: ",")
        let selector = "{macros: [m]}"
        let hook =
            "{call: a, selectors: [\(Array(repeating: selector, count: 5).joined(separator: ","))]}"
        let result = await checkOnSmallStack(
            policy(
                spec: """
                    selectorsMacros: {m: {matchBinaries: [{operator: In, values: [\(values)]}]}}
                    kprobes: [\(Array(repeating: hook, count: 256).joined(separator: ","))]
                    """))
        #expect(result.diagnostics.map(\.code) == [.tooMany])
        #expect(result.diagnostics.first?.message.hasPrefix("the macros stand for more") == true)
    }

    @Test("very many faulty values are listed in part")
    func manyFaultyValues() async {
        let values = Array(repeating: "AF_INTE", count: 10_000).joined(separator: ",")
        let result = await checkOnSmallStack(
            policy(
                hook: "args: [{index: 0, type: sock}]\nselectors: [{matchArgs: "
                    + "[{operator: Family, values: [\(values)]}]}]"))
        #expect(result.diagnostics.count == 100)
        #expect(result.diagnostics.first?.hint == "did you mean \"AF_INET\"?")
        #expect(result.diagnostics.last?.code == .tooManyProblems)
    }

    @Test("one huge text is read, and quoted in part")
    func hugeScalar() {
        let huge = String(repeating: "x", count: 1 << 20)
        let labelled = check(policy(hook: "args: [{index: 0, type: int, label: \(huge)}]"))
        #expect(labelled.policy?.hooks[0].arguments[0].label == huge)
        let result = check(policy(name: huge))
        #expect(result.diagnostics.map(\.code) == [.invalidValue])
        #expect(result.diagnostics.allSatisfy { $0.message.utf8.count < 200 })
        let typed = check(policy(hook: "args: [{index: 0, type: \(huge)}]"))
        #expect(typed.diagnostics.map(\.code) == [.invalidValue])
        #expect(typed.diagnostics.allSatisfy { $0.message.utf8.count < 200 })
    }
}
