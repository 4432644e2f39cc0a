import CGnuTLS

/// A SHA-256 digest (FIPS 180-4).
///
/// Two are compared without telling by the time it takes where they differ, so a digest may stand
/// for a secret.
public struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    private let bytes: [UInt8]

    /// Hashes bytes (`gnutls_hash_fast`).
    public init(of message: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: 32)
        let status = unsafe bytes.withUnsafeMutableBytes { digest in
            unsafe message.withUnsafeBytes { message in
                unsafe gnutls_hash_fast(
                    GNUTLS_DIG_SHA256, message.baseAddress, message.count, digest.baseAddress)
            }
        }
        // It can only be told of an algorithm that it does not have.
        precondition(status == 0, "gnutls_hash_fast failed: \(status)")
        self.bytes = bytes
    }

    /// Hashes a text's UTF-8.
    public init(of text: String) { self.init(of: Array(text.utf8)) }

    /// 64 hexadecimal digits in lower case.
    public var description: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// Whether both are the same, in constant time (`gnutls_memcmp`).
    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        unsafe left.bytes.withUnsafeBytes { left in
            unsafe right.bytes.withUnsafeBytes { right in
                unsafe gnutls_memcmp(left.baseAddress, right.baseAddress, 32) == 0
            }
        }
    }
}
