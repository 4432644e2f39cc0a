import CWire
import Lowering
import Policy
import Testing

private let result = "return: true\nreturnArg: {type: int}"

/// A policy with one hook on a list; the list stands behind the hook, from column 11 on.
private func document(
    _ list: String, _ fields: String = "", more: String = ""
) -> String {
    policy("list:some", fields, spec: "lists: [{name: some, \(list)}]\n" + more)
}

extension Lowered {
    /// The names of each plan's targets.
    fileprivate var targets: [[String]] {
        hooks.map { plan in
            switch plan.subject {
            case .systemCalls(let calls): calls.map(\.name)
            case .functions(let functions): functions.map(\.name)
            case .tracepoint, .rawTracepoint: plan.subject.names
            }
        }
    }
}

/// A list, and the targets of the plans that its hook gets.
struct ListCase: Sendable, CustomTestStringConvertible {
    let list: String
    var fields = ""
    let targets: [[String]]

    var testDescription: String { "\(list) \(fields.replacing("\n", with: "; "))" }
}

@Suite("Hooks on lists")
struct ListTests {
    private static let allFunctions = [
        "by_large_value", "by_value", "do_pipe2", "get_list", "kstrdup", "large_result",
        "overflowing", "seven", "split", "vfs_fsync", "vfs_read", "vfs_write", "wake_up_bit",
    ]

    static let cases = [
        ListCase(
            list: "values: [sys_pipe2, sys_close, sys_getpid]",
            targets: [["pipe2", "close", "getpid"]]),
        // What returns twice, loses its registers or counts what it wrote is served apart.
        ListCase(
            list: "values: [sys_fork, sys_pipe2, sys_execve, sys_clone, sys_getgroups, sys_close]",
            targets: [["fork", "clone"], ["pipe2", "close"], ["execve"], ["getgroups"]]),
        ListCase(
            list: "values: [do_pipe2, vfs_read, vfs_fsync, vfs_write]",
            fields: "syscall: false\n" + result,
            targets: [["do_pipe2", "vfs_fsync"], ["vfs_read", "vfs_write"]]),
        // Nobody looks at the results.
        ListCase(
            list: "values: [do_pipe2, vfs_read, wake_up_bit]", fields: "syscall: false",
            targets: [["do_pipe2", "vfs_read", "wake_up_bit"]]),
        // An array that is written looks at them: one that failed wrote nothing.
        ListCase(
            list: "values: [do_pipe2, vfs_read]",
            fields: "syscall: false\nargs: [{index: 0, type: int32_arr, returnCopy: true}]",
            targets: [["do_pipe2"], ["vfs_read"]]),
        // The second parameter is in another register behind a structure.
        ListCase(
            list: "values: [do_pipe2, by_value, vfs_fsync]",
            fields: "syscall: false\nargs: [{index: 1, type: int}]",
            targets: [["do_pipe2", "vfs_fsync"], ["by_value"]]),
        ListCase(
            list: "values: [do_pipe2, by_value, vfs_fsync]",
            fields: "syscall: false\nargs: [{index: 1, type: nop}]",
            targets: [["do_pipe2", "by_value", "vfs_fsync"]]),
        ListCase(
            list: "values: [do_pipe2, nf_hook]", fields: "syscall: false",
            targets: [["do_pipe2", "nf_hook"]]),
        ListCase(
            list: "type: generated_syscalls",
            targets: [
                ["clone", "fork"],
                [
                    "close", "exit", "exit_group", "getpid", "openat", "pipe2", "renameat",
                    "setgroups", "socketpair",
                ],
                ["execve"], ["getgroups"],
            ]),
        // Those that never return have no return to report.
        ListCase(
            list: "type: generated_syscalls", fields: result,
            targets: [
                ["clone", "fork"],
                ["close", "getpid", "openat", "pipe2", "renameat", "setgroups", "socketpair"],
                ["execve"], ["getgroups"],
            ]),
        ListCase(
            list: "type: generated_ftrace, pattern: \"^vfs_\"",
            targets: [["vfs_fsync", "vfs_read", "vfs_write"]]),
        // Neither what has no types nor what is a module's.
        ListCase(list: "type: generated_ftrace, pattern: \".\"", targets: [allFunctions]),
    ]

