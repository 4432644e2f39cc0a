import Policy
import Testing

@Suite("Lists that are accepted")
struct AcceptedListTests {
    /// The target of the only hook of a policy with the list `fields`, in line 9.
    private func target(_ fields: String, hook: String = "", warnings: Int = 0) throws -> Target {
        let result = check(
            policy(hooks: "{call: \"list:calls\"\(hook)}", "lists:\n- {name: calls\(fields)}"))
        #expect(result.diagnostics.count == warnings)
        return try #require(result.policy?.hooks.first).target
    }

    private func content(
        _ fields: String, hook: String = "", warnings: Int = 0
    ) throws -> CallList.Content? {
        guard case .list(let list) = try target(fields, hook: hook, warnings: warnings).kind else {
            return nil
        }
        return list.content
    }

    private func names(_ content: CallList.Content?) -> [String] {
        switch content {
        case .functions(let entries): ["functions"] + entries.map(\.name)
        case .systemCalls(let entries): ["system calls"] + entries.map(\.name)
        default: []
        }
    }

    @Test("a list of system calls names them with or without a prefix")
    func systemCalls() throws {
        let target = try target(
            ", type: syscalls, validated: false, values: [sys_pipe, __x64_sys_pipe2, dup]")
        #expect(target.written == "list:calls")
        #expect(target.pointer == "/spec/kprobes/0/call")
        guard case .list(let list) = target.kind, case .systemCalls(let entries) = list.content
        else {
            Issue.record("\(target)")
            return
        }
        #expect(list.name == "calls")
        #expect(list.pointer == "/spec/lists/0")
        #expect(list.position == SourcePosition(line: 9, column: 5))
        #expect(entries.map(\.name) == ["pipe", "pipe2", "dup"])
        #expect(entries[1].pointer == "/spec/lists/0/values/1")
        #expect(entries[1].position == SourcePosition(line: 9, column: 72))
    }

    @Test("a list without a type is read by its names, and by the hook")
    func withoutType() throws {
        let calls = ", values: [sys_pipe, sys_pipe2, __arm64_sys_pipe]"
        #expect(names(try content(calls)) == ["system calls", "pipe", "pipe2"])
        #expect(
            names(try content(calls, hook: ", syscall: true")) == ["system calls", "pipe", "pipe2"])
        #expect(
            names(try content(calls, hook: ", syscall: false"))
                == ["functions", "sys_pipe", "sys_pipe2", "__arm64_sys_pipe"])
        let functions = ", type: \"\", values: [do_pipe2, vfs_read.cold]"
        #expect(names(try content(functions)) == ["functions", "do_pipe2", "vfs_read.cold"])
        let mixed = ", values: [__x64_sys_pipe2, do_pipe2]"
        #expect(
            names(try content(mixed, hook: ", syscall: false"))
                == ["functions", "__x64_sys_pipe2", "do_pipe2"])
    }

    @Test("the kernel can be asked for the calls")
    func generated() throws {
        #expect(try content(", type: generated_syscalls") == .everySystemCall)
        #expect(
            try content(", type: generated_ftrace, pattern: ^ksys_*")
                == .functionsMatching(pattern: "^ksys_*"))
        #expect(
            try content(", type: generated_ftrace, pattern: \"x\"", hook: ", syscall: false")
                == .functionsMatching(pattern: "x"))
    }

    @Test(
        "what Go and Swift both read is a pattern",
        arguments: [
            "^(?:ksys|vfs)_(read|write)$", "(?i)^TCP_[a-z0-9_]+", "sys_.{1,5}", "a\\.isra\\.[0-9]",
            "\\(?", "\\\\1",
        ])
    func patterns(pattern: String) throws {
        #expect(
            try content(", type: generated_ftrace, pattern: '\(pattern)'")
                == .functionsMatching(pattern: pattern))
    }

    @Test("the list's type wins over the hook's syscall, with a warning")
    func contradiction() throws {
        let calls = ", type: syscalls, values: [sys_pipe]"
        #expect(
            names(try content(calls, hook: ", syscall: false", warnings: 1))
                == ["system calls", "pipe"])
        let functions = ", values: [do_pipe2]"
        #expect(
            names(try content(functions, hook: ", syscall: true", warnings: 1))
                == ["functions", "do_pipe2"])
    }

    @Test("one list can serve several hooks, of fentries too")
    func shared() throws {
        let result = check(
            policy(
                spec: """
                    lists: [{name: pipes, values: [sys_pipe, sys_pipe2]}]
                    fentries:
                    - {call: "list:pipes", ignore: {callNotFound: true}}
                    - {call: "list:pipes"}
                    """))
        #expect(result.diagnostics == [])
        let hooks = try #require(result.policy).hooks
        #expect(hooks.map(\.toleratesMissing) == [true, false])
        #expect(hooks.map(\.method?.method) == [.fentry, .fentry])
    }
}
