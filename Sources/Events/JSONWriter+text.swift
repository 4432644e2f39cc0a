extension JSONWriter {
    /// Appends bytes from anywhere as a JSON string, quotes included.
    ///
    /// The result is valid JSON on one line whatever the bytes are: what is not
    /// UTF-8 becomes U+FFFD, one per maximal subpart (Unicode 16, 3.9, U+FFFD
    /// Substitution of Maximal Subparts), and what could end the string, the
    /// line or the reader's terminal settings is escaped.
    public mutating func append(quoted text: RawSpan) {
        append("\"")
        append(escaped: text)
        append("\"")
    }

    /// Appends bytes from anywhere as a JSON string, quotes included.
    public mutating func append(quoted text: Span<UInt8>) { append(quoted: unsafe text.bytes) }

    /// Appends text as a JSON string, quotes included.
    public mutating func append(quoted text: String) { append(quoted: text.utf8.span) }

    /// Appends the inside of a JSON string.
    mutating func append(escaped text: RawSpan) {
        let end = text.byteCount
        var plain = 0  // where the bytes begin that can be copied as they are
        var index = 0
        while index < end {
            if end - index >= 8, isPlain(text.load(UInt64.self, at: index)) {
                index += 8
                continue
            }
            let byte = text.load(UInt8.self, at: index)
            if isPlain(byte) {
                index += 1
                continue
            }
            let scalar = text.scalar(at: index)
            if let value = scalar.value, !needsEscape(value) {
                index += scalar.length
                continue
            }
            append(text.extracting(plain..<index))
            append(escape: scalar.value)
            index += scalar.length
            plain = index
        }
        append(text.extracting(plain..<end))
    }

    private mutating func append(escape value: UInt32?) {
        switch value {
        case nil: append("\u{FFFD}")
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case .some(let value):
            append("\\u")
            for shift in [12, 8, 4, 0] as [UInt32] {
                let digit = UInt8(value >> shift & 0xF)
                append(byte: digit + UInt8(ascii: digit < 10 ? "0" : "a") - (digit < 10 ? 0 : 10))
            }
        }
    }
}

/// Controls, DEL and C1 (terminals obey them), and the line ends that JavaScript knows.
private func needsEscape(_ value: UInt32) -> Bool {
    switch value {
    case 0x22, 0x5C, 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
    default: false
    }
}

@inline(__always)
private func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
}

// Exact: a borrow can only come out of a byte that is not plain.
@inline(__always)
private func isPlain(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let control = word &- ones &* 0x20
    let quote = (word ^ ones &* 0x22) &- ones
    let backslash = (word ^ ones &* 0x5C) &- ones
    let delete = (word ^ ones &* 0x7F) &- ones
    return (word | control | quote | backslash | delete) & (ones &* 0x80) == 0
}

extension RawSpan {
    /// The Unicode scalar at `index`, or nil and the length of the maximal subpart there.
    fileprivate func scalar(at index: Int) -> (value: UInt32?, length: Int) {
        let lead = load(UInt8.self, at: index)
        let (continuations, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0..<0x80: return (UInt32(lead), 1)
        case 0xC2...0xDF: (continuations, second) = (1, 0x80...0xBF)
        case 0xE0: (continuations, second) = (2, 0xA0...0xBF)
        case 0xED: (continuations, second) = (2, 0x80...0x9F)
        case 0xE1...0xEF: (continuations, second) = (2, 0x80...0xBF)
        case 0xF0: (continuations, second) = (3, 0x90...0xBF)
        case 0xF1...0xF3: (continuations, second) = (3, 0x80...0xBF)
        case 0xF4: (continuations, second) = (3, 0x80...0x8F)
        default: return (nil, 1)
        }
        var value = UInt32(lead) & (0x3F >> UInt32(continuations))
        var allowed = second
        for length in 1...continuations {
            guard index + length < byteCount else { return (nil, length) }
            let byte = load(UInt8.self, at: index + length)
            guard allowed.contains(byte) else { return (nil, length) }
            value = value << 6 | UInt32(byte & 0x3F)
            allowed = 0x80...0xBF
        }
        return (value, continuations + 1)
    }
}
