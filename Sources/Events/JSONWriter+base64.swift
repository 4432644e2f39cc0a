extension JSONWriter {
    /// Appends the base64 form (RFC 4648, section 4, padded) of some bytes, without quotes.
    public mutating func append(base64 bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count {
            let held = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 {
                let byte = offset < held ? bytes[index + offset] : 0
                group = group << 8 | UInt32(byte)
            }
            for digit in 0..<4 {
                let value = UInt8(group >> UInt32(18 - 6 * digit) & 0x3F)
                append(byte: digit <= held ? base64Digit(value) : UInt8(ascii: "="))
            }
            index += held
        }
    }
}

private func base64Digit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
}
