import Glibc

/// Finds the functions of some type information by name.
///
/// A hash table of type numbers: the names stay where they are. One pass over
/// the types builds it.
struct FunctionIndex: Sendable {
    let types: BTF
    /// The functions, in the order of the type information.
    let functions: [UInt32]
    /// The typedefs `btf_trace_NAME`, which declare the raw tracepoints.
    private let rawTracepoints: [UInt32]
    /// Numbers of functions, 0 where free; its count is a power of two.
    private let slots: [UInt32]

    init(_ types: BTF) {
        self.types = types
        var functions: [UInt32] = []
        var rawTracepoints: [UInt32] = []
        for id in types.ids {
            let type = types.type(id)
            if type.kind == .function {
                functions.append(id)
            } else if type.kind == .typedef {
                let isRawTracepoint = unsafe types.withText(type.name) {
                    unsafe strncmp($0, "btf_trace_", 10) == 0
                }
                if isRawTracepoint { rawTracepoints.append(id) }
            }
        }
        self.functions = functions
        self.rawTracepoints = rawTracepoints
        slots = Self.table(of: functions, in: types)
    }

    private static func table(of functions: [UInt32], in types: BTF) -> [UInt32] {
        var capacity = 16
        while capacity < functions.count * 2 { capacity *= 2 }
        var slots = [UInt32](repeating: 0, count: capacity)
        for id in functions {
            let hash = unsafe types.withText(types.type(id).name) { unsafe Self.hash($0) }
            var slot = hash & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = id
        }
        return slots
    }

    /// FNV-1a.
    @inline(__always)
    private static func hash(_ text: UnsafePointer<CChar>) -> Int {
        var hash: UInt32 = 2_166_136_261
        var next = unsafe text
        while unsafe next.pointee != 0 {
            hash = (hash ^ UInt32(UInt8(bitPattern: unsafe next.pointee))) &* 16_777_619
            unsafe next += 1
        }
        return Int(hash)
    }

    /// The number of the function of exactly this name; the first, where there are several.
    func function(named name: String) -> UInt32? {
        unsafe name.withCString { wanted in
            var slot = unsafe Self.hash(wanted) & (slots.count - 1)
            while slots[slot] != 0 {
                let id = slots[slot]
                if unsafe types.withText(types.type(id).name, { unsafe strcmp($0, wanted) == 0 }) {
                    return id
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// The number of the typedef that declares a raw tracepoint.
    func rawTracepoint(_ event: String) -> UInt32? {
        let name = "btf_trace_" + event
        return unsafe name.withCString { wanted in
            rawTracepoints.first { id in
                unsafe types.withText(types.type(id).name) { unsafe strcmp($0, wanted) == 0 }
            }
        }
    }

    /// The name of a function.
    func name(of function: UInt32) -> String { types.text(types.type(function).name) }

    /// Shows the name of a function.
    @inline(__always)
    func withName<Result>(of function: UInt32, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe types.withText(types.type(function).name, body)
    }
}
