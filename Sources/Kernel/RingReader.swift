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
@safe
public final class RingReader {
    private final class Consumer {
        let deliver: (RawSpan) -> Void
        /// Records that may still be delivered before the consumer looks up.
        var budget = 0

        init(_ deliver: @escaping (RawSpan) -> Void) { self.deliver = deliver }
    }

    private let ring: OpaquePointer
    private let consumer: Unmanaged<Consumer>
    private let state: SharedWords
    private let signal: WakeSignal
    private var fruitlessWaits = 0

    /// Opens `ring` for reading; `state` is the array whose first word says that the reader sleeps.
    public init(
        ring map: BPFMap, state: SharedWords, signal: WakeSignal,
        deliver: @escaping (RawSpan) -> Void
    ) throws(KernelError) {
        self.state = state
        self.signal = signal
        let consumer = unsafe Unmanaged.passRetained(Consumer(deliver))
        let ring = unsafe ring_buffer__new(
            map.descriptor.number,
            { context, data, size in
                guard let context = unsafe context else { return 0 }
                let consumer = unsafe Unmanaged<Consumer>.fromOpaque(context).takeUnretainedValue()
                unsafe consumer.deliver(UnsafeRawBufferPointer(start: data, count: size).bytes)
                consumer.budget -= 1
                return consumer.budget > 0 ? 0 : -ECANCELED
            },
            consumer.toOpaque(), nil)
        guard let ring = unsafe ring else {
            let number = errno
            unsafe consumer.release()
            throw KernelError(.openRing, status: number)
        }
        unsafe self.ring = unsafe ring
        unsafe self.consumer = unsafe consumer
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

    /// Delivers records until the ring is empty, or there were this many: ring_buffer__consume.
    ///
    /// > a negative return value of the callback stops the consumption
    ///
    /// Producers may be faster than the reader, so the ring need never be empty.
    public func consume(atMost records: Int) throws(KernelError) -> Consumption {
        unsafe consumer.takeUnretainedValue().budget = records
        let count = unsafe ring_buffer__consume(ring)
        guard count >= 0 || count == -ECANCELED else { throw KernelError(.poll, status: count) }
        if count == 0 { return .nothing }
        fruitlessWaits = 0
        return count > 0 ? .all : .some
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
            let ring = unsafe ring_buffer__epoll_fd(ring)
            polled.append(pollfd(fd: ring, events: Int16(POLLIN), revents: 0))
        }
        let status = unsafe poll(&polled, nfds_t(polled.count), milliseconds)
        guard status >= 0 || errno == EINTR else { throw KernelError(.poll, status: errno) }
        if polled[0].revents != 0 { signal.clear() }
    }

    deinit {
        unsafe ring_buffer__free(ring)
        unsafe consumer.release()
    }
}
