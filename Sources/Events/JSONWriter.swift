/// Builds JSON, byte by byte, in a buffer that is used again.
///
/// It knows how to write scalars and nothing of structure: commas, braces and
/// keys are constants that its callers append. A caller that reuses one writer
/// for all its documents never allocates once the buffer has grown.
@safe
public struct JSONWriter: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    /// How many bytes were written.
    public private(set) var count = 0

    /// Allocates room for `capacity` bytes; more is found when needed.
    public init(capacity: Int = 4096) {
        self.capacity = max(capacity, 64)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { unsafe base.deallocate() }

    /// Forgets the bytes and keeps the room.
    public mutating func removeAll() { count = 0 }

    /// Shows the bytes, which stay the writer's.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe UnsafeRawBufferPointer(start: base, count: count).bytes)
    }

    /// The bytes, copied.
    public var array: [UInt8] { withBytes { $0.array } }

    // MARK: - Bytes as they are

    /// Appends a constant: punctuation, keys, whole pieces of a document.
    @inline(__always)
    public mutating func append(_ text: StaticString) {
        unsafe copy(UnsafeRawPointer(text.utf8Start), text.utf8CodeUnitCount)
    }

    /// Appends bytes that are JSON already.
    @inline(__always)
    public mutating func append(_ json: [UInt8]) {
        append(json, first: json.count)
    }

    /// Appends the first bytes of some JSON.
    @inline(__always)
    mutating func append(_ json: [UInt8], first size: Int) {
        let room = unsafe reserve(size)
        unsafe json.withUnsafeBytes { unsafe room.copyMemory(from: .init(rebasing: $0[..<size])) }
    }

    /// Appends bytes that are JSON already.
    @inline(__always)
    public mutating func append(_ json: RawSpan) {
        let room = unsafe reserve(json.byteCount)
        unsafe json.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
    }

    /// Appends bytes that are JSON already.
    @inline(__always)
    public mutating func append(_ json: Span<UInt8>) { append(unsafe json.bytes) }

    /// Appends one byte that is JSON already.
    @inline(__always)
    public mutating func append(byte: UInt8) {
        unsafe reserve(1)[0] = byte
    }

    // MARK: - Numbers

    /// Appends a number.
    public mutating func append(_ number: some FixedWidthInteger) {
        if number < 0 { append(byte: UInt8(ascii: "-")) }
        var rest = UInt64(truncatingIfNeeded: number.magnitude)
        if rest < 10 { return append(byte: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest)) }
        var digits = 1
        var bound: UInt64 = 10
        while rest >= bound {
            digits += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        let room = unsafe reserve(digits)
        for index in stride(from: digits - 1, through: 0, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            unsafe room[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
    }

    /// Appends exactly `width` digits of a number, with zeros in front.
    public mutating func append(_ number: UInt32, width: Int) {
        var rest = number
        let room = unsafe reserve(width)
        for index in stride(from: width - 1, through: 0, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            unsafe room[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
    }

    // MARK: - Room

    /// Makes the next `size` bytes part of the document; the caller fills them at once.
    @inline(__always)
    private mutating func reserve(_ size: Int) -> UnsafeMutableRawBufferPointer {
        if size > capacity &- count { grow(by: size) }
        defer { count &+= size }
        return unsafe UnsafeMutableRawBufferPointer(start: base + count, count: size)
    }

    @inline(__always)
    private mutating func copy(_ source: UnsafeRawPointer, _ size: Int) {
        unsafe reserve(size).copyMemory(
            from: UnsafeRawBufferPointer(start: source, count: size))
    }

    @inline(never)
    private mutating func grow(by size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = larger
    }
}
