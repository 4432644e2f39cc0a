import Glibc

/// The kernel's description of its own types (BTF): of vmlinux, or of a module on top of it.
///
///     header | types, numbered from 1 | strings
///
/// A module's numbers and strings go on where vmlinux's end. Read here and not
/// by libbpf: it copies the same 6 MB twice, into memory from malloc(3) that
/// stays with the process, and it finds a name by walking over all types.
@safe
final class BTF: @unchecked Sendable {  // nothing changes after init
    /// The module that it describes, or nil for vmlinux.
    let module: String?
    private let base: BTF?
    private let bytes: UnsafeRawBufferPointer
    private let strings: Range<Int>
    /// Where each type begins, by its number.
    private let offsets: [UInt32]

    /// The numbers of the types that are described here.
    let ids: Range<UInt32>

    /// Reads `/sys/kernel/btf/vmlinux`.
    static func ofKernel() throws(KernelError) -> BTF {
        try BTF(contentsOf: "/sys/kernel/btf/vmlinux")
    }

    /// Maps a file of type information, or reads it into memory of its own: mmap(2), read(2).
    init(contentsOf path: String, module: String? = nil, base: BTF? = nil) throws(KernelError) {
        let bytes = unsafe try Self.read(path)
        do {
            let layout = unsafe try Layout(bytes)
            let firstID = base?.ids.upperBound ?? 1
            offsets = unsafe try layout.offsetsOfTypes(in: bytes)
            ids = firstID..<firstID + UInt32(offsets.count)
            strings = layout.strings
        } catch {
            unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
            throw error
        }
        self.module = module
        self.base = base
        unsafe self.bytes = unsafe bytes
    }

    private static func read(_ path: String) throws(KernelError) -> UnsafeRawBufferPointer {
        let file = try Descriptor(adopting: openForReading(path), for: .readBTF)
        var status = stat()
        guard unsafe fstat(file.number, &status) == 0, status.st_size > 0 else {
            throw KernelError(.readBTF, status: errno)
        }
        let size = Int(status.st_size)
        // Linux 6.16 and newer show their own pages; others hand out one for each read(2).
        let shown = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.number, 0)
        if let shown = unsafe shown, unsafe shown != MAP_FAILED {
            return unsafe UnsafeRawBufferPointer(start: shown, count: size)
        }
        let memory = unsafe mmap(
            nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw KernelError(.readBTF, status: errno)
        }
        var length = 0
        while length < size {
            let count = unsafe Glibc.read(file.number, memory + length, size - length)
            guard count > 0 else {
                let number = count < 0 ? errno : EINVAL
                unsafe munmap(memory, size)
                throw KernelError(.readBTF, status: number)
            }
            length += count
        }
        return unsafe UnsafeRawBufferPointer(start: memory, count: size)
    }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

    // MARK: - Types

    /// The type of this number; `void` where there is none.
    func type(_ id: UInt32) -> BTFType {
        if id < ids.lowerBound { return base?.type(id) ?? .void }
        guard ids.contains(id) else { return .void }
        let offset = Int(offsets[Int(id - ids.lowerBound)])
        return unsafe BTFType(at: offset, in: bytes) ?? .void
    }

    /// A 32-bit word of what follows a type in memory.
    func word(_ index: Int, of type: BTFType, _ id: UInt32) -> UInt32 {
        if id < ids.lowerBound { return base?.word(index, of: type, id) ?? 0 }
        precondition(index * 4 < type.trailingBytes)
        return unsafe bytes.loadUnaligned(fromByteOffset: type.end + index * 4, as: UInt32.self)
    }

    // MARK: - Names

    /// The text at this place of the string section.
    func text(_ offset: UInt32) -> String {
        unsafe withText(offset) { unsafe String(cString: $0) }
    }

    /// Shows the text at this place of the string section, which is empty where there is none.
    @inline(__always)
    func withText<Result>(_ offset: UInt32, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let inherited = base?.strings.count ?? 0
        if Int(offset) < inherited, let base { return unsafe base.withText(offset, body) }
        // The section ends with a terminator, and its first text is empty.
        let place = Int(offset) - inherited
        let start = strings.lowerBound + (place < strings.count ? place : 0)
        guard let memory = unsafe bytes.baseAddress else { preconditionFailure("no memory") }
        return unsafe body((memory + start).assumingMemoryBound(to: CChar.self))
    }
}
