import CLibBPF
import Foundation
import Testing

@testable import Kernel

/// Types that libbpf writes, for the reader to be held against.
private final class Builder {
    let handle: OpaquePointer
    init(on base: Builder? = nil) throws {
        handle = try #require(base.map { btf__new_empty_split($0.handle) } ?? btf__new_empty())
    }
    deinit { btf__free(handle) }

    func write() throws -> String {
        var size: UInt32 = 0
        let bytes = try #require(btf__raw_data(handle, &size))
        let path = NSTemporaryDirectory() + "martlet-btf-\(UUID().uuidString)"
        try Data(bytes: bytes, count: Int(size)).write(to: URL(fileURLWithPath: path))
        return path
    }

    func read(module: String? = nil, base: BTF? = nil) throws -> BTF {
        let path = try write()
        defer { unlink(path) }
        return try BTF(contentsOf: path, module: module, base: base)
    }

    func function(_ name: String, _ result: Int32, _ parameters: [(String?, Int32)]) -> Int32 {
        let prototype = btf__add_func_proto(handle, result)
        for (name, type) in parameters { btf__add_func_param(handle, name, type) }
        return btf__add_func(handle, name, BTF_FUNC_STATIC, prototype)
    }
}

@Suite("Type information")
struct BTFTests {
    private let builder: Builder
    private let int: Int32
    private let path: Int32

    init() throws {
        builder = try Builder()
        int = btf__add_int(builder.handle, "int", 4, Int32(BTF_INT_SIGNED))
        path = btf__add_struct(builder.handle, "path", 16)
    }

    private func types(_ id: Int32, _ result: Int32 = 0) throws -> FunctionPrototype {
        _ = builder.function("f", result, [("a", id)])
        let types = KernelTypes(kernel: try builder.read(), modules: [])
        return try #require(types.function(named: "f"))
    }

    @Test("qualifiers stand where C puts them")
    func qualifiers() throws {
        let handle = builder.handle
        let constPath = btf__add_const(handle, path)
        let pointer = btf__add_ptr(handle, constPath)
        let function = try types(btf__add_const(handle, btf__add_ptr(handle, pointer)))
        #expect(function.declaration == "void f(const struct path **const a)")
        #expect(function.parameters[0].type.text == "const struct path **const")
        #expect(function.parameters[0].type.kind == .pointer(to: nil, user: false))
        let plain = try types(pointer)
        #expect(plain.name == "f")
    }

    @Test("pointers to functions and arrays have parentheses")
    func functionPointers() throws {
        let handle = builder.handle
        let pointer = btf__add_ptr(handle, 0)
        let prototype = btf__add_func_proto(handle, int)
        btf__add_func_param(handle, "x", pointer)
        btf__add_func_param(handle, nil, 0)
        let function = try types(btf__add_ptr(handle, prototype), btf__add_ptr(handle, 0))
        #expect(function.declaration == "void *f(int (*a)(void *x, ...))")
        #expect(function.result?.kind == .pointer(to: "void", user: false))
        #expect(function.parameters[0].type.text == "int (*)(void *x, ...)")
    }

    @Test("an array keeps its length, and a pointer to one its parentheses")
    func arrays() throws {
        let handle = builder.handle
        let array = btf__add_array(handle, int, int, 4)
        let function = try types(btf__add_ptr(handle, array))
        #expect(function.declaration == "void f(int (*a)[4])")
    }

    @Test("the kernel's mark of user memory is told")
    func user() throws {
        let handle = builder.handle
        let tagged = btf__add_type_tag(handle, "user", int)
        let function = try types(btf__add_ptr(handle, tagged))
        #expect(function.declaration == "void f(int __user *a)")
        #expect(function.parameters[0].type.kind == .pointer(to: "int", user: true))
    }

