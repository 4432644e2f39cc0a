import Policy
import Testing

@Suite("Hooks that are accepted")
struct AcceptedHookTests {
    /// The hooks of a policy without any problem.
    private func hooks(spec: String) throws -> [Hook] {
        let result = check(policy(spec: spec))
        #expect(result.diagnostics == [])
        return try #require(result.policy).hooks
    }

    @Test("a kernel function has arguments, a result and notes like a system call")
    func function() throws {
        let hooks = try hooks(
            spec: """
                kprobes:
                - call: do_sys_openat2.isra.0
                  syscall: false
                  ignore: {callNotFound: true}
                  message: opened
                  tags: [file]
                  args:
                  - {index: 5, type: int, label: dfd}
                  - {index: 1, type: string}
                  return: true
                  returnArg: {index: 0, type: long}
                  selectors:
                  - matchPIDs: [{operator: In, values: [7]}]
                - call: sys_pipe2
                  syscall: false
                """)
        try #require(hooks.count == 2)
        let hook = hooks[0]
        #expect(hook.target.kind == .function(name: "do_sys_openat2.isra.0"))
        #expect(hook.target.written == "do_sys_openat2.isra.0")
        #expect(hook.target.pointer == "/spec/kprobes/0/call")
        #expect(hook.target.position == SourcePosition(line: 7, column: 11))
        #expect(hook.toleratesMissing)
        #expect(hook.method == nil && hook.excludedMethods.isEmpty)
        #expect(hook.arguments.map(\.index) == [5, 1])
        #expect(hook.arguments.map(\.type) == [.int32, .string])
        #expect(hook.arguments.map(\.label) == ["dfd", nil])
        #expect(hook.result?.type == .int64)
        #expect(hook.message == "opened" && hook.tags == ["file"])
        #expect(hook.selectors.flatMap(\.processes).map(\.processes) == [[7]])
        #expect(hooks[1].target.kind == .function(name: "sys_pipe2"))
        #expect(!hooks[1].toleratesMissing)
    }

    @Test("a hook of fentries is a call that fentry attaches to")
    func fentries() throws {
        let hooks = try hooks(
            spec: """
                fentries:
                - call: vfs_read
                  syscall: false
                  args: [{index: 2, type: size_t}]
                  ignore: {callNotFound: true}
                - call: sys_close
                options: [{name: attach-method, value: fentry}]
                """)
        try #require(hooks.count == 2)
        #expect(hooks[0].pointer == "/spec/fentries/0")
        #expect(hooks[0].target.kind == .function(name: "vfs_read"))
        #expect(hooks[0].arguments.map(\.type) == [.size])
        #expect(hooks[0].toleratesMissing)
        #expect(hooks[0].method?.method == .fentry)
        #expect(hooks[0].method?.pointer == "/spec/fentries/0")
        #expect(hooks[0].method?.position == SourcePosition(line: 7, column: 5))
        #expect(hooks[1].target.kind == .systemCall(name: "close"))
        #expect(hooks[1].method?.pointer == "/spec/fentries/1")
    }

    @Test("a tracepoint has fields by number, of the kernel's type unless the policy says one")
    func tracepoint() throws {
        let hook = try #require(
            try hooks(
                spec: """
                    tracepoints:
                    - subsystem: xhci-hcd
                      event: sched_process_exec
                      raw: false
                      message: executed
                      tags: [exec]
                      args:
                      - {index: 4, type: data_loc, label: filename}
                      - {index: 128}
                      - {index: 0, type: uint16}
                      - {index: 6, type: string}
                      - {index: 7, type: nop}
                      selectors:
                      - matchPIDs: [{operator: NotIn, values: [1], followForks: true}]
                    """
            ).first)
        #expect(hook.pointer == "/spec/tracepoints/0")
        #expect(hook.position == SourcePosition(line: 7, column: 5))
        #expect(
            hook.target.kind == .tracepoint(subsystem: "xhci-hcd", event: "sched_process_exec"))
        #expect(hook.target.written == "xhci-hcd/sched_process_exec")
        #expect(hook.target.pointer == "/spec/tracepoints/0/event")
        #expect(hook.target.position == SourcePosition(line: 8, column: 12))
        #expect(hook.arguments.map(\.index) == [4, 128, 0, 6, 7])
        #expect(hook.arguments.map(\.type) == [.dataLocation, .auto, .uint16, .string, .nop])
        #expect(hook.arguments.map(\.label) == ["filename", nil, nil, nil, nil])
        #expect(hook.arguments[1].pointer == "/spec/tracepoints/0/args/1")
        #expect(hook.arguments.allSatisfy { !$0.isCopiedAtReturn && $0.count == nil })
        #expect(hook.message == "executed" && hook.tags == ["exec"])
        #expect(hook.selectors.flatMap(\.processes).map(\.isNegated) == [true])
        #expect(hook.result == nil && hook.method == nil && !hook.toleratesMissing)
    }

    @Test("a raw tracepoint has the parameters of its TP_PROTO")
    func rawTracepoint() throws {
        let result = check(
            policy(tracepoint: "raw: true\nargs: [{index: 11, type: uint64}, {index: 0}]"))
        #expect(result.diagnostics == [])
        let hook = try #require(result.policy?.hooks.first)
        #expect(
            hook.target.kind == .rawTracepoint(subsystem: "sched", event: "sched_process_fork"))
        #expect(hook.arguments.map(\.index) == [11, 0])
        #expect(hook.arguments.map(\.type) == [.uint64, .auto])
    }

    @Test(
        "the method that an option asks for is that of every hook",
        arguments: [
            ("kprobe", "sys_pipe2", true), ("kprobe.multi", "sys_pipe2", true),
            ("tracepoint", "sys_pipe2", true), ("fentry", "do_pipe2", false),
            ("kprobe", "do_pipe2", false), ("kprobe.multi", "do_pipe2", false),
        ])
    func chosenMethod(name: String, call: String, isSystemCall: Bool) throws {
        let hooks = try hooks(
            spec: """
                options:
                - {name: attach-method, value: \(name)}
                kprobes:
                - {call: \(call), syscall: \(isSystemCall)}
                - {call: \(call), syscall: \(isSystemCall)}
                """)
        #expect(hooks.map(\.method?.method.rawValue) == [name, name])
        #expect(hooks[0].method?.pointer == "/spec/options/0")
        #expect(hooks[0].method?.position == SourcePosition(line: 7, column: 5))
    }

    @Test("tracepoints may ask for the method that they are attached by anyway")
    func tracepointMethod() throws {
        for (raw, method) in [(false, AttachMethod.tracepoint), (true, .rawTracepoint)] {
            let hooks = try hooks(
                spec: """
                    tracepoints: [{subsystem: sched, event: sched_switch, raw: \(raw)}]
                    options: [{name: attach-method, value: \(method.rawValue)}]
                    """)
            #expect(hooks.map(\.method?.method) == [method])
        }
    }

    @Test("disable-kprobe-multi rules a method out", arguments: ["1", "t", "True", "true", "TRUE"])
    func excludedMethod(value: String) throws {
        func excluded(_ value: String) throws -> [Set<AttachMethod>] {
            try hooks(
                spec: """
                    kprobes: [{call: sys_pipe2}, {call: do_pipe2, syscall: false}]
                    options: [{name: disable-kprobe-multi, value: "\(value)"}]
                    """
            ).map(\.excludedMethods)
        }
        #expect(try excluded(value) == [[.kprobeMulti], [.kprobeMulti]])
        #expect(try excluded("0") == [[], []])
    }
}
