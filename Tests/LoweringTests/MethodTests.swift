import Lowering
import Policy
import Testing

/// A hook, and the ways to attach it.
struct MethodCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let document: String
    /// Methods that the kernel does not have.
    var lacking: [AttachMethod] = []
    let attempts: [AttachMethod]
    var refused: [RefusedMethod] = []

    init(
        _ description: String, _ document: String, lacking: [AttachMethod] = [],
        attempts: [AttachMethod], refused: [RefusedMethod] = []
    ) {
        testDescription = description
        self.document = document
        self.lacking = lacking
        self.attempts = attempts
        self.refused = refused
    }

    /// A kernel that lacks them, and says so with their names.
    var kernel: FakeKernel {
        FakeKernel(
            obstacles: Dictionary(
                uniqueKeysWithValues: lacking.map { ($0, "no \($0.rawValue) here") }))
    }
}

extension RefusedMethod {
    fileprivate static func lacks(_ method: AttachMethod) -> RefusedMethod {
        RefusedMethod(method: method, reason: "no \(method.rawValue) here")
    }
}

private func option(_ name: String, _ value: String) -> String {
    "options: [{name: \(name), value: \"\(value)\"}]"
}

private func list(_ values: String) -> String { "lists: [{name: some, values: [\(values)]}]" }

private let prefix = Subject.SystemCall.prefix

@Suite("Ways to attach")
struct MethodTests {
    private static let noClose = RefusedMethod(
        method: .fentry, reason: "the kernel's types (BTF) do not have \(prefix)close")

    static let cases = [
        MethodCase(
            "a system call", policy("sys_pipe2"),
            attempts: [.fentry, .tracepoint, .kprobeMulti, .kprobe]),
        MethodCase(
            "a system call whose function has no types", policy("sys_close"),
            attempts: [.tracepoint, .kprobeMulti, .kprobe], refused: [noClose]),
        MethodCase(
            "system calls", policy("list:some", spec: list("sys_pipe2, sys_openat")),
            attempts: [.tracepoint, .kprobeMulti, .kprobe, .fentry]),
        MethodCase(
            "a list of one is one", policy("list:some", spec: list("sys_pipe2")),
            attempts: [.fentry, .tracepoint, .kprobeMulti, .kprobe]),
        // What would be worse than the best is not worth a word.
        MethodCase(
            "system calls, one without types",
            policy("list:some", spec: list("sys_pipe2, sys_close")),
            attempts: [.tracepoint, .kprobeMulti, .kprobe]),
        MethodCase(
            "a function", policy("do_pipe2", "syscall: false"),
            attempts: [.fentry, .kprobeMulti, .kprobe]),
        MethodCase(
            "a function's result",
            policy("do_pipe2", "syscall: false\nreturn: true\nreturnArg: {type: int}"),
            attempts: [.fentry, .kprobe, .kprobeMulti]),
        MethodCase(
            "a module's function", policy("ext4_sync_fs", "syscall: false"),
            attempts: [.kprobeMulti, .kprobe],
            refused: [
                RefusedMethod(
                    method: .fentry, reason: "the kernel's types (BTF) do not have ext4_sync_fs")
            ]),
        MethodCase(
            "functions", policy("list:some", spec: list("vfs_read, vfs_write")),
            attempts: [.kprobeMulti, .kprobe, .fentry]),
        MethodCase(
            "a tracepoint", tracepointPolicy("sched/sched_process_exec"), attempts: [.tracepoint]),
        MethodCase(
            "a raw tracepoint",
            tracepointPolicy("sched/sched_process_exec", fields: "raw: true"),
            attempts: [.rawTracepoint]),
        MethodCase(
            "a kernel without trampolines", policy("sys_pipe2"), lacking: [.fentry],
            attempts: [.tracepoint, .kprobeMulti, .kprobe], refused: [.lacks(.fentry)]),
        MethodCase(
            "the kernel's reason goes before the function's", policy("sys_close"),
            lacking: [.fentry], attempts: [.tracepoint, .kprobeMulti, .kprobe],
            refused: [.lacks(.fentry)]),
        MethodCase(
            "a kernel with kprobes alone", policy("do_pipe2", "syscall: false"),
            lacking: [.fentry, .kprobeMulti], attempts: [.kprobe],
            refused: [.lacks(.fentry), .lacks(.kprobeMulti)]),
        MethodCase(
            "only better ones are named, not a worse one between", policy("sys_pipe2"),
            lacking: [.fentry, .kprobeMulti], attempts: [.tracepoint, .kprobe],
            refused: [.lacks(.fentry)]),
        MethodCase(
            "the author's choice", policy("sys_pipe2", spec: option("attach-method", "kprobe")),
            lacking: [.fentry], attempts: [.kprobe]),
        MethodCase(
            "a hook of fentries", policy("sys_pipe2", section: "fentries"), attempts: [.fentry]),
        MethodCase(
            "a method that the author rules out",
            policy(
                "list:some",
                spec: list("vfs_read, vfs_write") + "\n" + option("disable-kprobe-multi", "true")),
            attempts: [.kprobe, .fentry],
            refused: [RefusedMethod(method: .kprobeMulti, reason: "the policy excludes it")]),
        MethodCase(
            "one that is ruled out and worse",
            policy("sys_pipe2", spec: option("disable-kprobe-multi", "1")),
            attempts: [.fentry, .tracepoint, .kprobe]),
    ]

