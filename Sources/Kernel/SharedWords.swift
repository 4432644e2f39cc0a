import CLibBPF
import Glibc

/// The memory of an array map as 32-bit words, which BPF programs see change.
@safe
public final class SharedWords: Sendable {
    // Sendable: the pointer never changes, and every access is atomic.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let length: Int

    /// Maps entry 0 of `map`, which has BPF_F_MMAPABLE: mmap(2).
    public init(map: BPFMap) throws(KernelError) {
        let page = Int(getpagesize())
        length = (map.valueSize + page - 1) / page * page
        guard !InjectedFault.strikes() else {
            throw KernelError(.readMap(map.name), status: ENOMEM)
        }
        let base = unsafe mmap(
            nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, map.descriptor.number, 0)
        guard let base = unsafe base, unsafe base != MAP_FAILED else {
            throw KernelError(.readMap(map.name), status: errno)
        }
        unsafe self.base = unsafe base
    }

    /// The word at a place, atomically.
    public subscript(index: Int) -> UInt32 {
        get { unsafe martlet_load(word(index)) }
        set { unsafe martlet_store(word(index), newValue) }
    }

    private func word(_ index: Int) -> UnsafeMutablePointer<UInt32> {
        precondition(index >= 0 && (index + 1) * 4 <= length, "no such word")
        return unsafe (base + index * 4).assumingMemoryBound(to: UInt32.self)
    }

    deinit { unsafe munmap(base, length) }
}
