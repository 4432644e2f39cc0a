import CWire
import Policy
import Testing

@testable import Lowering

private let hook = "/spec/kprobes/0"

/// What is wrong with a function, in line 7.
private func call(
    _ call: String, _ code: DiagnosticCode, _ message: String, hint: String, fields: String = "",
    severity: Diagnostic.Severity = .error
) -> Misfit {
    Misfit(
        document: policy(call, "syscall: false\n" + fields), severity: severity, code: code,
        pointer: hook + "/call", line: 7, column: 11, message: message, hint: hint)
}

/// What is wrong with the hook's first argument, in line 8.
private func argument(
    _ call: String, _ argument: String, _ code: DiagnosticCode, at field: String,
    _ message: String, hint: String, severity: Diagnostic.Severity = .error
) -> Misfit {
    Misfit(
        document: policy(call, "args: [{\(argument)}]\nsyscall: false"), severity: severity,
        code: code, pointer: "\(hook)/args/0/\(field)", line: 8, column: 12, message: message,
        hint: hint)
}

/// What is wrong with the result, in line 9.
private func unfit(
    _ call: String, _ type: String, _ code: DiagnosticCode = .wrongType, at field: String,
    _ message: String, hint: String, severity: Diagnostic.Severity = .error
) -> Misfit {
    Misfit(
        document: policy(call, "return: true\nreturnArg: {type: \(type)}\nsyscall: false"),
        severity: severity, code: code, pointer: "\(hook)/returnArg\(field)", line: 9, column: 16,
        message: message, hint: hint)
}

@Suite("Functions that do not fit the kernel")
struct FunctionCheckTests {
    private static let compare = "compare the values with what you expect before you rely on them"
    private static let registers =
        "only what is passed in the 6 registers can be read, and structures take several: "

    static let names: [Misfit] = [
        call(
            "do_pip2", .unknownCall, "this kernel has no function do_pip2",
            hint: "did you mean do_pipe2?"),
        call(
            "frobnicate", .unknownCall, "this kernel has no function frobnicate",
            hint: "GET /v1/functions?q= finds functions"),
        call(
            "sys_pipe2", .unknownCall, "this kernel has no function sys_pipe2",
            hint: "sys_pipe2 is a system call: remove \"syscall: false\""),
        call(
            "do_fault", .unknownCall,
            "the compiler has made other functions of do_fault: do_fault.isra.0, do_fault.cold",
            hint: "name one of them, whose parameters may not be those of the source, or a "
                + "function that calls it"),
        call(
            "twice", .unknownCall, "this kernel has 2 functions of the name twice",
            hint: "name a function that calls them; which of them is meant cannot be said"),
        // Two are there, which is not what the hook tolerates.
        call(
            "twice", .unknownCall, "this kernel has 2 functions of the name twice",
            hint: "name a function that calls them; which of them is meant cannot be said",
            fields: "ignore: {callNotFound: true}"),
        call(
            "nf_hook", .unknownPrototype,
            "the kernel's types do not have nf_hook, so its parameters are not checked",
            hint: compare, fields: "args: [{index: 5, type: string}]", severity: .warning),
        call(
            "do_fault.isra.0", .unknownPrototype,
            "do_fault.isra.0 was made by the compiler, which may have moved or removed parameters",
            hint: compare, severity: .warning),
    ]

    static let arguments: [Misfit] = [
        argument(
            "do_pipe2", "index: 2, type: int", .outOfRange, at: "index",
            "do_pipe2 has no parameter 2",
            hint: "its parameters, counted from 0: int * fildes, int flags"),
        argument(
            "ext4_sync_fs", "index: 2, type: int", .outOfRange, at: "index",
            "ext4_sync_fs has no parameter 2",
            hint: "its parameters, counted from 0: struct super_block * sb, int wait"),
        argument(
            "do_pipe2", "index: 1, type: string", .wrongType, at: "type",
            "parameter 1 of do_pipe2 is int flags: no pointer for string to follow",
            hint: "use an integer type such as int"),
        argument(
            "vfs_read", "index: 2, type: string", .wrongType, at: "type",
            "parameter 2 of vfs_read is size_t count: no pointer for string to follow",
            hint: "make sure that it holds an address", severity: .warning),
        argument(
            "do_pipe2", "index: 0, type: uint32", .wrongType, at: "type",
            "parameter 0 of do_pipe2 is int * fildes: uint32 reports only a part of the address",
            hint: "use uint64 for the address, or string or int32_arr for what it points to",
            severity: .warning),
        argument(
            "by_value", "index: 0, type: uint64", .wrongType, at: "type",
            "parameter 0 of by_value is struct s16 pair, a structure that is passed by value",
            hint: "use nop to leave it out"),
        argument(
            "by_value", "index: 2, type: int32_arr, sizeArgIndex: 5", .outOfRange,
            at: "sizeArgIndex", "by_value has no parameter 5",
            hint: "sizeArgIndex counts from 1: struct s16 pair, int b, int * list, int n"),
        argument(
            "by_value", "index: 2, type: int32_arr, sizeArgIndex: 1", .wrongType,
            at: "sizeArgIndex",
            "sizeArgIndex 1 of by_value is struct s16 pair, a structure and no number",
            hint: "sizeArgIndex counts from 1: struct s16 pair, int b, int * list, int n"),
        argument(
            "overflowing", "index: 5, type: int32_arr", .outOfRange, at: "index",
            "parameter 5 of overflowing is int * list, which is passed on the stack",
            hint: registers + "int p0, int p1, int p2, int p3, struct s16 pair, int * list"),
        argument(
            "split", "index: 4, type: int", .outOfRange, at: "index",
            "parameter 4 of split is int last, which is passed on the stack",
            hint: registers
                + "struct s16 one, struct s16 two, int * list, struct s16 three, int last"),
        argument(
            "split", "index: 2, type: int32_arr, sizeArgIndex: 5", .outOfRange,
            at: "sizeArgIndex", "sizeArgIndex 5 of split is int last, which is passed on the stack",
            hint: registers
                + "struct s16 one, struct s16 two, int * list, struct s16 three, int last"),
    ]

