import CLibBPF
import Glibc

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
