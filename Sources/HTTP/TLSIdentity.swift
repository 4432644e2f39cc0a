import CGnuTLS
import Glibc

/// A certificate and its key, which TLS listeners prove their name with.
public struct TLSIdentity: Sendable {
    /// PEM, with the certificates of its issuers behind it.
    private let certificate: String
    /// PEM.
    private let key: String

    /// Reads both, and checks that they belong together.
    public init(certificateFile: String, keyFile: String) throws(TLSIdentityError) {
        certificate = try Self.text(of: certificateFile)
        key = try Self.text(of: keyFile, isSecret: true)
        if let fault = Self.fault(certificate, key) {
            throw .unusable(certificate: certificateFile, key: keyFile, reason: fault)
        }
    }

    /// Calls `body` with both as C has them; with NULL where there is none.
    static func withText<Result>(
        of identity: TLSIdentity?,
        _ body: (UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let identity else { return body(nil, nil) }
        return unsafe identity.certificate.withCString { certificate in
            unsafe identity.key.withCString { key in unsafe body(certificate, key) }
        }
    }

    /// Bytes of the largest file that is read.
    private static let largestFile = 1 << 20

    private static func text(
        of path: String, isSecret: Bool = false
    ) throws(TLSIdentityError) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path, errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .unreadable(path, errno: errno)
        }
        // Of the file that was opened, and not of one that is put in its place now.
        if isSecret, status.st_mode & 0o007 != 0 { throw .exposed(path) }
        var bytes = [UInt8](repeating: 0, count: largestFile)
        var length = 0
        while length < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress?.advanced(by: length), $0.count - length)
            }
            guard count >= 0 else { throw .unreadable(path, errno: errno) }
            guard count > 0 else { break }
            length += count
        }
        guard length < bytes.count else { throw .unreadable(path, errno: EFBIG) }
        return String(decoding: bytes.prefix(length), as: UTF8.self)
    }

    /// Why GnuTLS cannot use them; nil where it can (`gnutls_certificate_set_x509_key_mem2`).
    private static func fault(_ certificate: String, _ key: String) -> String? {
        var credentials: gnutls_certificate_credentials_t?
        var status = unsafe gnutls_certificate_allocate_credentials(&credentials)
        if let credentials = unsafe credentials {
            defer { unsafe gnutls_certificate_free_credentials(credentials) }
            status = unsafe withDatum(certificate) { certificate in
                unsafe withDatum(key) { key in
                    unsafe gnutls_certificate_set_x509_key_mem2(
                        credentials, certificate, key, GNUTLS_X509_FMT_PEM, nil, 0)
                }
            }
        }
        // What is not negative counts the certificates.
        guard status < 0 else { return nil }
        return unsafe String(cString: gnutls_strerror(status))
    }

    private static func withDatum(
        _ text: String, _ body: (UnsafePointer<gnutls_datum_t>) -> CInt
    ) -> CInt {
        var bytes = Array(text.utf8)
        return unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            var datum = unsafe gnutls_datum_t(data: bytes.baseAddress, size: UInt32(bytes.count))
            return unsafe body(&datum)
        }
    }
}

/// Why there is no ``TLSIdentity``.
public enum TLSIdentityError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file cannot be read.
    case unreadable(String, errno: CInt)
    /// The key is no secret: everybody on the machine may read it, or write to it.
    case exposed(String)
    /// GnuTLS takes one of them for damaged, or the two for strangers.
    case unusable(certificate: String, key: String, reason: String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let number): "cannot read \(path): \(errorText(number))"
        case .exposed(let path):
            "the key \(path) is open to every user of this machine: chmod o= \(path)"
        case .unusable(let certificate, let key, let reason):
            "the certificate \(certificate) with the key \(key): \(reason) Both are PEM files, "
                + "the key without a passphrase"
        }
    }
}
