import CLibBPF
import Glibc

/// The functions that the kernel's type information (BTF) knows.
@safe
public final class KernelFunctions {
    /// BTF_KIND_FUNC, which the headers define twice.
    private static let functionKind: UInt32 = 12
    private let types: OpaquePointer

    /// Reads the running kernel's BTF, about 6 MB: btf__load_vmlinux_btf.
    public init() throws(KernelError) {
        let types = unsafe btf__load_vmlinux_btf()
        guard let types = unsafe types else { throw KernelError(.readBTF, status: errno) }
        unsafe self.types = unsafe types
    }

    /// Whether the kernel has a function of this name: btf__find_by_name_kind.
    public func contains(_ name: String) -> Bool {
        unsafe btf__find_by_name_kind(types, name, Self.functionKind) > 0
    }

    deinit { unsafe btf__free(types) }
}
