import CLibBPF
import Glibc

/// The memory of a BPF ring buffer, shared with the kernel: mmap(2) of a map of that type.
///
///     page that the reader writes | page that the kernel writes | records
///     its position                | its position                |
@safe
final class RingMemory {
    private let reader: UnsafeMutableRawBufferPointer
    private let kernel: UnsafeMutableRawBufferPointer

    init(of map: BPFMap) throws(KernelError) {
        let size = try map.entries()
        let page = Int(getpagesize())
        unsafe reader = try Self.map(map, page, PROT_READ | PROT_WRITE, at: 0)
        do {
            unsafe kernel = try Self.map(map, page + size, PROT_READ, at: page)
        } catch {
            unsafe munmap(reader.baseAddress, reader.count)
            throw error
        }
    }

    private static func map(_ map: BPFMap, _ size: Int, _ access: CInt, at offset: Int)
        throws(KernelError) -> UnsafeMutableRawBufferPointer
    {
        guard !InjectedFault.strikes() else { throw KernelError(.openRing, status: ENOMEM) }
        let memory = unsafe mmap(nil, size, access, MAP_SHARED, map.descriptor.number, offset)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw KernelError(.openRing, status: errno)
        }
        return unsafe UnsafeMutableRawBufferPointer(start: memory, count: size)
    }

    /// The records; valid as long as this is.
    var queue: RingQueue {
        guard let consumed = unsafe reader.baseAddress, let produced = unsafe kernel.baseAddress
        else { preconditionFailure("no memory") }
        let records = unsafe UnsafeRawBufferPointer(rebasing: kernel[reader.count...])
        return unsafe RingQueue(
            consumed: consumed.assumingMemoryBound(to: UInt.self),
            produced: UnsafePointer(produced.assumingMemoryBound(to: UInt.self)),
            memory: records)
    }

    deinit {
        unsafe munmap(reader.baseAddress, reader.count)
        unsafe munmap(kernel.baseAddress, kernel.count)
    }
}
