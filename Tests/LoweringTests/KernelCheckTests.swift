import Lowering
import Policy
import Testing

private let hook = "/spec/kprobes/0"

/// What is wrong with the hook's call, in line 7.
private func call(
    _ call: String, code: DiagnosticCode = .unknownCall, _ message: String, hint: String,
    fields: String = ""
) -> Misfit {
    Misfit(
        document: policy(call, fields), code: code, pointer: hook + "/call",
        line: 7, column: 11, message: message, hint: hint)
}

/// What is wrong with the hook's first argument, `{index: ...}`, in line 8.
private func argument(
    _ call: String, _ argument: String, _ code: DiagnosticCode, at field: String,
    _ message: String, hint: String, severity: Diagnostic.Severity = .error
) -> Misfit {
    Misfit(
        document: policy(call, "args: [{\(argument)}]"), severity: severity, code: code,
        pointer: "\(hook)/args/0/\(field)", line: 8, column: 12, message: message, hint: hint)
}

@Suite("System calls that do not fit the kernel")
struct KernelCheckTests {
    static let misfits: [Misfit] = [
        call("sys_pip2", "this kernel has no system call pip2", hint: "did you mean sys_pipe2?"),
        call(
            "sys_frobnicate", "this kernel has no system call frobnicate",
            hint: "man 2 syscalls lists them"),
        call(
            "pipe2", "\"pipe2\" is not the name of a system call", hint: "did you mean sys_pipe2?"),
        call(
            "close_", "\"close_\" is not the name of a system call",
            hint: "did you mean sys_close?"),
        call(
            "frobnicate", "\"frobnicate\" is not the name of a system call",
            hint: "name a system call as sys_NAME, such as sys_pipe2"),
        call(
            "do_pipe2", "do_pipe2 is a kernel function, not a system call",
            hint: "add \"syscall: false\" to trace the function; or did you mean sys_pipe2?"),
        call(
            "wake_up_bit", "wake_up_bit is a kernel function, not a system call",
            hint: "add \"syscall: false\" to trace the function"),
        argument(
            "sys_pipe2", "index: 2, type: int", .outOfRange, at: "index",
            "pipe2 has no parameter 2",
            hint: "its parameters, counted from 0: int * fildes, int flags"),
        argument(
            "sys_getpid", "index: 0, type: int", .outOfRange, at: "index",
            "getpid has no parameter 0", hint: "its parameters, counted from 0: none"),
        argument(
            "sys_getpid", "index: 0, type: nop", .outOfRange, at: "index",
            "getpid has no parameter 0", hint: "its parameters, counted from 0: none"),
        argument(
            "sys_pipe2", "index: 0, type: int32_arr, sizeArgIndex: 3", .outOfRange,
            at: "sizeArgIndex", "pipe2 has no parameter 3",
            hint: "sizeArgIndex counts from 1: int * fildes, int flags"),
        argument(
            "sys_pipe2", "index: 1, type: string", .wrongType, at: "type",
            "parameter 1 of pipe2 is int flags: no pointer for string to follow",
            hint: "use an integer type such as int"),
        argument(
            "sys_pipe2", "index: 1, type: int32_arr", .wrongType, at: "type",
            "parameter 1 of pipe2 is int flags: no pointer for int32_arr to follow",
            hint: "use an integer type such as int"),
        // A word of the caller is no address because of its size.
        argument(
            "sys_clone", "index: 0, type: string", .wrongType, at: "type",
            "parameter 0 of clone is unsigned long clone_flags: no pointer for string to follow",
            hint: "use an integer type such as int"),
        argument(
            "sys_pipe2", "index: 0, type: int", .wrongType, at: "type",
            "parameter 0 of pipe2 is int * fildes: int32 reports only a part of the address",
            hint: "use uint64 for the address, or string or int32_arr for what it points to",
            severity: .warning),
        call(
            "sys_exit_group", code: .conflict,
            "exit_group does not return, so an event that waits for its return never comes",
            hint: "leave out return and returnCopy",
            fields: "return: true\nreturnArg: {type: int}"),
    ]

    @Test("each has its place, reason and way out, and an error no plan", arguments: misfits)
    func misfit(misfit: Misfit) throws { try misfit.expect() }

    @Test(
        "types that hold a whole address are no problem",
        arguments: ["uint64", "long", "size_t", "nop", "int32_arr", "string"])
    func wholeAddress(type: String) throws {
        let lowered = try lower(policy("sys_pipe2", "args: [{index: 0, type: \(type)}]"))
        #expect(lowered.diagnostics == [])
        #expect(lowered.hooks.count == 1)
    }

    @Test("calls that do not return are served at their entry", arguments: ["exit", "exit_group"])
    func exit(name: String) throws {
        let plan = try plan("sys_\(name)", "args: [{index: 0, type: int}]")
        #expect(Set(plan.attempts.map(\.shape)) == [.entry])
    }

    @Test("every hook is judged, and one error leaves out the plan of the policy")
    func several() throws {
        let document =
            policy("sys_pip2") + "  - call: sys_close\n  - call: sys_close\n"
            + "    args: [{index: 1, type: int}]"
        let lowered = try lower(document)
        #expect(
            lowered.diagnostics.map(\.pointer) == [
                "/spec/kprobes/0/call", "/spec/kprobes/2/args/0/index",
            ])
        #expect(lowered.hooks.map(\.pointer) == ["/spec/kprobes/1"])
        #expect(lowered.plan(policy: "test") == nil)
    }

    @Test("what is not there is left out of a policy that tolerates it")
    func tolerated() throws {
        let tolerant = "ignore: {callNotFound: true}"
        let calls = [
            ("sys_pip2", tolerant, "this kernel has no system call pip2"),
            ("pipe2", tolerant, "\"pipe2\" is not the name of a system call"),
            ("do_pip2", tolerant + "\nsyscall: false", "this kernel has no function do_pip2"),
        ]
        for (call, fields, message) in calls {
            let lowered = try lower(policy(call, fields))
            #expect(lowered.diagnostics.map(\.severity) == [.warning])
            #expect(lowered.diagnostics.map(\.code) == [.unknownCall])
            #expect(lowered.diagnostics.map(\.message) == [message + "; it is left out"])
            #expect(lowered.plan(policy: "test") == KernelPlan.empty)
        }
    }

    @Test("only what is not there is tolerated")
    func notTolerated() throws {
        let lowered = try lower(
            policy("sys_getpid", "args: [{index: 0, type: int}]\nignore: {callNotFound: true}"))
        #expect(lowered.diagnostics.map(\.severity) == [.error])
        #expect(lowered.plan(policy: "test") == nil)
    }
}

extension KernelPlan {
    /// A policy without hooks, as far as lowering can say it.
    fileprivate static let empty = lower([], facts: FakeKernel()).plan(policy: "test")
}
