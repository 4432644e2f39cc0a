extension JSONWriter {
    /// Appends a count of 64 bits: a number as far as JavaScript's are exact (2^53), beyond it a
    /// string of digits, as in the JSON of protobuf.
    public mutating func append(count: UInt64) {
        guard count > 1 << 53 else { return append(count) }
        append(quoted: String(count))
    }
}
