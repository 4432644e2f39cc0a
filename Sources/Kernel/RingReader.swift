import CLibBPF
import Glibc

/// Delivers records from a BPF ring buffer, on the thread that calls ``consume()``.
///
/// A reader that is awake looks by itself, so producers need not wake it. One
/// that found nothing for a while says in shared memory that it sleeps, and the
/// next record wakes it:
///
///     reader                          producer
///     asleep = 1                      put the record
///     anything in the ring? no        asleep? then asleep = 0 and wake
///     wait
///
/// A producer that looked at `asleep` before it was set, and puts its record
/// after the reader looked, wakes nobody. The first wait after falling asleep is
/// therefore short; every later producer sees the flag.
public final class RingReader {
    private let map: BPFMap
    private let memory: RingMemory
    private var queue: RingQueue
    private let deliver: (RawSpan) -> Void
    private let state: SharedWords
    private let signal: WakeSignal
    private var fruitlessWaits = 0

    /// Opens `ring` for reading; `state` is the array whose first word says that the reader sleeps.
    public init(
        ring map: BPFMap, state: SharedWords, signal: WakeSignal,
        deliver: @escaping (RawSpan) -> Void
    ) throws(KernelError) {
        self.map = map
        self.state = state
        self.signal = signal
        self.deliver = deliver
        memory = try RingMemory(of: map)
        queue = memory.queue
    }

    /// What one ``consume(atMost:)`` brought.
    public enum Consumption: Sendable {
        /// Nothing was there.
        case nothing
        /// Everything that was there was delivered.
        case all
        /// As much as was asked for was delivered, and there may be more.
        case some
    }

    /// Delivers records until the ring is empty, or there were this many.
    ///
    /// Producers may be faster than the reader, so the ring need never be empty.
    public func consume(atMost records: Int) -> Consumption {
        let consumption = queue.take(atMost: records, deliver)
        if consumption != .nothing { fruitlessWaits = 0 }
        return consumption
    }

    /// Looks that stay awake after the last record, a millisecond apart.
    private static let looksBeforeSleep = 20

    /// Waits until there may be something to deliver, or the signal was raised.
    public func wait() throws(KernelError) {
        fruitlessWaits += 1
        switch fruitlessWaits {
        case ..<Self.looksBeforeSleep:
            try wait(milliseconds: 1, forRecords: false)
        case Self.looksBeforeSleep:
            state[0] = 1
            try wait(milliseconds: 10, forRecords: true)
        default:
            if state[0] == 0 { state[0] = 1 }
            try wait(milliseconds: -1, forRecords: true)
        }
    }

    private func wait(milliseconds: CInt, forRecords: Bool) throws(KernelError) {
        var polled = [pollfd(fd: signal.descriptor.number, events: Int16(POLLIN), revents: 0)]
        if forRecords {
            polled.append(pollfd(fd: map.descriptor.number, events: Int16(POLLIN), revents: 0))
        }
        let status = unsafe poll(&polled, nfds_t(polled.count), milliseconds)
        guard status >= 0 || errno == EINTR else { throw KernelError(.poll, status: errno) }
        if polled[0].revents != 0 { signal.clear() }
    }
}
