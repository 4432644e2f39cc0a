/// A body that is produced while it is read.
public protocol ByteSource: AnyObject, Sendable {
    /// Called once, before the first read, on an HTTP thread.
    ///
    /// Keep `waker`, and call it after ``read(into:)`` said ``ByteSourceRead/idle`` and there is
    /// something again.
    func opened(_ waker: Waker)

    /// Fills the start of `buffer`, which is never empty.
    ///
    /// Called on an HTTP thread, never concurrently for one source. Must not block: other
    /// connections wait meanwhile. Filling the whole buffer is what makes a stream fast.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> ByteSourceRead

    /// Called exactly once: the body was sent, the peer went away, or the daemon stopped.
    ///
    /// Also where the body was never needed (`HEAD`, a peer that left early): then nothing was
    /// opened before. A peer that goes away is noticed when the next bytes are written, so an
    /// idle source must produce something now and then.
    func closed()
}

/// What a ``ByteSource`` had.
public enum ByteSourceRead: Sendable, Equatable {
    /// It wrote this many bytes, at least 1.
    case bytes(Int)
    /// It has nothing now, and will wake the reader.
    case idle
    /// It will never have anything again.
    case finished
}

/// Says that a source may have something to read.
///
/// Any number of times, from any thread, also after the source was closed. A wake-up that comes
/// while the source is being read is not lost: it is read again.
public final class Waker: Sendable {
    private let parking: Parking

    init(_ parking: Parking) { self.parking = parking }

    /// Has the source read again, soon, on its HTTP thread.
    public func wake() { parking.wake() }
}
