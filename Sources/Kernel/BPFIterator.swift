import CLibBPF
import Glibc

/// A BPF program that writes about everything of a kind when it is asked to.
public final class BPFIterator: Sendable {
    private let name: String
    private let link: Descriptor

    init(name: String, link: Descriptor) {
        self.name = name
        self.link = link
    }

    /// As much as the kernel gathers before it hands it on: PAGE_SIZE << 3.
    private static let pieceBytes = 8 * 4096

    /// Runs it, and hands on what it writes, in pieces as the kernel gives them: bpf_iter_create,
    /// read(2).
    public func run(_ take: (RawSpan) -> Void) throws(KernelError) {
        let iterator = try Descriptor(
            adopting: bpf_iter_create(link.number), for: .iterate(name))
        var buffer = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(iterator.number, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { throw KernelError(.iterate(name), status: errno) }
            guard count > 0 else { return }
            unsafe take(buffer.span.bytes.extracting(0..<count))
        }
    }
}

extension LoadedObject {
    /// The iterator program `name`, which ``attachAll()`` has attached: bpf_link__fd.
    public func iterator(_ name: String) throws(KernelError) -> BPFIterator {
        guard let link = unsafe link(of: name) else {
            throw KernelError(.iterate(name), status: ENOENT)
        }
        let descriptor = try Descriptor(
            adopting: unsafe martlet_duplicate(bpf_link__fd(link)), for: .iterate(name))
        return BPFIterator(name: name, link: descriptor)
    }
}
