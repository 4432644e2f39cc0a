import CWire
import Lowering
import Policy
import Testing

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
        """

    /// What is not zero in the specification of ``pipe2``, by offset.
    private static let golden: [(offset: Int, bytes: [UInt8])] = [
        (0, [0x04, 0x03, 0x02, 0x01]),  // hook 0x01020304
        (4, [0x02, 0x00, 0x00, 0x00]),  // shape: SPEC_SHAPE_RETURN
        (8, [0x00, 0x00, 0x00, 0x00]),  // ignores_zero: no
        (12, [0x70, 0x00, 0x00, 0x00]),  // record_size: 32 + 32 + 24 + 24
        (16, [0x00, 0x00, 0x00, 0x00]),  // buffer_size: none, for the size is fixed
        (20, [0x03, 0x00, 0x00, 0x00]),  // value_count: two arguments and the result
        // arguments[0]: WIRE_TYPE_INT32_ARR, parameter 0, position 0, at return, fixed
        (24, [0x2B, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00]),
        (32, [0x02, 0x00, 0x00, 0x00]),  // count
        (36, [0x10, 0x00, 0x00, 0x00]),  // room: 4 + 2 * 4, up to 16
        (40, [0x20, 0x00, 0x00, 0x00]),  // offset: behind wire_call
        // arguments[1]: WIRE_TYPE_INT, parameter 1, position 1, at entry
        (44, [0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00]),
        (52, [0x00, 0x00, 0x00, 0x00]),  // count: none
        (56, [0x08, 0x00, 0x00, 0x00]),  // room: a register
        (60, [0x40, 0x00, 0x00, 0x00]),  // offset: 32 + 16 + 16
        // result: WIRE_TYPE_INT, no parameter, WIRE_POSITION_RETURN, at return
        (124, [0x01, 0x00, 0xFF, 0x01, 0x00, 0x00, 0x00, 0x00]),
        (132, [0x00, 0x00, 0x00, 0x00]),  // count: none
        (136, [0x08, 0x00, 0x00, 0x00]),  // room
        (140, [0x58, 0x00, 0x00, 0x00]),  // offset: 64 + 16 + 8
        (144, [0x00, 0x00, 0x00, 0x00]),  // follows: no
        (148, [0x00, 0x00, 0x00, 0x00]),  // selector_count
    ]

    @Test("pipe2's is the annotated one, byte by byte")
    func goldenBytes() throws {
        let plan = try #require(try lower(Self.pipe2).plan(policy: "pipe2")?.hooks.first)
        var expected = [UInt8](repeating: 0, count: 892)
        for (offset, bytes) in Self.golden {
            expected.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        let bytes = plan.specification(hook: 0x0102_0304, followSets: [])
        #expect(bytes.count == expected.count)
        let different = zip(bytes, expected).enumerated()
            .filter { $1.0 != $1.1 }
            .map { "offset \($0): \($1.0) instead of \($1.1)" }
        #expect(different == [])
    }

    @Test("everything else that an event of pipe2 needs is in the plan")
    func pipe2Plan() throws {
        let plan = try #require(try lower(Self.pipe2).hooks.first)
        #expect(plan.systemCall == "pipe2")
        #expect(["__x64_sys_pipe2", "__arm64_sys_pipe2"].contains(plan.function))
        #expect(plan.labels == ["pipefd", "flags"])
        #expect(plan.reportsReturn)
        #expect(plan.pointer == "/spec/kprobes/0")
        #expect(plan.position.line == 7)
        #expect(plan.pendingMap == nil)
        #expect(plan.followed == [])
    }

    @Test("Swift lays the structs out as C asserts")
    func layout() {
        #expect(MemoryLayout<spec_argument>.size == 20)
        #expect(MemoryLayout<spec_argument>.offset(of: \.moment) == 3)
        #expect(MemoryLayout<spec_argument>.offset(of: \.count) == 8)
        #expect(MemoryLayout<spec_argument>.offset(of: \.room) == 12)
        #expect(MemoryLayout<spec_argument>.offset(of: \.offset) == 16)
        #expect(MemoryLayout<spec_pid_filter>.size == 36)
        #expect(MemoryLayout<spec_pid_filter>.offset(of: \.follow_set) == 1)
        #expect(MemoryLayout<spec_pid_filter>.offset(of: \.count) == 2)
        #expect(MemoryLayout<spec_pid_filter>.offset(of: \.values) == 4)
        #expect(MemoryLayout<spec_selector>.size == 148)
        #expect(MemoryLayout<hook_spec>.size == 892)
        #expect(MemoryLayout<hook_spec>.offset(of: \.arguments) == 24)
        #expect(MemoryLayout<hook_spec>.offset(of: \.result) == 124)
        #expect(MemoryLayout<hook_spec>.offset(of: \.follows) == 144)
        #expect(MemoryLayout<hook_spec>.offset(of: \.selectors) == 152)
    }
}
