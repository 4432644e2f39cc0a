import Events

/// What can be had of a text in a few instructions, and tells it from most others.
///
/// Texts that are equal have equal fingerprints; those of 16 bytes and less have them only then.
struct Fingerprint: Hashable {
    private let length: Int
    /// The first 16 bytes, the first one lowest; 0 where there are less.
    private let head: (low: UInt64, high: UInt64)
    /// The last 8 of more than 16 bytes.
    private let tail: UInt64

    /// Takes that of a part of a line.
    @inline(__always)
    init(_ line: RawSpan, _ part: Range<Int>) {
        length = part.count
        guard length >= 8 else {
            head = (Self.word(line, part), 0)
            tail = 0
            return
        }
        let last = Self.word(line, at: part.upperBound - 8)
        // Up to 16 bytes the last 8 are what is behind the first, and some of those.
        head = (
            Self.word(line, at: part.lowerBound),
            length > 16 ? Self.word(line, at: part.lowerBound + 8) : last >> (8 * (16 - length))
        )
        tail = length > 16 ? last : 0
    }

    /// That of a text which subscribers ask for.
    init(_ text: EscapedText) {
        unsafe self.init(text.bytes.span.bytes, 0..<text.bytes.count)
    }

    /// Whether the text may begin as another one does; that it does not is certain.
    func mayBegin(as other: Fingerprint) -> Bool {
        guard length >= other.length else { return false }
        let low = Self.mask(min(other.length, 8))
        let high = Self.mask(max(min(other.length, 16) - 8, 0))
        return head.low & low == other.head.low & low && head.high & high == other.head.high & high
    }

    /// The lowest bytes of a word.
    private static func mask(_ bytes: Int) -> UInt64 {
        bytes == 8 ? .max : (1 << (8 * UInt64(bytes))) - 1
    }

    @inline(__always)
    private static func word(_ line: RawSpan, at offset: Int) -> UInt64 {
        unsafe line.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }

    /// Less than 8 bytes.
    private static func word(_ line: RawSpan, _ part: Range<Int>) -> UInt64 {
        if part.lowerBound + 8 <= line.byteCount {
            return word(line, at: part.lowerBound) & mask(part.count)
        }
        return part.reversed().reduce(0) { word, place in
            unsafe word << 8
                | UInt64(line.unsafeLoadUnaligned(fromByteOffset: place, as: UInt8.self))
        }
    }

    static func == (left: Fingerprint, right: Fingerprint) -> Bool {
        left.length == right.length && left.head == right.head && left.tail == right.tail
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(length)
        hasher.combine(head.low)
        hasher.combine(head.high)
        hasher.combine(tail)
    }
}
