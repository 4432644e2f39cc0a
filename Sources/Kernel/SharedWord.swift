import CLibBPF
import Glibc

/// The first 32-bit word of a memory-mapped array, shared with BPF programs.
@safe
final class SharedWord {
    private let page: UnsafeMutableRawPointer
    private let length: Int

    /// Maps `map`, which has BPF_F_MMAPABLE: mmap(2).
    init(map: BPFMap) throws(KernelError) {
        length = Int(getpagesize())
        let page = unsafe mmap(
            nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, map.descriptor.number, 0)
        guard let page = unsafe page, unsafe page != MAP_FAILED else {
            throw KernelError(.readMap(map.name), status: errno)
        }
        unsafe self.page = unsafe page
    }

    func store(_ value: UInt32) {
        unsafe martlet_store(page.assumingMemoryBound(to: UInt32.self), value)
    }

    func load() -> UInt32 {
        unsafe martlet_load(page.assumingMemoryBound(to: UInt32.self))
    }

    deinit { unsafe munmap(page, length) }
}

/// Wakes a thread that waits in poll(2): eventfd(2).
public final class WakeSignal: Sendable {
    let descriptor: Descriptor

    /// Makes a signal that is not raised.
    public init() throws(KernelError) {
        descriptor = try Descriptor(
            adopting: eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)), for: .poll)
    }

    /// Ends the current wait, or the next one.
    public func raise() {
        // Fails only where the counter is full, and then the signal is raised already.
        _ = eventfd_write(descriptor.number, 1)
    }

    func clear() {
        var count: eventfd_t = 0
        // Fails only where the signal was not raised.
        _ = unsafe eventfd_read(descriptor.number, &count)
    }
}