    @Test("the cheapest is first, and why a better one is none is told", arguments: cases)
    func order(expected: MethodCase) throws {
        let plan = try plan(document: expected.document, on: expected.kernel)
        #expect(plan.attempts.map(\.method) == expected.attempts)
        #expect(plan.refused == expected.refused)
    }

    private static let lacking = FakeKernel(
        obstacles: Dictionary(
            uniqueKeysWithValues: AttachMethod.allCases.map { ($0, "no \($0.rawValue) here") }))

    static let unserved: [Misfit] = [
        Misfit(
            document: policy("sys_pipe2"), kernel: lacking, code: .kernelLacks,
            pointer: "/spec/kprobes/0/call", line: 7, column: 11,
            message: "this kernel cannot attach to \(prefix)pipe2: fentry: no fentry here; "
                + "tracepoint: no tracepoint here; kprobe.multi: no kprobe.multi here; "
                + "kprobe: no kprobe here",
            hint: "no other method serves it. GET /v1/kernel says what this kernel has"),
        Misfit(
            document: policy("do_pipe2", "syscall: false"), kernel: lacking, code: .kernelLacks,
            pointer: "/spec/kprobes/0/call", line: 7, column: 11,
            message: "this kernel cannot attach to do_pipe2: fentry: no fentry here; "
                + "kprobe.multi: no kprobe.multi here; kprobe: no kprobe here",
            hint: "this kernel may serve a system call near it (syscall: true, sys_NAME) or a "
                + "tracepoint. GET /v1/kernel says what this kernel has"),
        Misfit(
            document: policy("list:some", spec: list("vfs_read, vfs_write")), kernel: lacking,
            code: .kernelLacks, pointer: "/spec/kprobes/0/call", line: 7, column: 11,
            message: "this kernel cannot attach to 2 functions: kprobe.multi: no kprobe.multi "
                + "here; kprobe: no kprobe here; fentry: no fentry here",
            hint: "this kernel may serve a system call near it (syscall: true, sys_NAME) or a "
                + "tracepoint. GET /v1/kernel says what this kernel has"),
        Misfit(
            document: policy("sys_close", spec: option("attach-method", "fentry")),
            code: .kernelLacks, pointer: "/spec/options/0", line: 8, column: 13,
            message: "this kernel cannot attach to \(prefix)close: fentry: the kernel's types "
                + "(BTF) do not have \(prefix)close",
            hint: "leave attach-method out, and the best one that there is is taken. "
                + "GET /v1/kernel says what this kernel has"),
        Misfit(
            document: policy(
                "ext4_sync_fs", "syscall: false", spec: option("attach-method", "fentry")),
            code: .kernelLacks, pointer: "/spec/options/0", line: 9, column: 13,
            message: "this kernel cannot attach to ext4_sync_fs: fentry: the kernel's types (BTF) "
                + "do not have ext4_sync_fs",
            hint: "leave attach-method out, and the best one that there is is taken. "
                + "GET /v1/kernel says what this kernel has"),
        Misfit(
            document: policy("sys_close", section: "fentries"), code: .kernelLacks,
            pointer: "/spec/fentries/0", line: 7, column: 5,
            message: "this kernel cannot attach to \(prefix)close: fentry: the kernel's types "
                + "(BTF) do not have \(prefix)close",
            hint: "move the hook to kprobes, and the best method that there is is taken. "
                + "GET /v1/kernel says what this kernel has"),
        Misfit(
            document: tracepointPolicy("sched/sched_process_exec"), kernel: lacking,
            code: .kernelLacks, pointer: "/spec/tracepoints/0/event", line: 8, column: 12,
            message: "this kernel cannot attach to sched/sched_process_exec: tracepoint: no "
                + "tracepoint here",
            hint: "no other method serves it. GET /v1/kernel says what this kernel has"),
    ]

    @Test(
        "where no method is left, each one's reason and the way out are told", arguments: unserved)
    func noMethod(misfit: Misfit) throws { try misfit.expect() }
}
