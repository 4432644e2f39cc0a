import CLibBPF
import Foundation
import Testing

@testable import Kernel

@Suite("The kernel's functions, compared with what libbpf makes of them", .requiresBPF)
struct LibbpfComparisonTests {
    /// Collects what libbpf prints.
    private final class Output {
        var text = ""
    }

    private final class Dump {
        let types: OpaquePointer
        let dump: OpaquePointer
        private let output = Output()

        init() throws {
            types = try #require(btf__load_vmlinux_btf())
            let print: btf_dump_printf_fn_t = { context, format, arguments in
                guard let context, let format, let arguments else { return }
                var text = [CChar](repeating: 0, count: 4096)
                vsnprintf(&text, text.count, format, arguments)
                Unmanaged<Output>.fromOpaque(context).takeUnretainedValue().text +=
                    String(
                        decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
                        as: UTF8.self)
            }
            let context = Unmanaged.passUnretained(output).toOpaque()
            dump = try #require(btf_dump__new(types, print, context, nil))
        }

        deinit {
            btf_dump__free(dump)
            btf__free(types)
        }

        func name(of id: UInt32) -> String? {
            btf__type_by_id(types, id).flatMap { btf__name_by_offset(types, $0.pointee.name_off) }
                .map { String(cString: $0) }
        }

        func declaration(of type: UInt32, naming name: String) -> String {
            var options = btf_dump_emit_type_decl_opts()
            options.sz = MemoryLayout<btf_dump_emit_type_decl_opts>.size
            output.text = ""
            name.withCString {
                options.field_name = $0
                btf_dump__emit_type_decl(dump, type, &options)
            }
            return output.text
        }
    }

    @Test("names, numbers and the types of parameters are the same")
    func functions() throws {
        let types = try KernelTypes()
        let dump = try Dump()
        let names = types.functionNames.sorted()
        let sample = stride(from: 0, to: names.count, by: 20).map { names[$0] }
        // Tags with a number, and qualifiers that stand together.
        let odd = ["bpf_arena_alloc_pages", "memcpy_fromio"].filter(types.functionNames.contains)
        for name in sample + odd {
            let function = try #require(types.function(named: name))
            #expect(dump.name(of: function.btfID) == name)
            let id = try #require(btf__type_by_id(dump.types, function.btfID)).pointee.type
            let prototype = try #require(btf__type_by_id(dump.types, id))
            let parameters = UnsafeRawPointer(prototype + 1).assumingMemoryBound(to: btf_param.self)
            for (index, parameter) in function.parameters.enumerated() {
                let theirs = dump.declaration(of: parameters[index].type, naming: "")
                #expect(plain(parameter.type.text) == plain(theirs), "\(name) \(index)")
            }
        }
    }

    /// Without what is a matter of taste: spaces, how libbpf spells tags and what is empty, in which
    /// order qualifiers stand, and the numbers that it gives to types of one name.
    private func plain(_ text: String) -> String {
        text.replacing(/__attribute__\(\(btf_type_tag\("([a-z_()0-9]+)"\)\)\)/) { "__\($0.1)" }
            .replacing("volatile const", with: "const volatile").replacing("(void)", with: "()")
            .replacing("[0]", with: "[]").replacing(/___[0-9]+/, with: "")
            .filter { $0 != " " && $0 != "\n" && $0 != "\t" }
    }
}
