import Lowering
import Policy
import Testing

/// A document that is right by itself, and what the kernel has against it.
struct Misfit: Sendable, CustomTestStringConvertible {
    let call: String
    var fields = ""
    let code: DiagnosticCode
    let pointer: String
    let line: Int
    let column: Int
    let message: String
    let hint: String

    var testDescription: String { "\(call): \(message)" }
}

@Suite("What does not fit the kernel")
struct KernelCheckTests {
    private static let hook = "/spec/kprobes/0"

    private static let unsupported =
        " Hooks on other kernel functions (syscall: false) are not supported yet."

    static let errors = [
        Misfit(
            call: "sys_pip2", code: .unknownCall, pointer: hook + "/call", line: 7, column: 11,
            message: "this kernel has no system call pip2", hint: "did you mean sys_pipe2?"),
        Misfit(
            call: "sys_frobnicate", code: .unknownCall, pointer: hook + "/call", line: 7,
            column: 11, message: "this kernel has no system call frobnicate",
            hint: "man 2 syscalls lists them"),
        Misfit(
            call: "pipe2", code: .unknownCall, pointer: hook + "/call", line: 7, column: 11,
            message: "\"pipe2\" is not the name of a system call",
            hint: "did you mean sys_pipe2?"),
        Misfit(
            call: "do_pipe2", code: .unknownCall, pointer: hook + "/call", line: 7, column: 11,
            message: "do_pipe2 is a kernel function, not a system call",
            hint: "did you mean sys_pipe2?" + unsupported),
        Misfit(
            call: "vfs_read", code: .unknownCall, pointer: hook + "/call", line: 7, column: 11,
            message: "vfs_read is a kernel function, not a system call",
            hint: "name a system call as sys_NAME, such as sys_pipe2" + unsupported),
        Misfit(
            call: "close_", code: .unknownCall, pointer: hook + "/call", line: 7, column: 11,
            message: "\"close_\" is not the name of a system call",
            hint: "did you mean sys_close?"),
        Misfit(
            call: "sys_pipe2", fields: "args: [{index: 2, type: int}]", code: .outOfRange,
            pointer: hook + "/args/0/index", line: 8, column: 12,
            message: "pipe2 has no parameter 2",
            hint: "its parameters, counted from 0: int * fildes, int flags"),
        Misfit(
            call: "sys_getpid", fields: "args: [{index: 0, type: int}]", code: .outOfRange,
            pointer: hook + "/args/0/index", line: 8, column: 12,
            message: "getpid has no parameter 0",
            hint: "its parameters, counted from 0: none"),
        Misfit(
            call: "sys_pipe2", fields: "args: [{index: 0, type: int32_arr, sizeArgIndex: 3}]",
            code: .outOfRange, pointer: hook + "/args/0/sizeArgIndex", line: 8, column: 12,
            message: "pipe2 has no parameter 3",
            hint: "sizeArgIndex counts from 1: int * fildes, int flags"),
        Misfit(
            call: "sys_pipe2", fields: "args: [{index: 1, type: string}]", code: .wrongType,
            pointer: hook + "/args/0/type", line: 8, column: 12,
            message: "parameter 1 of pipe2 is int flags: no pointer for string to follow",
            hint: "use an integer type such as int"),
        Misfit(
            call: "sys_pipe2", fields: "args: [{index: 1, type: int32_arr}]", code: .wrongType,
            pointer: hook + "/args/0/type", line: 8, column: 12,
            message: "parameter 1 of pipe2 is int flags: no pointer for int32_arr to follow",
            hint: "use an integer type such as int"),
        Misfit(
            call: "sys_exit_group", fields: "return: true\nreturnArg: {type: int}",
            code: .conflict, pointer: hook + "/call", line: 7, column: 11,
            message: "exit_group does not return, so an event that waits for its return never "
                + "comes",
            hint: "leave out return and returnCopy"),
    ]

    @Test("an error has its place, reason and way out, and its hook no plan", arguments: errors)
    func refused(misfit: Misfit) throws {
        let lowered = try lower(policy(misfit.call, misfit.fields))
        #expect(lowered.diagnostics == [misfit.diagnostic(.error)])
        #expect(lowered.hooks == [])
        #expect(lowered.plan(policy: "test") == nil)
    }

    @Test("an integer that cuts an address is a warning, and the hook is served")
    func warning() throws {
        let misfit = Misfit(
            call: "sys_pipe2", fields: "args: [{index: 0, type: int}]", code: .wrongType,
            pointer: Self.hook + "/args/0/type", line: 8, column: 12,
            message: "parameter 0 of pipe2 is int * fildes: int32 reports only a part of the "
                + "address",
            hint: "use uint64 for the address, or string or int32_arr for what it points to")
        let lowered = try lower(policy(misfit.call, misfit.fields))
        #expect(lowered.diagnostics == [misfit.diagnostic(.warning)])
        #expect(lowered.plan(policy: "test")?.hooks.count == 1)
    }

    @Test(
        "types that hold a whole address are no problem", arguments: ["uint64", "long", "size_t"])
    func wholeAddress(type: String) throws {
        #expect(
            try lower(policy("sys_pipe2", "args: [{index: 0, type: \(type)}]")).diagnostics == [])
    }

    @Test("exit without its return is served")
    func exit() throws {
        #expect(try plan("sys_exit", "args: [{index: 0, type: int}]").shape == .entry)
    }

    @Test("every hook is judged, and one error leaves out the plan of the policy")
    func several() throws {
        let document =
            policy("sys_pip2") + "\n  - call: sys_close\n  - call: sys_close\n"
            + "    args: [{index: 1, type: int}]"
        let lowered = try lower(document)
        #expect(
            lowered.diagnostics.map(\.pointer) == [
                "/spec/kprobes/0/call", "/spec/kprobes/2/args/0/index",
            ])
        #expect(lowered.hooks.map(\.pointer) == ["/spec/kprobes/1"])
        #expect(lowered.plan(policy: "test") == nil)
    }
}

extension Misfit {
    fileprivate func diagnostic(_ severity: Diagnostic.Severity) -> Diagnostic {
        Diagnostic(
            severity: severity, code: code, pointer: pointer,
            position: SourcePosition(line: line, column: column), message: message, hint: hint)
    }
}
