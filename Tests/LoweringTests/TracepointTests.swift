import CWire
import Lowering
import Policy
import Testing

/// A field of a tracepoint and how the policy reads it, and what that is for the kernel's programs.
struct FieldCase: Sendable, CustomTestStringConvertible {
    let tracepoint: String
    let argument: String
    let type: wire_type
    let size: UInt8
    let offset: UInt16
    var buffer: Int32 = 0

    init(
        _ tracepoint: String, _ argument: String, _ type: wire_type, size: UInt8, at offset: UInt16,
        buffer: Int32 = 0
    ) {
        self.tracepoint = tracepoint
        self.argument = argument
        self.type = type
        self.size = size
        self.offset = offset
        self.buffer = buffer
    }

    var testDescription: String { "\(tracepoint) \(argument)" }
}

@Suite("Tracepoints")
struct TracepointTests {
    private static let exec = "sched/sched_process_exec"

    static let fields = [
        FieldCase("fake/numbers", "index: 4", WIRE_TYPE_S8, size: 1, at: 8),
        FieldCase("fake/numbers", "index: 5", WIRE_TYPE_U8, size: 1, at: 9),
        FieldCase("fake/numbers", "index: 6", WIRE_TYPE_S16, size: 2, at: 10),
        FieldCase("fake/numbers", "index: 7", WIRE_TYPE_U16, size: 2, at: 12),
        FieldCase("fake/numbers", "index: 8", WIRE_TYPE_INT, size: 4, at: 16),
        FieldCase("fake/numbers", "index: 9", WIRE_TYPE_U32, size: 4, at: 20),
        FieldCase("fake/numbers", "index: 10", WIRE_TYPE_S64, size: 8, at: 24),
        FieldCase("fake/numbers", "index: 11", WIRE_TYPE_U64, size: 8, at: 32),
        FieldCase("fake/numbers", "index: 12", WIRE_TYPE_U64, size: 8, at: 40),
        FieldCase("fake/numbers", "index: 8, type: uint32", WIRE_TYPE_U32, size: 4, at: 16),
        FieldCase("fake/numbers", "index: 8, type: auto", WIRE_TYPE_INT, size: 4, at: 16),
        FieldCase(exec, "index: 4", WIRE_TYPE_STRING, size: 0, at: 8, buffer: SPEC_BUFFER_MEDIUM),
        FieldCase(
            exec, "index: 4, type: string", WIRE_TYPE_STRING, size: 0, at: 8,
            buffer: SPEC_BUFFER_MEDIUM),
        FieldCase(
            exec, "index: 4, type: data_loc", WIRE_TYPE_STRING, size: 0, at: 8,
            buffer: SPEC_BUFFER_MEDIUM),
        FieldCase(exec, "index: 6", WIRE_TYPE_STRING, size: 1, at: 16, buffer: SPEC_BUFFER_MEDIUM),
        FieldCase(
            exec, "index: 6, type: string", WIRE_TYPE_STRING, size: 1, at: 16,
            buffer: SPEC_BUFFER_MEDIUM),
        FieldCase(
            "fake/texts", "index: 4", WIRE_TYPE_STRING, size: 8, at: 8, buffer: SPEC_BUFFER_MEDIUM),
        FieldCase("fake/texts", "index: 4, type: uint64", WIRE_TYPE_U64, size: 8, at: 8),
        FieldCase(
            "fake/texts", "index: 6", WIRE_TYPE_STRING, size: 1, at: 24, buffer: SPEC_BUFFER_MEDIUM),
        // Bytes may be a text, and are one where the author says so.
        FieldCase("fake/texts", "index: 5", WIRE_TYPE_U64, size: 8, at: 16),
        FieldCase("fake/texts", "index: 8", WIRE_TYPE_U64, size: 8, at: 40),
        FieldCase(
            "fake/texts", "index: 5, type: string", WIRE_TYPE_STRING, size: 8, at: 16,
            buffer: SPEC_BUFFER_MEDIUM),
        FieldCase(
            "fake/texts", "index: 7, type: string", WIRE_TYPE_STRING, size: 1, at: 32,
            buffer: SPEC_BUFFER_MEDIUM),
    ]