    static let results: [Misfit] = [
        unfit(
            "wake_up_bit", "int", at: "", "wake_up_bit returns nothing",
            hint: "remove return and returnArg"),
        unfit(
            "do_pipe2", "string", at: "/type",
            "do_pipe2 returns int: no pointer for string to follow",
            hint: "use an integer type such as int"),
        unfit(
            "kstrdup", "int", at: "/type",
            "kstrdup returns char *: int32 reports only a part of the address",
            hint: "use uint64 for the address, or string or int32_arr for what it points to",
            severity: .warning),
        unfit(
            "large_result", "uint64", at: "",
            "large_result returns struct s24, a structure",
            hint: "remove return and returnArg"),
        unfit(
            "get_list", "int32_arr, sizeArgIndex: 3", .outOfRange, at: "/sizeArgIndex",
            "get_list has no parameter 3",
            hint: "sizeArgIndex counts from 1: struct s16 where, int n"),
    ]

    @Test("a name has its place, reason and way out", arguments: names)
    func unfitName(misfit: Misfit) throws { try misfit.expect() }

    @Test("an argument has its place, reason and way out", arguments: arguments)
    func unfitArgument(misfit: Misfit) throws { try misfit.expect() }

    @Test("a result has its place, reason and way out", arguments: results)
    func unfitResult(misfit: Misfit) throws { try misfit.expect() }

    @Test("a module's function that has types is known, but not by their number")
    func module() throws {
        let lowered = try lower(
            policy("ext4_sync_fs", "syscall: false\nargs: [{index: 1, type: int}]"))
        #expect(lowered.diagnostics == [])
        #expect(
            lowered.hooks.map(\.subject) == [
                .functions([Subject.Function(name: "ext4_sync_fs", id: nil)])
            ])
    }

    @Test("a function that has types keeps their number, and one without has none")
    func subjects() throws {
        #expect(
            try plan("do_pipe2", "syscall: false").subject
                == .functions([Subject.Function(name: "do_pipe2", id: 101)]))
        #expect(
            try plan("nf_hook", "syscall: false").subject
                == .functions([Subject.Function(name: "nf_hook", id: nil)]))
    }

    /// In which registers a function's arguments are, and where an array has its length.
    struct Place: Sendable, CustomTestStringConvertible {
        let call: String
        let args: String
        let registers: [UInt8]
        var counts: [UInt32] = []

        var testDescription: String { "\(call) \(args)" }
    }

    static let places = [
        Place(
            call: "do_pipe2", args: "{index: 1, type: int}, {index: 0, type: uint64}",
            registers: [1, 0]),
        // 16 bytes take two registers.
        Place(
            call: "by_value",
            args: "{index: 1, type: int}, {index: 2, type: int32_arr, sizeArgIndex: 4}",
            registers: [2, 3], counts: [0, 4]),
        Place(
            call: "by_value", args: "{index: 2, type: int32_arr, size: 3}", registers: [3],
            counts: [3]),
        // 40 bytes take none: they are on the stack.
        Place(call: "by_large_value", args: "{index: 1, type: int}", registers: [0]),
        // The first says where the result goes.
        Place(call: "large_result", args: "{index: 0, type: int}", registers: [1]),
        Place(call: "seven", args: "{index: 5, type: int}", registers: [5]),
        Place(
            call: "overflowing", args: "{index: 3, type: int}, {index: 5, type: nop}",
            registers: [3]),
        Place(call: "split", args: "{index: 2, type: uint64}", registers: [4]),
        // What is not known is not moved.
        Place(
            call: "nf_hook", args: "{index: 5, type: int32_arr, sizeArgIndex: 4}", registers: [5],
            counts: [3]),
    ]

    @Test("parameters are read from the register that they are passed in", arguments: places)
    func registers(place: Place) throws {
        let plan = try plan(place.call, "syscall: false\nargs: [\(place.args)]")
        for attempt in plan.attempts {
            let spec = attempt.spec()
            let values = spec.values
            #expect(values.map(\.parameter) == place.registers)
            if !place.counts.isEmpty { #expect(values.map(\.count) == place.counts) }
        }
    }

    @Test("the length of a result is read from the register that it is passed in")
    func resultCount() throws {
        let plan = try plan(
            "get_list",
            "syscall: false\nreturn: true\nreturnArg: {type: int32_arr, sizeArgIndex: 2}")
        for attempt in plan.attempts {
            let result = attempt.spec().result
            #expect(result.count_rule == UInt8(SPEC_COUNT_PARAMETER.rawValue))
            #expect(result.count == 2)
        }
    }
}
