/// A piece of the event log: bytes that are written once and then only read.
///
/// The log's writer fills it under the log's lock. A reader learns under that
/// lock how many frames there are, and copies those without it: what it was told
/// of does not change while it holds the segment.
@safe
final class LogSegment: @unchecked Sendable {
    // Sendable: written under the log's lock, beyond what any reader was told of.

    static let capacity = 256 * 1024

    private(set) var frames: [Frame] = []
    /// The sequence of the first frame.
    private(set) var first: UInt64
    private let bytes: UnsafeMutableRawBufferPointer
    private var used = 0

    init(first: UInt64, capacity: Int = LogSegment.capacity) {
        self.first = first
        size = capacity
        unsafe bytes = .allocate(byteCount: capacity, alignment: 16)
        frames.reserveCapacity(capacity / 512)
    }

    deinit { unsafe bytes.deallocate() }

    var room: Int { size - used }
    /// Bytes that it can hold.
    let size: Int
    /// The sequence behind the last frame.
    var end: UInt64 { first + UInt64(frames.count) }

    /// Makes an old segment that nobody reads any more an empty one.
    func restart(first: UInt64) {
        self.first = first
        used = 0
        frames.removeAll(keepingCapacity: true)
    }

    /// Appends a frame whose parts fit in ``room``.
    func append(head: Span<UInt8>, line: RawSpan, frame: (Int) -> Frame) {
        let offset = used
        unsafe put(head.bytes)
        put(line)
        unsafe put(Self.end.span.bytes)
        frames.append(frame(offset))
    }

    /// Behind the line: its own end, and the empty line that ends an SSE event.
    static let end: [UInt8] = [0x0A, 0x0A]

    private func put(_ source: RawSpan) {
        unsafe source.withUnsafeBytes { source in
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[used...])
            unsafe target.copyMemory(from: source)
        }
        used += source.byteCount
    }

    /// Copies published bytes.
    func copy(_ range: Range<Int>, to target: UnsafeMutableRawBufferPointer) {
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
}
