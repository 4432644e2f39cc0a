import Foundation
import Testing

@testable import Kernel

@Suite("The running kernel's functions", .requiresBPF)
struct KernelTypesTests {
    private static let types = Result { try KernelTypes() }

    private func function(_ name: String) throws -> FunctionPrototype {
        let types = try Self.types.get()
        return try #require(types.function(named: name), "\(name)")
    }

    @Test("do_pipe2 fills an array of the caller")
    func pipe2() throws {
        let function = try function("do_pipe2")
        #expect(function.name == "do_pipe2")
        #expect(function.module == nil)
        #expect(function.btfID > 0)
        #expect(function.result?.text == "int")
        #expect(function.result?.kind == .integer(bytes: 4, signed: true))
        #expect(function.parameters.map(\.name) == ["fildes", "flags"])
        guard case .pointer("int", _) = function.parameters[0].type.kind else {
            Issue.record("\(function.parameters[0].type)")
            return
        }
        #expect(function.parameters[1].type.kind == .integer(bytes: 4, signed: true))
        #expect(
            function.declaration.replacing("__user ", with: "")
                == "int do_pipe2(int *fildes, int flags)")
    }

    @Test("vfs_read takes a file, a buffer, a length and a position")
    func read() throws {
        let function = try function("vfs_read")
        #expect(
            function.declaration.replacing("__user ", with: "")
                == "ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)")
        #expect(function.result?.kind == .integer(bytes: 8, signed: true))
        #expect(function.parameters[0].type.kind == .pointer(to: "file", user: false))
        #expect(function.parameters[2].type.text == "size_t")
        #expect(function.parameters[2].type.kind == .integer(bytes: 8, signed: false))
        #expect(function.parameters[3].type.kind == .pointer(to: "long long int", user: false))
    }

    @Test(
        "well-known functions are declared as in the kernel's source",
        arguments: [
            "int security_file_open(struct file *file)",
            "int tcp_v4_connect(struct sock *sk, struct sockaddr *uaddr, int addr_len)",
            "void wake_up_new_task(struct task_struct *p)",
            "int filp_close(struct file *filp, fl_owner_t id)",
            "int security_path_truncate(const struct path *path)",
            "void tcp_close(struct sock *sk, long int timeout)",
            "bool capable(int cap)",
            "int bpf_fentry_test1(int a)",
        ])
    func declarations(declaration: String) throws {
        let name = try #require(declaration.prefix { $0 != "(" }.split { " *".contains($0) }.last)
        #expect(try function(String(name)).declaration == declaration)
    }

    @Test("what is returned by value, by pointer and not at all is told apart")
    func results() throws {
        #expect(try function("wake_up_new_task").result == nil)
        #expect(try function("capable").result?.kind == .boolean)
        #expect(
            try function("filp_open").result
                == CType(text: "struct file *", kind: .pointer(to: "file", user: false)))
    }

    @Test("raw tracepoints have the parameters that programs get")
    func rawTracepoints() throws {
        let types = try Self.types.get()
        let exec = try #require(types.rawTracepoint("sched_process_exec"))
        #expect(exec.parameters.map(\.name).count == 3)
        #expect(
            exec.parameters.map(\.type.text)
                == ["struct task_struct *", "pid_t", "struct linux_binprm *"])
        #expect(exec.result == nil)
        #expect(
            exec.declaration.hasPrefix("void sched_process_exec(struct task_struct *"))
        #expect(types.rawTracepoint("sys_enter")?.parameters.count == 2)
        #expect(types.rawTracepoint("no_such_event") == nil)
    }

    @Test("a search gives the exact name, then beginnings, then the rest, each in order")
    func search() throws {
        let types = try Self.types.get()
        let found = types.functions(matching: "vfs_read", limit: 500)
        let names = found.functions.map(\.name)
        #expect(found.total == names.count)
        #expect(names.first == "vfs_read")
        let beginnings = names.dropFirst().prefix { $0.hasPrefix("vfs_read") }
        let others = names.dropFirst(1 + beginnings.count)
        #expect(beginnings.contains("vfs_readlink"))
        #expect(Array(beginnings) == beginnings.sorted())
        #expect(others.allSatisfy { $0.contains("vfs_read") && !$0.hasPrefix("vfs_read") })
        #expect(Array(others) == others.sorted())
        let first = types.functions(matching: "vfs_read", limit: 2)
        #expect(first.total == found.total)
        #expect(first.functions == Array(found.functions.prefix(2)))
        #expect(types.functions(matching: "VFS_READ", limit: 5).total == 0)
    }

    @Test("an asterisk stands for any text")
    func globs() throws {
        let types = try Self.types.get()
        let names = types.functions(matching: "vfs_*link", limit: 100).functions.map(\.name)
        #expect(names.contains("vfs_link") && names.contains("vfs_readlink"))
        #expect(names.allSatisfy { $0.hasPrefix("vfs_") && $0.hasSuffix("link") })
        #expect(types.functions(matching: "*", limit: 1).total > 10_000)
        #expect(
            types.functions(matching: "*fs_r*d", limit: 500).functions.contains {
                $0.name == "vfs_read"
            })
        #expect(types.functions(matching: "vfs_read*", limit: 1).functions[0].name == "vfs_read")
        // Endless for a matcher that tries every division.
        let hostile = String(repeating: "*_", count: 60) + "*!"
        #expect(types.functions(matching: hostile, limit: 1).total == 0)
    }

    @Test("every name leads back to its function, and every function can be declared")
    func names() throws {
        let types = try Self.types.get()
        let names = Array(types.functionNames)
        #expect(names.count > 10_000)
        for name in names.shuffled().prefix(1000) {
            let function = try #require(types.function(named: name))
            #expect(function.name == name)
            #expect(function.declaration.contains("\(name)("))
            #expect(!function.declaration.contains("  "))
        }
    }

    @Test(
        "functions of loaded modules are found with the kernel's",
        .enabled("needs a loaded module that describes itself") {
            namesOfFiles(in: "/sys/kernel/btf").contains { $0 != "vmlinux" }
        })
    func modules() throws {
        let types = try Self.types.get()
        let symbols = KernelSymbols()
        for module in types.loadedModules() {
            let names = module.functions.shuffled().prefix(5).map { module.name(of: $0) }
            let known = symbols.symbols(named: Set(names))
            for name in names {
                let found = types.functions(matching: name, limit: 100).functions
                let function = try #require(found.first { $0.module == module.types.module })
                #expect(function.name == name)
                #expect(function.declaration.contains("\(name)("))
                #expect(types.contains(name))
                // The compiler may have left nothing of it but a variant.
                let modules = known[name]?.modules ?? []
                #expect(modules.isEmpty || modules.contains(function.module ?? ""))
            }
        }
    }

    @Test("types are held as long as the cache keeps them")
    func held() throws {
        let cache = KernelTypesCache(keepingFor: 3600)
        #expect(!cache.isHolding)
        #expect(try cache.types() === cache.types())
        #expect(cache.isHolding)
    }

    @Test("types are dropped when nobody asks for them, and read again for the next")
    func dropped() async throws {
        let cache = KernelTypesCache(keepingFor: 0.05)
        weak let first = try cache.types()
        let deadline = ContinuousClock.now + .seconds(10)
        while cache.isHolding || first != nil, ContinuousClock.now < deadline {
            await Task.yield()
        }
        #expect(!cache.isHolding)
        #expect(first == nil)
        #expect(try cache.types().contains("vfs_read"))
    }
}
