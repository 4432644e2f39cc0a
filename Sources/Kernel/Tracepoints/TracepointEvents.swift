import CLibBPF
import Dispatch
import Glibc
import Synchronization

/// The perf events that programs are attached to.
///
/// Closing the last event of a tracepoint makes the kernel wait until no CPU can
/// be inside it: some 50 to 150 ms, during which no other event can be opened or
/// closed. Nobody shall wait for that, and while a tracepoint has an event every
/// system call pays for it. So an event that is not used any more is given to a
/// queue of its own, which closes it a little later, unless it is asked for again.
final class TracepointEvents: Sendable {
    /// Events without a program, by the tracepoint's number.
    private let idle = Mutex<[UInt64: [Descriptor]]>([:])
    private let queue = DispatchQueue(label: "martlet.tracepoints")

    /// How long an event waits to be asked for again.
    private static let patience = DispatchTimeInterval.milliseconds(500)

    /// An event of the tracepoint `id`, with no program attached: perf_event_open(2).
    func take(_ id: UInt64, for operation: @autoclosure () -> KernelError.Operation)
        throws(KernelError) -> Descriptor
    {
        if let event = idle.withLock({ $0[id]?.popLast() }) {
            guard InjectedFault.strikes() else { return event }
            giveBack(event, of: id)
            throw KernelError(operation(), status: ENOMEM)
        }
        return try Descriptor(adopting: martlet_open_tracepoint(id), for: operation())
    }

    /// Takes an event back; its program must be detached.
    func giveBack(_ event: Descriptor, of id: UInt64) {
        idle.withLock { $0[id, default: []].append(event) }
        queue.asyncAfter(deadline: .now() + Self.patience) { [self] in
            // The oldest: it is the one that has waited this long, or one that came before it.
            let event = idle.withLock { idle in
                let oldest = idle[id]?.isEmpty ?? true ? nil : idle[id]?.removeFirst()
                if idle[id]?.isEmpty ?? false { idle[id] = nil }
                return oldest
            }
            // Closed here, where the lock is free.
            withExtendedLifetime(event) {}
        }
    }
}
