import CWire
import Policy
import Testing

@testable import Lowering

@Suite("The bytes of a hook's specification")
struct SpecificationTests {
    private static let pipe2 = """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata:
          name: pipe2
        spec:
          kprobes:
            - call: sys_pipe2
              syscall: true
              message: "pipe2 was called"
              tags: [demo, pipes]
              args:
                - index: 0
                  type: int32_arr
                  label: pipefd
                  returnCopy: true
                - index: 1
                  type: int
                  label: flags
              return: true
              returnArg:
                index: 0
                type: int
                label: error
        """

    /// What is in a specification, by offset; all other bytes are zero.
    private typealias Golden = [(offset: Int, bytes: [UInt8])]

    private static let pipe2Golden: Golden = [
        (0, [0x04, 0x03, 0x02, 0x01]),  // hook 0x01020304
        (4, [0x01, 0x00, 0x00, 0x00]),  // subject: SPEC_SUBJECT_SYSTEM_CALL
        (8, [0x00, 0x00, 0x00, 0x00]),  // slot: the first
        (12, [0x01, 0x00, 0x00, 0x00]),  // generation: the first
        (16, [0x00, 0x00, 0x00, 0x00]),  // chained: none of its programs
        (20, [0x00, 0x00, 0x00, 0x00]),  // many: there is one target
        (24, [0x00, 0x00, 0x00, 0x00]),  // target: that one
        (28, [0x08, 0x00, 0x00, 0x00]),  // result_bytes: a long
        (32, [0x02, 0x00, 0x00, 0x00]),  // shape: SPEC_SHAPE_RETURN
        (36, [0x00, 0x00, 0x00, 0x00]),  // ignores_zero: no
        (40, [0x70, 0x00, 0x00, 0x00]),  // record_size: 32 + 32 + 24 + 24
        (44, [0x00, 0x00, 0x00, 0x00]),  // buffer_size: none, for the size is fixed
        (48, [0x00, 0x00, 0x00, 0x00]),  // acts: no
        // arguments[0]: WIRE_TYPE_INT32_ARR, parameter 0, position 0, at return, fixed
        (52, [0x2B, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00]),
        (60, [0x02, 0x00, 0x00, 0x00]),  // count
        (64, [0x10, 0x00, 0x00, 0x00]),  // room: 4 + 2 * 4, up to 16
        (68, [0x20, 0x00, 0x00, 0x00]),  // offset: behind wire_call
        // arguments[1]: WIRE_TYPE_INT, parameter 1, position 1, at entry
        (72, [0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00]),
        (80, [0x00, 0x00, 0x00, 0x00]),  // count: none
        (84, [0x08, 0x00, 0x00, 0x00]),  // room: a register
        (88, [0x40, 0x00, 0x00, 0x00]),  // offset: 32 + 16 + 16
        // result: WIRE_TYPE_INT, no parameter, WIRE_POSITION_RETURN, at return
        (152, [0x01, 0x00, 0xFF, 0x01, 0x00, 0x00, 0x00, 0x00]),
        (160, [0x00, 0x00, 0x00, 0x00]),  // count: none
        (164, [0x08, 0x00, 0x00, 0x00]),  // room
        (168, [0x58, 0x00, 0x00, 0x00]),  // offset: 64 + 16 + 8
        (172, [0x00, 0x00, 0x00, 0x00]),  // follows: no
        (176, [0x00, 0x00, 0x00, 0x00]),  // selector_count: every call is taken
    ]

    /// By kprobe, the parameters have to be saved until the function returns.
    private static let functionGolden: Golden = [
        (0, [0x01, 0x00, 0x00, 0x00]),  // hook
        (4, [0x02, 0x00, 0x00, 0x00]),  // subject: SPEC_SUBJECT_FUNCTION
        (8, [0x07, 0x00, 0x00, 0x00]),  // slot
        (12, [0x02, 0x00, 0x00, 0x00]),  // generation
        (16, [0x02, 0x00, 0x00, 0x00]),  // chained: SPEC_CHAINED_RETURN
        (28, [0x04, 0x00, 0x00, 0x00]),  // result_bytes: an int
        (32, [0x03, 0x00, 0x00, 0x00]),  // shape: SPEC_SHAPE_PAIR
        (40, [0x00, 0x00, 0x00, 0x00]),  // record_size: it varies
        (44, [0x00, 0x02, 0x00, 0x00]),  // buffer_size: SPEC_BUFFER_SMALL
        // arguments[0]: WIRE_TYPE_INT, parameter 1, position 0, at entry
        (52, [0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]),
        (64, [0x08, 0x00, 0x00, 0x00]),  // room
        // result: WIRE_TYPE_INT, WIRE_POSITION_RETURN, at return
        (152, [0x01, 0x00, 0xFF, 0x01, 0x00, 0x00, 0x00, 0x00]),
        (164, [0x08, 0x00, 0x00, 0x00]),  // room
    ]

