import Glibc
import Synchronization

/// The functions and raw tracepoints of the running kernel, from its own type information (BTF).
///
/// Holds 2 MB, and 6 MB more before Linux 6.16: keep it for as long as there are questions, see
/// ``KernelTypesCache``.
public final class KernelTypes: Sendable {
    private let kernel: FunctionIndex
    /// Read when the kernel itself has no answer.
    private let modules = Mutex<[FunctionIndex]?>(nil)

    private static let directory = "/sys/kernel/btf"

    /// Reads and indexes the type information of vmlinux.
    public init() throws(KernelError) {
        kernel = FunctionIndex(try BTF.ofKernel())
    }

    /// Indexes other type information than the running kernel's.
    init(kernel: BTF, modules: [BTF]) {
        self.kernel = FunctionIndex(kernel)
        self.modules.withLock { $0 = modules.map(FunctionIndex.init) }
    }

    /// The prototype of the function of exactly this name, of the kernel or of a module.
    public func function(named name: String) -> FunctionPrototype? {
        if let id = kernel.function(named: name) { return kernel.types.function(id) }
        for module in loadedModules() {
            if let id = module.function(named: name) { return module.types.function(id) }
        }
        return nil
    }

    /// Whether the kernel or a module has a function of this name.
    public func contains(_ name: String) -> Bool {
        kernel.function(named: name) != nil
            || loadedModules().contains { $0.function(named: name) != nil }
    }

    /// Searches the functions of the kernel and its modules, by case.
    ///
    /// - Parameters:
    ///   - text: a part of the name, or a pattern in which `*` stands for any text.
    ///   - limit: how many prototypes are wanted.
    /// - Returns: the exact name first, then names that begin with the text, then the others.
    public func functions(matching text: String, limit: Int) -> FunctionMatches {
        FunctionSearch(text).matches(in: [kernel] + loadedModules(), limit: limit)
    }

    /// The names of the kernel's own functions, made one after the other.
    public var functionNames: some Sequence<String> {
        kernel.functions.lazy.map { [kernel] in kernel.name(of: $0) }
    }

    /// What a raw tracepoint passes to its programs, such as `sched_process_exec`.
    ///
    /// The number is that of a typedef, which programs of type `tp_btf` attach to.
    public func rawTracepoint(_ event: String) -> FunctionPrototype? {
        for index in [kernel] + loadedModules() {
            if let id = index.rawTracepoint(event) {
                return index.types.rawTracepoint(id, name: event)
            }
        }
        return nil
    }

    /// The functions of modules that were loaded when somebody first asked for them.
    func loadedModules() -> [FunctionIndex] {
        modules.withLock { modules in
            if let modules { return modules }
            let names = namesOfFiles(in: Self.directory).filter { $0 != "vmlinux" }.sorted()
            // One that is unloaded meanwhile has no functions any more.
            let loaded = names.compactMap { name in
                try? BTF(
                    contentsOf: "\(Self.directory)/\(name)", module: name, base: kernel.types)
            }
            let indexes = loaded.map(FunctionIndex.init)
            modules = indexes
            return indexes
        }
    }
}