    @Test("typedefs keep their name in the text, and are seen through in the kind")
    func typedefs() throws {
        let handle = builder.handle
        let unsigned = btf__add_int(handle, "unsigned int", 4, 0)
        let u32 = btf__add_typedef(handle, "u32", unsigned)
        let function = try types(btf__add_ptr(handle, btf__add_const(handle, u32)), u32)
        #expect(function.declaration == "u32 f(const u32 *a)")
        #expect(function.result?.kind == .integer(bytes: 4, signed: false))
        #expect(function.parameters[0].type.kind == .pointer(to: "unsigned int", user: false))
    }

    @Test("a structure without a name is known by its typedef")
    func anonymous() throws {
        let handle = builder.handle
        let anonymous = btf__add_struct(handle, nil, 24)
        let named = btf__add_typedef(handle, "kernel_cap_t", anonymous)
        let function = try types(btf__add_ptr(handle, named), named)
        #expect(function.declaration == "kernel_cap_t f(kernel_cap_t *a)")
        #expect(function.parameters[0].type.kind == .pointer(to: "kernel_cap_t", user: false))
        #expect(function.result?.kind == .structure(bytes: 24))
    }

    @Test("booleans and enumerations are no plain integers")
    func enumerations() throws {
        let handle = builder.handle
        let bool = btf__add_int(handle, "_Bool", 1, Int32(BTF_INT_BOOL))
        let colour = btf__add_enum(handle, "colour", 4)
        btf__add_enum_value(handle, "RED", 1)
        let function = try types(colour, bool)
        #expect(function.declaration == "_Bool f(enum colour a)")
        #expect(function.result?.kind == .boolean)
        #expect(function.parameters[0].type.kind == .enumeration(bytes: 4, signed: false))
    }

    @Test("the dots of a variadic function are no parameter")
    func variadic() throws {
        _ = builder.function("printk", int, [("fmt", btf__add_ptr(builder.handle, int)), (nil, 0)])
        _ = builder.function("nothing", 0, [])
        let types = KernelTypes(kernel: try builder.read(), modules: [])
        let printk = try #require(types.function(named: "printk"))
        #expect(printk.declaration == "int printk(int *fmt, ...)")
        #expect(printk.parameters.count == 1)
        #expect(types.function(named: "nothing")?.declaration == "void nothing(void)")
    }

    @Test("a module's functions use the kernel's types, and are found with them")
    func modules() throws {
        let pointer = btf__add_ptr(builder.handle, path)
        _ = builder.function("vfs_sync", int, [("path", pointer)])
        let module = try Builder(on: builder)
        let inode = btf__add_struct(module.handle, "ext4_inode", 256)
        _ = module.function(
            "ext4_sync", int, [("path", pointer), ("inode", btf__add_ptr(module.handle, inode))])
        let kernel = try builder.read()
        let types = KernelTypes(
            kernel: kernel, modules: [try module.read(module: "ext4", base: kernel)])

        let function = try #require(types.function(named: "ext4_sync"))
        #expect(function.module == "ext4")
        #expect(
            function.declaration == "int ext4_sync(struct path *path, struct ext4_inode *inode)")
        #expect(function.btfID >= kernel.ids.upperBound)
        #expect(types.function(named: "vfs_sync")?.module == nil)
        #expect(types.contains("ext4_sync"))
        let found = types.functions(matching: "sync", limit: 9)
        #expect(found.functions.map(\.name) == ["ext4_sync", "vfs_sync"])
        #expect(found.functions.map(\.module) == ["ext4", nil])
        #expect(Array(types.functionNames) == ["vfs_sync"])
    }

    @Test("damaged type information is refused, and never read past its end")
    func damage() throws {
        _ = builder.function("f", int, [("a", path)])
        let path = try builder.write()
        defer { unlink(path) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in 1..<whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: KernelError.self) { try BTF(contentsOf: path) }
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0..<3 {
                damaged[Int.random(in: 24..<damaged.count, using: &random)] = .random(in: 0...255)
            }
            try damaged.write(to: URL(fileURLWithPath: path))
            guard let btf = try? BTF(contentsOf: path) else { continue }
            let types = KernelTypes(kernel: btf, modules: [])
            // Whatever it says, it says it without trapping.
            _ = types.functions(matching: "", limit: 100)
            _ = types.rawTracepoint("f")
        }
    }
}