    private static let tracepointGolden: Golden = [
        (0, [0x01, 0x00, 0x00, 0x00]),  // hook
        (4, [0x03, 0x00, 0x00, 0x00]),  // subject: SPEC_SUBJECT_TRACEPOINT
        (12, [0x01, 0x00, 0x00, 0x00]),  // generation
        (28, [0x08, 0x00, 0x00, 0x00]),  // result_bytes: there is no result
        (32, [0x01, 0x00, 0x00, 0x00]),  // shape: SPEC_SHAPE_ENTRY
        (44, [0x00, 0x12, 0x00, 0x00]),  // buffer_size: SPEC_BUFFER_MEDIUM
        // arguments[0]: WIRE_TYPE_STRING, position 0, SPEC_FIELD_LOCATION at 8
        (52, [0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00]),
        (64, [0x08, 0x10, 0x00, 0x00]),  // room: 4096 + 2, up to 4104
        // arguments[1]: WIRE_TYPE_INT, position 1, 4 bytes at 12
        (72, [0x01, 0x00, 0x01, 0x00, 0x00, 0x04, 0x0C, 0x00]),
        (84, [0x08, 0x00, 0x00, 0x00]),  // room
    ]

    private func expect(
        _ bytes: [UInt8], are golden: Golden, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var expected = [UInt8](repeating: 0, count: 940)
        for (offset, bytes) in golden {
            expected.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        #expect(bytes.count == expected.count, sourceLocation: sourceLocation)
        let different = zip(bytes, expected).enumerated()
            .filter { $1.0 != $1.1 }
            .map { "offset \($0): \($1.0) instead of \($1.1)" }
        #expect(different == [], sourceLocation: sourceLocation)
    }

    @Test("pipe2's is the annotated one, byte by byte, by every method")
    func systemCall() throws {
        let plan = try #require(try lower(Self.pipe2).plan(policy: "pipe2")?.hooks.first)
        #expect(plan.attempts.count == 4)
        for attempt in plan.attempts {
            expect(attempt.specification(.init(hook: 0x0102_0304)), are: Self.pipe2Golden)
        }
    }

    @Test("a pair's on a kernel function, which hands on what it gets, is the annotated one")
    func function() throws {
        let plan = try plan(
            "do_pipe2",
            "syscall: false\nargs: [{index: 1, type: int}]\nreturn: true\nreturnArg: {type: int}")
        let attempt = try #require(plan.attempts.first { $0.method == .kprobe })
        var assignment = Attempt.Assignment(hook: 1, slot: 7, generation: 2)
        assignment.chained = [.return]
        expect(attempt.specification(assignment), are: Self.functionGolden)
    }

    @Test("a tracepoint's fields are in the annotated one")
    func tracepoint() throws {
        let plan = try plan(
            document: tracepointPolicy("sched/sched_process_exec", args: "{index: 4}, {index: 5}"))
        expect(plan.attempts[0].specification(.init(hook: 1)), are: Self.tracepointGolden)
    }

    /// What of `hook_spec` installing assigns, read back.
    private func assigned(_ assignment: Attempt.Assignment, targets: String) throws -> [UInt32] {
        let plan = try plan(
            document: policy("list:some", spec: "lists: [{name: some, values: [\(targets)]}]"))
        let spec = plan.attempts[0].spec(assignment)
        return [spec.hook, spec.slot, spec.generation, spec.chained, spec.many, spec.target]
    }

    @Test("installing assigns its numbers, and a list's programs learn which target was called")
    func assignment() throws {
        var assignment = Attempt.Assignment(hook: 9, slot: 1023, generation: 4)
        #expect(try assigned(assignment, targets: "sys_pipe2") == [9, 1023, 4, 0, 0, 0])
        #expect(try assigned(assignment, targets: "sys_pipe2, sys_close") == [9, 1023, 4, 0, 1, 0])
        assignment.target = 1
        assignment.chained = [.entry]
        #expect(
            try assigned(assignment, targets: "sys_pipe2, sys_close")
                == [9, 1023, 4, SPEC_CHAINED_ENTRY, 0, 1])
        assignment.chained = [.entry, .return]
        #expect(
            try assigned(assignment, targets: "sys_pipe2, sys_close")
                == [9, 1023, 4, SPEC_CHAINED_ENTRY | SPEC_CHAINED_RETURN, 0, 1])
    }

    @Test("everything else that an event of pipe2 needs is in the plan")
    func pipe2Plan() throws {
        let plan = try #require(try lower(Self.pipe2).plan(policy: "pipe2"))
        #expect(plan.policy == "pipe2")
        #expect(plan.hooks.count == 1)
        let hook = plan.hooks[0]
        guard case .systemCalls(let calls) = hook.subject else {
            Issue.record("\(hook.subject)")
            return
        }
        #expect(calls.map(\.name) == ["pipe2"])
        #expect(calls.map(\.functionID) == [FakeKernel().systemCall("pipe2")?.functionID])
        #expect([["__x64_sys_pipe2"], ["__arm64_sys_pipe2"]].contains(hook.subject.names))
        #expect(
            hook.description
                == HookPlan.Description(
                    labels: ["pipefd", "flags"], reportsReturn: true, returnLabel: "error",
                    message: "pipe2 was called", tags: ["demo", "pipes"]))
        #expect(hook.pointer == "/spec/kprobes/0")
        #expect(hook.position == SourcePosition(line: 7, column: 7))
        #expect(hook.selectors == [SelectorPlan()])
        #expect(hook.followed == [])
        #expect(hook.refused == [])
        #expect(plan.mode == nil)
        #expect(!plan.enforces)
    }

    @Test(
        "a type has a wire type once it is served, and none before",
        arguments: ArgumentType.allCases)
    func wireTypes(type: ArgumentType) {
        let readsSomething = type.isServed && type != .nop && type != .auto
        #expect((type.wire != WIRE_TYPE_NONE.rawValue) == readsSomething)
    }

    @Test("Swift lays the structs out as C asserts")
    func layout() {
        #expect(MemoryLayout<spec_argument>.size == 20)
        #expect(MemoryLayout<spec_argument>.offset(of: \.moment) == 3)
        #expect(MemoryLayout<spec_argument>.offset(of: \.field_size) == 5)
        #expect(MemoryLayout<spec_argument>.offset(of: \.field_offset) == 6)
        #expect(MemoryLayout<spec_argument>.offset(of: \.count) == 8)
        #expect(MemoryLayout<spec_argument>.offset(of: \.room) == 12)
        #expect(MemoryLayout<spec_argument>.offset(of: \.offset) == 16)
        #expect(MemoryLayout<spec_pid_filter>.size == 36)
        #expect(MemoryLayout<spec_pid_filter>.offset(of: \.follow_set) == 1)
        #expect(MemoryLayout<spec_pid_filter>.offset(of: \.count) == 2)
        #expect(MemoryLayout<spec_pid_filter>.offset(of: \.values) == 4)
        #expect(MemoryLayout<spec_selector>.size == 152)
        #expect(MemoryLayout<spec_selector>.offset(of: \.silent) == 148)
        #expect(MemoryLayout<spec_selector>.offset(of: \.signals) == 149)
        #expect(MemoryLayout<policy_slot>.size == 16)
        #expect(MemoryLayout<policy_slot>.offset(of: \.monitors) == 4)
        #expect(MemoryLayout<hook_spec>.size == 940)
        let fields: [PartialKeyPath<hook_spec>] = [
            \.hook, \.subject, \.slot, \.generation, \.chained, \.many, \.target, \.result_bytes,
            \.shape, \.ignores_zero, \.record_size, \.buffer_size, \.acts, \.arguments,
            \.result, \.follows, \.selector_count, \.selectors,
        ]
        #expect(
            fields.map { MemoryLayout<hook_spec>.offset(of: $0) } == [
                0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 152, 172, 176, 180,
            ])
    }
}

extension Attempt {
    /// The configuration as the kernel sees it.
    func spec(_ assignment: Assignment = Assignment(hook: 1)) -> hook_spec {
        specification(assignment).withUnsafeBytes { $0.loadUnaligned(as: hook_spec.self) }
    }
}

extension hook_spec {
    /// What its records report, the result last.
    var values: [spec_argument] {
        [arguments.0, arguments.1, arguments.2, arguments.3, arguments.4, result]
            .filter { UInt32($0.type) != WIRE_TYPE_NONE.rawValue }
    }
}
