import CWire
import Testing

@testable import Events

@Suite("The wire format, as Swift imports it")
struct WireLayoutTests {
    @Test("structures have the sizes that the C header asserts")
    func sizes() {
        #expect(MemoryLayout<wire_header>.size == 24)
        #expect(MemoryLayout<wire_call>.size == 32)
        #expect(MemoryLayout<wire_value>.size == 16)
        #expect(MemoryLayout<wire_text>.size == 12)
        #expect(MemoryLayout<wire_credentials>.size == 64)
        #expect(MemoryLayout<wire_task>.size == 144)
        #expect(MemoryLayout<wire_exec>.size == 256)
        #expect(MemoryLayout<wire_fork>.size == 168)
        #expect(MemoryLayout<wire_exit>.size == 32)
    }

    @Test("fields stand where the kernel side puts them")
    func offsets() {
        #expect(MemoryLayout<wire_header>.offset(of: \.kind) == 2)
        #expect(MemoryLayout<wire_header>.offset(of: \.size) == 4)
        #expect(MemoryLayout<wire_header>.offset(of: \.time_ns) == 8)
        #expect(MemoryLayout<wire_header>.offset(of: \.tgid) == 16)
        #expect(MemoryLayout<wire_header>.offset(of: \.tid) == 20)
        #expect(MemoryLayout<wire_call>.offset(of: \.hook) == 24)
        #expect(MemoryLayout<wire_call>.offset(of: \.target) == 28)
        #expect(MemoryLayout<wire_call>.offset(of: \.selector) == 30)
        #expect(MemoryLayout<wire_call>.offset(of: \.enforcement) == 31)
        #expect(MemoryLayout<wire_value>.offset(of: \.size) == 4)
        #expect(MemoryLayout<wire_value>.offset(of: \.room) == 8)
        #expect(MemoryLayout<wire_value>.offset(of: \.length) == 12)
        #expect(MemoryLayout<wire_task>.offset(of: \.cgroup) == 32)
        #expect(MemoryLayout<wire_task>.offset(of: \.credentials) == 40)
        #expect(MemoryLayout<wire_task>.offset(of: \.namespaces) == 104)
        #expect(MemoryLayout<wire_exec>.offset(of: \.inode) == 168)
        #expect(MemoryLayout<wire_exec>.offset(of: \.filename) == 184)
        #expect(MemoryLayout<wire_fork>.offset(of: \.child) == 24)
        #expect(MemoryLayout<wire_exit>.offset(of: \.code) == 24)
    }

    @Test("constants are the ones that records were written with")
    func constants() {
        #expect(WIRE_VERSION == 2)
        #expect(WIRE_STRING_MAX == 4096)
        #expect(WIRE_INT32_ARR_MAX == 256)
        #expect(WIRE_POSITION_RETURN == 255)
        #expect(WIRE_KIND_EXIT.rawValue == 4)
        #expect(WIRE_TYPE_INT32_ARR.rawValue == 43)
        #expect(WIRE_STATUS_NOT_WRITTEN.rawValue == 4)
    }
}
