import Policy
import Testing

@Suite("Documents with several problems")
struct SeveralProblemsTests {
    private static let document = """
        apiVersion: cilium.io/v1
        kind: TracingPolicy
        metadata:
          name: Bad
        spec:
          kprobes:
          - call: sys_pipe2
            args:
            - index: 0
              type: int32_arr
              size: 257
          - call: sys_close
            call: sys_openat
            retrun: true
          - call: sys_dup
          - call: sys_dup2
            args:
            - index: 0
              type: int
            - index: 0
              type: sock
            selectors:
            - {}
          - 7
        """

    @Test("all of them are reported, in the order of the document")
    func inOrder() {
        let result = check(Self.document)
        let found = result.diagnostics.map {
            "\($0.position.line):\($0.position.column) \($0.code.rawValue) \($0.pointer)"
        }
        #expect(
            found == [
                "1:13 invalid_value /apiVersion",
                "4:9 invalid_value /metadata/name",
                "11:13 out_of_range /spec/kprobes/0/args/0/size",
                "13:5 duplicate_key /spec/kprobes/1/call",
                "14:5 unknown_field /spec/kprobes/1/retrun",
                "20:14 conflict /spec/kprobes/3/args/1/index",
                "23:7 matches_everything /spec/kprobes/3/selectors/0",
                "24:5 wrong_type /spec/kprobes/4",
            ])
        #expect(result.policy == nil)
        #expect(result.name == nil)
        #expect(result.unserved.map(\.pointer) == ["/spec/kprobes/3/args/1/type"])
        #expect(result.unserved.map(\.position) == [SourcePosition(line: 21, column: 13)])
    }

    @Test("hooks that are sound by themselves are kept for further checks")
    func soundHooks() {
        let hooks = check(Self.document).hooks
        #expect(hooks.map(\.pointer) == ["/spec/kprobes/2"])
        #expect(hooks.map(\.target.written) == ["sys_dup"])
    }

    @Test("a warning leaves a hook sound")
    func warnedHooks() {
        let result = check(
            policy(hook: "selectors: [{}]").replacing("TracingPolicy", with: "Policy"))
        #expect(result.name == "pipes")
        #expect(result.hooks.count == 1)
    }

    @Test("of very many problems the first are listed, and the last says so")
    func many() {
        let fields = (0..<500).map { "x\($0): 1" }.joined(separator: "\n")
        let result = check(policy(hook: fields))
        #expect(result.diagnostics.count == 100)
        #expect(result.diagnostics[98].pointer == "/spec/kprobes/0/x98")
        #expect(result.hooks == [])
        #expect(result.diagnostics[99].code == .tooManyProblems)
        #expect(result.diagnostics[99].position == SourcePosition(line: 107, column: 5))
    }
}