    @Test("a field is read as what the kernel says that it is", arguments: fields)
    func field(expected: FieldCase) throws {
        let lowered = try lower(
            tracepointPolicy(expected.tracepoint, args: "{\(expected.argument)}"))
        #expect(lowered.diagnostics == [])
        let plan = try #require(lowered.hooks.first)
        let attempt = plan.attempts[0]
        let spec = attempt.spec()
        #expect(spec.subject == SPEC_SUBJECT_TRACEPOINT.rawValue)
        #expect(attempt.shape == .entry)
        #expect(spec.values.count == 1)
        let value = spec.arguments.0
        #expect(value.type == UInt8(expected.type.rawValue))
        #expect(value.field_size == expected.size)
        #expect(value.field_offset == expected.offset)
        #expect(spec.buffer_size == UInt32(expected.buffer))
        #expect(spec.record_size == (expected.buffer == 0 ? 56 : 0))
        #expect(
            attempt.maps.map(\.name)
                == (expected.buffer == 0 ? ["counters"] : ["counters", "scratch"]))
    }

    /// What is wrong with a hook's first argument, in line 9.
    private static func argument(
        _ tracepoint: String, _ argument: String, _ code: DiagnosticCode, at field: String,
        _ message: String, hint: String, fields: String = "",
        severity: Diagnostic.Severity = .error
    ) -> Misfit {
        Misfit(
            document: tracepointPolicy(tracepoint, args: "{\(argument)}", fields: fields),
            severity: severity, code: code, pointer: "/spec/tracepoints/0/args/0/\(field)", line: 9,
            column: 12, message: message, hint: hint)
    }

    /// What is wrong with the name of an event, in line 8.
    private static func event(
        _ tracepoint: String, fields: String = "", _ message: String, hint: String
    ) -> Misfit {
        Misfit(
            document: tracepointPolicy(tracepoint, fields: fields), code: .unknownCall,
            pointer: "/spec/tracepoints/0/event", line: 8, column: 12, message: message, hint: hint)
    }

    private static let common =
        "0 unsigned short common_type, 1 unsigned char common_flags, "
        + "2 unsigned char common_preempt_count, 3 int common_pid, "
    private static let leaveOut = "use nop to leave it out"

    static let misfits: [Misfit] = [
        event(
            "sched/sched_proces_exec", "this kernel has no tracepoint sched/sched_proces_exec",
            hint: "did you mean sched/sched_process_exec?"),
        event(
            "sched/frobnicate", "this kernel has no tracepoint sched/frobnicate",
            hint: "/sys/kernel/tracing/available_events lists them"),
        event(
            "shced/sched_process_exec", "this kernel has no tracepoints of a subsystem shced",
            hint: "did you mean the subsystem sched?"),
        event(
            "frobnicate/sched_process_exec",
            "this kernel has no tracepoints of a subsystem frobnicate",
            hint: "/sys/kernel/tracing/available_events lists them"),
        event(
            "sched/sched_proces_exec", fields: "raw: true",
            "this kernel has no tracepoint sched/sched_proces_exec",
            hint: "did you mean sched/sched_process_exec?"),
        argument(
            exec, "index: 7", .outOfRange, at: "index", "sched_process_exec has no field 7",
            hint: "its fields: " + common + "4 char[] filename, 5 int pid, 6 char[16] comm"),
        argument(
            exec, "index: 3", .kernelLacks, at: "index",
            "field 3 of sched_process_exec is int common_pid, which the kernel does not show to "
                + "BPF programs", hint: "every event has the process and the thread"),
        argument(
            exec, "index: 4, type: int", .wrongType, at: "type",
            "field 4 of sched_process_exec is char[] filename, a text", hint: "use string"),
        argument(
            exec, "index: 6, type: uint64", .wrongType, at: "type",
            "field 6 of sched_process_exec is char[16] comm, a text", hint: "use string"),
        argument(
            exec, "index: 5, type: data_loc", .wrongType, at: "type",
            "field 5 of sched_process_exec is int pid, which is not __data_loc", hint: "use auto"),
        argument(
            exec, "index: 5, type: string", .wrongType, at: "type",
            "field 5 of sched_process_exec is int pid: no pointer for string to follow",
            hint: "use an integer type such as int"),
        argument(
            "fake/texts", "index: 4, type: int", .wrongType, at: "type",
            "field 4 of texts is const char * name: int32 reports only a part of the address",
            hint: "use uint64 for the address, or string or int32_arr for what it points to",
            severity: .warning),
        argument(
            "fake/texts", "index: 4, type: data_loc", .wrongType, at: "type",
            "field 4 of texts is const char * name, which is not __data_loc", hint: "use auto"),
        argument(
            "fake/texts", "index: 7", .wrongType, at: "type",
            "field 7 of texts is unsigned char[6] address, an array that is not supported yet",
            hint: "use string where it holds a text, or nop to leave it out"),
        argument(
            "fake/arrays", "index: 4", .wrongType, at: "type",
            "field 4 of arrays is unsigned long[6] args, an array that is not supported yet",
            hint: leaveOut),
        argument(
            "fake/arrays", "index: 4, type: string", .wrongType, at: "type",
            "field 4 of arrays is unsigned long[6] args, an array that is not supported yet",
            hint: leaveOut),
        argument(
            "fake/arrays", "index: 5", .wrongType, at: "type",
            "field 5 of arrays is unsigned long[] mask, an array that is not supported yet",
            hint: leaveOut),
        argument(
            "fake/arrays", "index: 6, type: string", .wrongType, at: "type",
            "field 6 of arrays is char[] late, a __rel_loc, which is not supported yet",
            hint: leaveOut),
        argument(
            "fake/arrays", "index: 7, type: string", .wrongType, at: "type",
            "field 7 of arrays is int[LENGTH] pair, an array that is not supported yet",
            hint: leaveOut),
        argument(
            "fake/arrays", "index: 8", .wrongType, at: "type",
            "field 8 of arrays is struct s16 large, a structure that is not supported yet",
            hint: leaveOut),
        argument(
            "fake/arrays", "index: 9, type: int", .wrongType, at: "type",
            "field 9 of arrays is struct s6 odd, a structure that is not supported yet",
            hint: leaveOut),
        argument(
            exec, "index: 4", .outOfRange, at: "index", "sched_process_exec has no parameter 4",
            hint: "its parameters, counted from 0: struct task_struct * p, int old_pid, "
                + "struct linux_binprm * bprm, const char * name", fields: "raw: true"),
        argument(
            exec, "index: 1, type: string", .wrongType, at: "type",
            "parameter 1 of sched_process_exec is int old_pid: no pointer for string to follow",
            hint: "use an integer type such as int", fields: "raw: true"),
        argument(
            exec, "index: 0, type: int", .wrongType, at: "type",
            "parameter 0 of sched_process_exec is struct task_struct * p: int32 reports only a "
                + "part of the address",
            hint: "use uint64 for the address, or string or int32_arr for what it points to",
            fields: "raw: true", severity: .warning),
    ]

    @Test("what does not fit has its place, reason and way out", arguments: misfits)
    func misfit(misfit: Misfit) throws { try misfit.expect() }

    @Test(
        "a nop asks nothing of the field that it leaves out",
        arguments: ["index: 0", "index: 6", "index: 100"])
    func nop(index: String) throws {
        let lowered = try lower(
            tracepointPolicy("fake/arrays", args: "{\(index), type: nop, label: none}"))
        #expect(lowered.diagnostics == [])
        let plan = try #require(lowered.hooks.first)
        #expect(plan.attempts[0].spec().values.isEmpty)
        #expect(plan.attempts[0].spec().record_size == 32)
        #expect(plan.description.labels == ["none"])
    }

    @Test("a tracepoint's plan has its number and returns nothing")
    func plan() throws {
        let plan = try LoweringTests.plan(document: tracepointPolicy(Self.exec, args: "{index: 5}"))
        #expect(
            plan.subject == .tracepoint(subsystem: "sched", event: "sched_process_exec", id: 311))
        #expect(plan.subject.names == ["sched/sched_process_exec"])
        #expect(!plan.description.reportsReturn)
        #expect(plan.description.returnLabel == nil)
    }

    @Test("a raw tracepoint's arguments are its parameters, each in its word")
    func raw() throws {
        let lowered = try lower(
            tracepointPolicy(
                Self.exec,
                args: "{index: 3}, {index: 2, type: nop}, {index: 1}, {index: 0}",
                fields: "raw: true"))
        #expect(lowered.diagnostics == [])
        let plan = try #require(lowered.hooks.first)
        #expect(plan.subject == .rawTracepoint(subsystem: "sched", event: "sched_process_exec"))
        let spec = plan.attempts[0].spec()
        #expect(spec.subject == SPEC_SUBJECT_PARAMETERS.rawValue)
        #expect(plan.attempts[0].shape == .entry)
        #expect(spec.values.count == 3)
        let values = [spec.arguments.0, spec.arguments.1, spec.arguments.2]
        let types = [WIRE_TYPE_STRING, WIRE_TYPE_INT, WIRE_TYPE_U64]
        #expect(values.map(\.type) == types.map { UInt8($0.rawValue) })
        #expect(values.map(\.parameter) == [3, 1, 0])
        #expect(values.map(\.position) == [0, 2, 3])
        #expect(values.map(\.field_size) == [0, 0, 0])
    }
}
