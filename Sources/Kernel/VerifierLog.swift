/// The verifier's account of a program that it refused.
enum VerifierLog {
    /// Bytes kept while loading; the kernel keeps the end of a longer log.
    static let capacity = 256 * 1024

    /// The log up to its terminator, or nil where the verifier said nothing.
    static func text(_ log: [CChar]) -> String? {
        let bytes = log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