    @Test("targets that are served alike are one plan", arguments: cases)
    func groups(expected: ListCase) throws {
        let lowered = try lower(document(expected.list, expected.fields))
        #expect(lowered.diagnostics.filter { $0.severity == .error } == [])
        #expect(lowered.targets == expected.targets)
        #expect(Set(lowered.hooks.map(\.pointer)) == ["/spec/kprobes/0"])
    }

    @Test("what is special about system calls is in the specification of their plan")
    func traits() throws {
        let lowered = try lower(document("values: [sys_fork, sys_pipe2, sys_execve]", result))
        #expect(lowered.hooks.map { $0.attempts[0].spec().ignores_zero } == [1, 0, 0])
        #expect(lowered.hooks.map { $0.attempts[0].shape } == [.return, .return, .pair])
    }

    @Test("functions that stand more than once among the traceable are left out")
    func duplicates() throws {
        let kernel = FakeKernel(traceable: ["vfs_read", "vfs_write", "vfs_read", "vfs_fsync"])
        let lowered = try lower(
            document("type: generated_ftrace, pattern: \"^vfs_\""), on: kernel)
        #expect(lowered.targets == [["vfs_write", "vfs_fsync"]])
        #expect(lowered.diagnostics == [])
    }

    /// What is wrong with a list as a whole, in line 8.
    private static func list(
        _ list: String, on kernel: FakeKernel = FakeKernel(), _ code: DiagnosticCode,
        at field: String = "", _ message: String, hint: String? = nil
    ) -> Misfit {
        Misfit(
            document: document(list), kernel: kernel, code: code,
            pointer: "/spec/lists/0\(field)", line: 8, column: 11, message: message, hint: hint)
    }

    private static func names(_ count: Int) -> [String] { (0..<count).map { "vfs_\($0)" } }

    static let misfits: [Misfit] = [
        list(
            "type: generated_ftrace, pattern: \"^vfs_\"", on: FakeKernel(traceable: nil),
            .kernelLacks, "this kernel does not list the functions that it can trace",
            hint: "generated_ftrace needs a kernel with CONFIG_FUNCTION_TRACER=y; name the "
                + "functions under values"),
        list(
            "type: generated_ftrace, pattern: \"^(?:vfs|ksys)_\"", .invalidValue, at: "/pattern",
            "functions cannot be looked for by \"^(?:vfs|ksys)_\": "
                + "Invalid preceding regular expression",
            hint: "use letters, \".\", \"*\", \"+\", \"?\", \"|\", \"^\", \"$\", [a-z] and groups, "
                + "but none that starts with \"(?\""),
        list(
            "type: generated_ftrace, pattern: \"^frobnicate_\"", .empty,
            "nothing is left of the list some on this kernel"),
        list(
            "type: generated_ftrace, pattern: \"^asm_\"", .empty,
            "nothing is left of the list some on this kernel"),
        list(
            "type: generated_ftrace, pattern: \"^vfs_\"", on: FakeKernel(traceable: names(4097)),
            .tooMany, "4097 functions match \"^vfs_\"",
            hint: "a policy has at most 4096; make the pattern narrower, such as ^vfs_"),
        list(
            "values: [\(names(4097).joined(separator: ", "))]", .tooMany,
            "the list some has 4097 values",
            hint: "a policy has at most 4096; make the list shorter"),
    ]

    @Test("a list that cannot be served has its place, reason and way out", arguments: misfits)
    func misfit(misfit: Misfit) throws { try misfit.expect() }

    @Test("as many as a policy may have are looked at")
    func most() throws {
        let kernel = FakeKernel(traceable: Self.names(4095) + ["vfs_read"])
        let lowered = try lower(
            document("type: generated_ftrace, pattern: \"^vfs_\""), on: kernel)
        #expect(lowered.targets == [["vfs_read"]])
    }

