/// A piece of the event log: bytes that are written once and then only read.
///
/// The log's writer fills it under the log's lock. A reader learns under that
/// lock how many frames there are, and copies those without it: what it was told
/// of does not change while it holds the segment.
@safe
final class LogSegment: @unchecked Sendable {
    // Sendable: written under the log's lock, beyond what any reader was told of.

    static let capacity = 256 * 1024
    /// So that many small events do not make the list of frames outgrow the bytes.
    static let mostFrames = 1024

    private(set) var frames: [Frame] = []
    /// The sequence of the first frame.
    private(set) var first: UInt64
    private let bytes: UnsafeMutableRawBufferPointer
    private var used = 0

    init(first: UInt64, capacity: Int = LogSegment.capacity) {
        self.first = first
        size = capacity
        unsafe bytes = .allocate(byteCount: capacity, alignment: 16)
        frames.reserveCapacity(Self.mostFrames)
    }

    deinit { unsafe bytes.deallocate() }

    /// Whether there is room for a frame of `length` bytes.
    func takes(_ length: Int) -> Bool {
        size - used >= length && frames.count < Self.mostFrames
    }

    /// Bytes that it can hold.
    let size: Int
    /// The latest time of its events.
    private(set) var latest: UInt64 = 0

    /// Makes an old segment that nobody reads any more an empty one.
    func restart(first: UInt64) {
        self.first = first
        used = 0
        latest = 0
        frames.removeAll(keepingCapacity: true)
    }

    /// Appends an event that it ``takes(_:)``.
    func append(head: Span<UInt8>, line: RawSpan, _ facets: Facets) {
        let frame = Frame(
            facets: facets, offset: UInt32(used),
            length: UInt32(Self.length(head: head, line: line)), dataOffset: UInt16(head.count))
        unsafe put(head.bytes)
        put(line)
        unsafe put(Self.end.span.bytes)
        frames.append(frame)
        latest = max(latest, facets.time)
    }

    /// How long an event is.
    static func length(head: Span<UInt8>, line: RawSpan) -> Int {
        head.count + line.byteCount + end.count
    }

    /// Behind the line: its own end, and the empty line that ends an SSE event.
    private static let end: [UInt8] = [0x0A, 0x0A]

    private func put(_ source: RawSpan) {
        unsafe source.withUnsafeBytes { source in
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[used...])
            unsafe target.copyMemory(from: source)
        }
        used += source.byteCount
    }

    /// Whether the published bytes at `range` are these.
    func holds(_ text: [UInt8], at range: Range<Int>) -> Bool {
        guard range.count == text.count else { return false }
        return unsafe text.withUnsafeBytes { text in
            unsafe text.elementsEqual(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    /// A copy of published bytes.
    func array(at range: Range<Int>) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }

    /// Copies published bytes.
    func copy(_ range: Range<Int>, to target: UnsafeMutableRawBufferPointer) {
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
}
