import CWire
import Lowering
import Policy
import Testing

private let result = "return: true\nreturnArg: {type: int}"

/// A hook, and what it must become.
struct Case: Sendable, CustomTestStringConvertible {
    let call: String
    let fields: String
    let shape: Attempt.Shape
    /// Of a record of fixed size.
    var record: UInt32 = 0
    /// Of one that varies.
    var buffer: Int32 = 0
    /// The map that keeps a thread's record until the call returns.
    var threadMap: String?

    var testDescription: String { "\(call) \(fields.replacing("\n", with: "; "))" }
}

extension Attempt {
    /// The maps as `NAME` and `NAME:BYTES`.
    var mapNames: [String] {
        maps.map { map in map.valueSize.map { "\(map.name):\($0)" } ?? map.name }
    }

    /// What is said of a record's memory, one way or the other.
    fileprivate func expect(
        _ shape: Shape, record: UInt32, buffer: Int32,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let number =
            switch shape {
            case .entry: SPEC_SHAPE_ENTRY
            case .return: SPEC_SHAPE_RETURN
            case .pair: SPEC_SHAPE_PAIR
            }
        let spec = spec()
        #expect(self.shape == shape, sourceLocation: sourceLocation)
        #expect(spec.shape == number.rawValue, sourceLocation: sourceLocation)
        #expect(spec.record_size == record, sourceLocation: sourceLocation)
        #expect(spec.buffer_size == UInt32(buffer), sourceLocation: sourceLocation)
    }
}

@Suite("Shapes and sizes of hooks on system calls")
struct SystemCallShapeTests {
    private static func array(_ fields: String) -> String {
        "args: [{index: 0, type: int32_arr, \(fields)}]"
    }