    @Test("a misfit of many targets is reported once, and each kind for itself")
    func misfitsOnce() throws {
        let lowered = try lower(
            document(
                "values: [vfs_read, do_pipe2, vfs_write, wake_up_bit, vfs_fsync]",
                "syscall: false\nargs: [{index: 2, type: int}, {index: 0, type: int}]"))
        #expect(
            lowered.diagnostics.map { "\($0.severity) \($0.pointer) \($0.message)" } == [
                "warning /spec/kprobes/0/args/1/type parameter 0 of vfs_read is struct file * file: "
                    + "int32 reports only a part of the address (and 4 more like it)",
                "error /spec/kprobes/0/args/0/index do_pipe2 has no parameter 2 "
                    + "(and 2 more like it)",
            ])
        #expect(lowered.hooks == [])
    }

    @Test("a number may hide an address in a list of functions as in one function")
    func address() throws {
        let lowered = try lower(
            document(
                "values: [vfs_read, vfs_write]",
                "syscall: false\nargs: [{index: 2, type: string}]"))
        #expect(lowered.diagnostics.map(\.severity) == [.warning])
        #expect(lowered.targets == [["vfs_read", "vfs_write"]])
    }

    @Test("a value that is not there has its own place, and leaves the list out")
    func missing() throws {
        let lowered = try lower(document("values: [sys_pipe2, sys_clsoe]"))
        #expect(
            lowered.diagnostics == [
                Diagnostic(
                    code: .unknownCall, pointer: "/spec/lists/0/values/1",
                    position: SourcePosition(line: 8, column: 44),
                    message: "this kernel has no system call clsoe", hint: "did you mean sys_close?"
                )
            ])
        #expect(lowered.hooks == [])
    }

    @Test("a tolerant hook keeps what is there, but not a list of nothing")
    func tolerated() throws {
        let fields = "ignore: {callNotFound: true}\nsyscall: false"
        let lowered = try lower(document("values: [do_pip2, vfs_read, do_fault]", fields))
        #expect(lowered.targets == [["vfs_read"]])
        #expect(lowered.diagnostics.map(\.severity) == [.warning, .warning])
        #expect(
            lowered.diagnostics.map(\.pointer) == [
                "/spec/lists/0/values/0", "/spec/lists/0/values/2",
            ])
        let nothing = try lower(document("values: [do_pip2, vfs_raed]", fields))
        #expect(nothing.diagnostics.map(\.code) == [.unknownCall, .unknownCall, .empty])
        #expect(nothing.plan(policy: "test") == nil)
    }

    @Test("only the first of many unknown names are compared with all that there are")
    func suggestions() throws {
        let values = (0..<12).map { "vfs_rea\($0)" }.joined(separator: ", ")
        let hints = try lower(document("values: [\(values)]", "syscall: false"))
            .diagnostics.map(\.hint)
        #expect(
            hints == Array(repeating: "did you mean vfs_read?", count: 10)
                + Array(repeating: "GET /v1/functions?q= finds functions", count: 2))
    }

    @Test("a list that never returns cannot report its return")
    func neverReturns() throws {
        let lowered = try lower(document("values: [sys_exit, sys_close]", result))
        #expect(lowered.diagnostics.map(\.code) == [.conflict])
        #expect(lowered.diagnostics.map(\.pointer) == ["/spec/lists/0/values/0"])
    }
}

@Suite("How much a policy may trace")
struct TargetLimitTests {
    /// What becomes of a policy with hooks of two lines, on 1024 functions each.
    private func lower(hooks: Int) throws -> Lowered {
        let hook = "  - call: list:many\n    syscall: false\n"
        let document = policy(
            "list:many", "syscall: false",
            spec: "lists: [{name: many, type: generated_ftrace, pattern: \"^many_\"}]"
        ).replacing(hook, with: String(repeating: hook, count: hooks))
        return try LoweringTests.lower(
            document, on: FakeKernel(traceable: (0..<1024).map { "many_\($0)" }))
    }

    @Test("several hooks on a long list are bounded together, and the first too many is told")
    func product() throws {
        let allowed = try lower(hooks: 4)
        #expect(allowed.diagnostics == [])
        #expect(allowed.hooks.map(\.subject.names.count) == [1024, 1024, 1024, 1024])
        let refused = try lower(hooks: 6)
        #expect(
            refused.diagnostics == [
                Diagnostic(
                    code: .tooMany, pointer: "/spec/kprobes/4/call",
                    position: SourcePosition(line: 15, column: 11),
                    message: "up to here the hooks trace 5120 functions",
                    hint: "a policy has at most 4096; use shorter lists, or fewer hooks on them")
            ])
        #expect(refused.plan(policy: "test") == nil)
    }
}
