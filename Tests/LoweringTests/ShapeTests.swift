import CWire
import Lowering
import Testing

/// A hook, and what it must become.
struct Case: Sendable, CustomTestStringConvertible {
    let call: String
    let fields: String
    let shape: HookPlan.Shape
    var buffer: Int32 = 0
    var record: UInt32 = 0
    var pendingMap: String?

    var testDescription: String { "\(call) \(fields.replacing("\n", with: "; "))" }
}

extension HookPlan {
    /// The configuration as the kernel sees it.
    var specification: hook_spec {
        specification(hook: 1, followSets: followed.indices.map { UInt8($0 + 1) })
            .withUnsafeBytes { $0.loadUnaligned(as: hook_spec.self) }
    }
}

@Suite("Shapes and sizes of hooks")
struct ShapeTests {
    private static let result = "return: true\nreturnArg: {type: int}"

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
            buffer: SPEC_BUFFER_LARGE),
        Case(
            call: "sys_openat", fields: "args: [{index: 1, type: string}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_MEDIUM, pendingMap: "pending_medium"),
        Case(
            call: "sys_openat",
            fields: "args: [{index: 1, type: string}, {index: 0, type: int}, "
                + "{index: 2, type: int}, {index: 3, type: int}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_MEDIUM, pendingMap: "pending_medium"),
        Case(
            call: "sys_renameat",
            fields: "args: [{index: 1, type: string}, {index: 3, type: string}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_LARGE, pendingMap: "pending_large"),
        // The caller's registers are gone when execve returns.
        Case(
            call: "sys_execve", fields: "args: [{index: 1, type: uint64}]\n" + result,
            shape: .pair, buffer: SPEC_BUFFER_SMALL, pendingMap: "pending_small"),
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
            buffer: SPEC_BUFFER_LARGE),
        // 32 + 16 + 440 + 24 is the last that fits into the small buffer.
        Case(
            call: "sys_pipe2", fields: array("size: 109") + "\n" + result, shape: .pair,
            buffer: SPEC_BUFFER_SMALL, pendingMap: "pending_small"),
        Case(
            call: "sys_pipe2", fields: array("size: 110") + "\n" + result, shape: .pair,
            buffer: SPEC_BUFFER_MEDIUM, pendingMap: "pending_medium"),
        Case(
            call: "sys_pipe2", fields: array("sizeArgIndex: 2") + "\n" + result, shape: .pair,
            buffer: SPEC_BUFFER_MEDIUM, pendingMap: "pending_medium"),
    ]

    @Test("a hook gets the cheapest programs and memory that serve it", arguments: cases)
    func shape(expected: Case) throws {
        let plan = try plan(expected.call, expected.fields)
        let spec = plan.specification
        #expect(plan.shape == expected.shape)
        #expect(spec.buffer_size == UInt32(expected.buffer))
        #expect(spec.record_size == expected.record)
        #expect(plan.pendingMap == expected.pendingMap)
        let number =
            switch expected.shape {
            case .entry: SPEC_SHAPE_ENTRY
            case .return: SPEC_SHAPE_RETURN
            case .pair: SPEC_SHAPE_PAIR
            }
        #expect(spec.shape == number.rawValue)
        #expect(plan.shape.attachesAtEntry == (expected.shape != .return))
        #expect(plan.shape.attachesAtReturn == (expected.shape != .entry))
    }

    @Test("only calls that return twice ignore the child's zero")
    func forks() throws {
        #expect(try plan("sys_clone", Self.result).specification.ignores_zero == 1)
        #expect(try plan("sys_getpid", Self.result).specification.ignores_zero == 0)
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
        let spec = plan.specification
        #expect(spec.value_count == 4)
        #expect(spec.arguments.0.offset == 32)
        #expect(spec.arguments.1.offset == 56)
        #expect(spec.arguments.2.offset == 88)
        #expect(spec.result.offset == 112)
        #expect(spec.record_size == 136)
        // The place in the policy's list, which the nop keeps.
        #expect(
            [spec.arguments.0.position, spec.arguments.1.position, spec.arguments.2.position]
                == [0, 2, 3])
        #expect(spec.arguments.1.type == UInt8(WIRE_TYPE_INT32_ARR.rawValue))
        #expect(spec.arguments.1.parameter == 3)
        #expect(plan.labels == [nil, nil, "fds", nil])
    }

    @Test("a list's length comes from the policy, a parameter, or what the call returns")
    func countRules() throws {
        func value(_ call: String, _ fields: String) throws -> spec_argument {
            try plan(call, "args: [{index: 1, type: int32_arr, \(fields)}]")
                .specification.arguments.0
        }
        let fixed = try value("sys_getgroups", "size: 7")
        #expect(fixed.count_rule == UInt8(SPEC_COUNT_FIXED.rawValue))
        #expect(fixed.count == 7)
        #expect(fixed.room == 32)
        let parameter = try value("sys_setgroups", "sizeArgIndex: 1")
        #expect(parameter.count_rule == UInt8(SPEC_COUNT_PARAMETER.rawValue))
        #expect(parameter.count == 0)
        #expect(parameter.room == 1032)
        let written = try value("sys_getgroups", "sizeArgIndex: 1, returnCopy: true")
        #expect(written.count_rule == UInt8(SPEC_COUNT_RETURN.rawValue))
        #expect(written.moment == UInt8(SPEC_MOMENT_RETURN.rawValue))
        // At entry the call has not said yet how many it writes.
        let early = try value("sys_getgroups", "sizeArgIndex: 1")
        #expect(early.count_rule == UInt8(SPEC_COUNT_PARAMETER.rawValue))
        #expect(early.moment == UInt8(SPEC_MOMENT_ENTRY.rawValue))
    }
}