    static let cases = [
        Case(call: "sys_getpid", fields: "", shape: .entry, record: 32),
        Case(call: "sys_getpid", fields: result, shape: .return, record: 56),
        Case(
            call: "sys_close", fields: "args: [{index: 0, type: int}]", shape: .entry, record: 56),
        Case(
            call: "sys_close", fields: "args: [{index: 0, type: int}]\n" + result, shape: .return,
            record: 80),
        Case(
            call: "sys_openat", fields: "args: [{index: 1, type: string}]", shape: .entry,
            buffer: SPEC_BUFFER_MEDIUM),
        Case(
            call: "sys_openat", fields: "args: [{index: 1, type: string}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_MEDIUM, threadMap: "pending_medium"),
        Case(
            call: "sys_openat",
            fields: "args: [{index: 1, type: string}, {index: 0, type: int}, "
                + "{index: 2, type: int}, {index: 3, type: int}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_MEDIUM, threadMap: "pending_medium"),
        Case(
            call: "sys_renameat",
            fields: "args: [{index: 1, type: string}, {index: 3, type: string}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_LARGE, threadMap: "pending_large"),
        // The caller's registers are gone when execve returns.
        Case(
            call: "sys_execve", fields: "args: [{index: 1, type: uint64}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_SMALL, threadMap: "pending_small"),
        Case(
            call: "sys_execve", fields: "args: [{index: 1, type: uint64}]", shape: .entry,
            record: 56),
        // An out-parameter is read at return, whether the result is reported or not.
        Case(
            call: "sys_pipe2", fields: array("size: 1, returnCopy: true"), shape: .return,
            record: 56),
        Case(call: "sys_pipe2", fields: array("returnCopy: true"), shape: .return, record: 64),
        Case(
            call: "sys_pipe2", fields: array("size: 256, returnCopy: true"), shape: .return,
            record: 1080),
        Case(call: "sys_pipe2", fields: array("size: 256"), shape: .entry, record: 1080),
        Case(
            call: "sys_pipe2", fields: array("sizeArgIndex: 2, returnCopy: true"), shape: .return,
            buffer: SPEC_BUFFER_MEDIUM),
        // 32 + 16 + 440 + 24 is the last that fits into the small buffer.
        Case(
            call: "sys_pipe2", fields: array("size: 109") + "\n" + result, shape: .pair,
            buffer: SPEC_BUFFER_SMALL, threadMap: "pending_small"),
        Case(
            call: "sys_pipe2", fields: array("size: 110") + "\n" + result, shape: .pair,
            buffer: SPEC_BUFFER_MEDIUM, threadMap: "pending_medium"),
        Case(
            call: "sys_pipe2", fields: array("sizeArgIndex: 2") + "\n" + result, shape: .pair,
            buffer: SPEC_BUFFER_MEDIUM, threadMap: "pending_medium"),
    ]

    @Test(
        "a hook gets the cheapest programs and memory that serve it, by any method",
        arguments: cases)
    func shape(expected: Case) throws {
        let plan = try plan(expected.call, expected.fields)
        let maps =
            if let threadMap = expected.threadMap {
                ["counters", threadMap]
            } else if expected.buffer > 0 {
                ["counters", "scratch:\(64 + expected.buffer)"]
            } else {
                ["counters"]
            }
        #expect(plan.attempts.count >= 3)
        for attempt in plan.attempts {
            attempt.expect(expected.shape, record: expected.record, buffer: expected.buffer)
            #expect(attempt.mapNames == maps)
        }
    }

    @Test("a return is attached before the entry, so that a call seen to enter is seen to return")
    func moments() {
        #expect(Attempt.Shape.entry.moments == [.entry])
        #expect(Attempt.Shape.return.moments == [.return])
        #expect(Attempt.Shape.pair.moments == [.return, .entry])
    }

    @Test("only calls that return twice ignore the child's zero")
    func forks() throws {
        #expect(try plan("sys_clone", result).attempts[0].spec().ignores_zero == 1)
        #expect(try plan("sys_getpid", result).attempts[0].spec().ignores_zero == 0)
    }

    @Test("values of a fixed record stand behind each other, a nop takes no room")
    func offsets() throws {
        let plan = try plan(
            "sys_socketpair",
            """
            args:
            - {index: 0, type: int}
            - {index: 1, type: nop}
            - {index: 3, type: int32_arr, size: 2, returnCopy: true, label: fds}
            - {index: 2, type: size_t}
            return: true
            returnArg: {type: int}
            """)
        let spec = plan.attempts[0].spec()
        #expect(spec.values.count == 4)
        let arguments = [spec.arguments.0, spec.arguments.1, spec.arguments.2, spec.arguments.3]
        #expect(arguments.map(\.offset) == [32, 56, 88, 0])
        #expect(spec.result.offset == 112)
        #expect(spec.record_size == 136)
        // The place in the policy's list, which the nop keeps.
        #expect(arguments.map(\.position) == [0, 2, 3, 0])
        #expect(arguments.map(\.parameter) == [0, 3, 2, 0])
        let types = [WIRE_TYPE_INT, WIRE_TYPE_INT32_ARR, WIRE_TYPE_SIZE, WIRE_TYPE_NONE]
        #expect(arguments.map(\.type) == types.map { UInt8($0.rawValue) })
        #expect(plan.description.labels == [nil, nil, "fds", nil])
    }

    /// What of an array's specification says how many elements it has.
    private func elements(_ call: String, _ fields: String) throws -> [UInt32] {
        let value = try plan(call, "args: [{index: 1, type: int32_arr, \(fields)}]")
            .attempts[0].spec().arguments.0
        return [UInt32(value.count_rule), value.count, value.room, UInt32(value.moment)]
    }

    @Test("a list's length comes from the policy, a parameter, or what the call returns")
    func countRules() throws {
        let (fixed, parameter) = (SPEC_COUNT_FIXED.rawValue, SPEC_COUNT_PARAMETER.rawValue)
        let (entry, atReturn) = (SPEC_MOMENT_ENTRY.rawValue, SPEC_MOMENT_RETURN.rawValue)
        #expect(try elements("sys_getgroups", "size: 7") == [fixed, 7, 32, entry])
        #expect(
            try elements("sys_setgroups", "sizeArgIndex: 1") == [parameter, 0, 1032, entry])
        #expect(
            try elements("sys_setgroups", "sizeArgIndex: 1, returnCopy: true")
                == [parameter, 0, 1032, atReturn])
        #expect(
            try elements("sys_getgroups", "sizeArgIndex: 1, returnCopy: true")
                == [SPEC_COUNT_RETURN.rawValue, 0, 1032, atReturn])
        // At entry the call has not said yet how many it writes.
        #expect(
            try elements("sys_getgroups", "sizeArgIndex: 1") == [parameter, 0, 1032, entry])
    }

    @Test("a hook that takes over from a pair is one too, and keeps its method")
    func paired() throws {
        let plan = try plan("sys_close", "args: [{index: 0, type: int}]\n" + result)
        for attempt in plan.attempts {
            attempt.expect(.return, record: 80, buffer: 0)
            let pair = attempt.paired
            pair.expect(.pair, record: 0, buffer: SPEC_BUFFER_SMALL)
            #expect(pair.method == attempt.method)
            #expect(pair.mapNames == ["counters", "pending_small"])
            #expect(pair.spec().values.count == 2)
            #expect(pair.paired == pair)
        }
        let entry = try LoweringTests.plan("sys_close").attempts[0]
        #expect(entry.paired == entry)
    }
}

