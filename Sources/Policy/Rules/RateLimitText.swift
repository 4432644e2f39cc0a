/// How policies write a time.
enum RateLimitText {
    /// Milliseconds; longer than 49 days is that.
    static func milliseconds(_ text: String) -> UInt32? {
        let units: [Character: UInt64] = ["s": 1000, "m": 60_000, "h": 3_600_000]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = UInt64(digits)
        else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit ?? 1000)
        return overflow ? .max : UInt32(clamping: product)
    }
}