@Suite("Shapes and sizes of hooks on functions")
struct FunctionShapeTests {
    /// A hook on a function, and what it becomes by trampolines and by kprobes.
    struct FunctionCase: Sendable, CustomTestStringConvertible {
        let call: String
        let fields: String
        let fentry: Attempt.Shape
        let kprobe: Attempt.Shape
        /// Sizes, of the record where it is fixed and of the buffer where it varies.
        var record: (fentry: UInt32, kprobe: UInt32) = (0, 0)
        var buffer: (fentry: Int32, kprobe: Int32) = (0, 0)

        var testDescription: String { "\(call) \(fields.replacing("\n", with: "; "))" }
    }

    static let cases = [
        FunctionCase(
            call: "do_pipe2", fields: "", fentry: .entry, kprobe: .entry, record: (32, 32)),
        FunctionCase(
            call: "do_pipe2", fields: "args: [{index: 1, type: int}]", fentry: .entry,
            kprobe: .entry, record: (56, 56)),
        // Only a trampoline keeps the parameters.
        FunctionCase(
            call: "do_pipe2", fields: "args: [{index: 1, type: int}]\n" + result,
            fentry: .return, kprobe: .pair, record: (80, 0), buffer: (0, SPEC_BUFFER_SMALL)),
        FunctionCase(
            call: "do_pipe2", fields: "args: [{index: 0, type: int32_arr, returnCopy: true}]",
            fentry: .return, kprobe: .pair, record: (64, 0), buffer: (0, SPEC_BUFFER_SMALL)),
        FunctionCase(
            call: "do_pipe2", fields: result, fentry: .return, kprobe: .return, record: (56, 56)),
        FunctionCase(
            call: "do_pipe2", fields: "args: [{index: 1, type: nop}]\n" + result,
            fentry: .return, kprobe: .return, record: (56, 56)),
        FunctionCase(
            call: "kstrdup", fields: "args: [{index: 0, type: string}]", fentry: .entry,
            kprobe: .entry, buffer: (SPEC_BUFFER_MEDIUM, SPEC_BUFFER_MEDIUM)),
        FunctionCase(
            call: "kstrdup",
            fields: "args: [{index: 0, type: string}]\nreturn: true\nreturnArg: {type: string}",
            fentry: .pair, kprobe: .pair, buffer: (SPEC_BUFFER_LARGE, SPEC_BUFFER_LARGE)),
        FunctionCase(
            call: "kstrdup", fields: "return: true\nreturnArg: {type: string}", fentry: .return,
            kprobe: .return, buffer: (SPEC_BUFFER_MEDIUM, SPEC_BUFFER_MEDIUM)),
        // How many elements the result has is in a parameter.
        FunctionCase(
            call: "get_list",
            fields: "return: true\nreturnArg: {type: int32_arr, sizeArgIndex: 2}",
            fentry: .return, kprobe: .pair, buffer: (SPEC_BUFFER_MEDIUM, SPEC_BUFFER_MEDIUM)),
        FunctionCase(
            call: "get_list", fields: "return: true\nreturnArg: {type: int32_arr, size: 3}",
            fentry: .return, kprobe: .return, record: (64, 64)),
    ]

    @Test("a function's parameters are saved where nothing else keeps them", arguments: cases)
    func shape(expected: FunctionCase) throws {
        let plan = try plan(expected.call, "syscall: false\n" + expected.fields)
        #expect(Set(plan.attempts.map(\.method)) == [.fentry, .kprobeMulti, .kprobe])
        for attempt in plan.attempts {
            let isFentry = attempt.method == .fentry
            let shape = isFentry ? expected.fentry : expected.kprobe
            let buffer = isFentry ? expected.buffer.fentry : expected.buffer.kprobe
            attempt.expect(
                shape, record: isFentry ? expected.record.fentry : expected.record.kprobe,
                buffer: buffer)
            let scratch = buffer > 0 ? ["scratch:\(64 + buffer)"] : []
            let frames = shape == .pair ? ["frames:\(64 + buffer)"] : []
            #expect(attempt.mapNames == ["counters"] + scratch + frames)
        }
    }

    @Test("a function that takes over from a pair keeps its frames")
    func paired() throws {
        let attempt = try plan("do_pipe2", "syscall: false\n" + result).attempts[0].paired
        attempt.expect(.pair, record: 0, buffer: SPEC_BUFFER_SMALL)
        #expect(attempt.mapNames == ["counters", "scratch:576", "frames:576"])
    }

    @Test(
        "the rest of the register that a result is in does not count",
        arguments: [("do_pipe2", 4), ("vfs_read", 8), ("kstrdup", 8), ("nf_hook", 8)]
            as [(String, UInt32)])
    func resultBytes(call: String, bytes: UInt32) throws {
        let plan = try plan(call, "syscall: false\nreturn: true\nreturnArg: {type: uint64}")
        #expect(plan.attempts.map { $0.spec().result_bytes } == plan.attempts.map { _ in bytes })
    }
}
