import CGnuTLS

/// A certificate and its key, which a TLS listener proves its name with.
///
/// Sessions have it for as long as they last, and all of them may have the same.
@safe public final class TLSIdentity: Sendable {
    /// When the certificate is good; those of its issuers are not looked at.
    public let validity: TLSValidity

    // Sendable: after init nobody changes it, and GnuTLS lets sessions on any thread share it then.
    private nonisolated(unsafe) let credentials: gnutls_certificate_credentials_t

    /// Reads both, and checks that they belong together.
    public init(certificateFile: String, keyFile: String) throws(TLSIdentityError) {
        let certificate = try PEMFile.bytes(of: certificateFile, isSecret: false)
        let key = try PEMFile.bytes(of: keyFile)
        func unusable(_ status: CInt) -> TLSIdentityError {
            let reason = unsafe String(cString: gnutls_strerror(status))
            return .unusable(certificate: certificateFile, key: keyFile, reason: reason)
        }
        var made: gnutls_certificate_credentials_t?
        let status = unsafe gnutls_certificate_allocate_credentials(&made)
        guard let made = unsafe made else { throw unusable(status) }
        do throws(TLSStatus) {
            unsafe try Self.fill(made, certificate, key)
            validity = unsafe try TLSValidity(ofFirstIn: made)
        } catch {
            unsafe gnutls_certificate_free_credentials(made)
            throw unusable(error.number)
        }
        unsafe credentials = made
    }

    deinit { unsafe gnutls_certificate_free_credentials(credentials) }

    /// Takes both from PEM, the certificates of issuers behind the first one
    /// (`gnutls_certificate_set_x509_key_mem2`).
    private static func fill(
        _ credentials: gnutls_certificate_credentials_t, _ certificate: [UInt8], _ key: [UInt8]
    ) throws(TLSStatus) {
        // What is not negative counts the certificates.
        try TLSStatus.check(
            unsafe withDatum(certificate) { certificate in
                unsafe withDatum(key) { key in
                    unsafe gnutls_certificate_set_x509_key_mem2(
                        credentials, certificate, key, GNUTLS_X509_FMT_PEM, nil, 0)
                }
            })
    }

    private static func withDatum(
        _ bytes: [UInt8], _ body: (UnsafePointer<gnutls_datum_t>) -> CInt
    ) -> CInt {
        var bytes = bytes
        return unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            var datum = unsafe gnutls_datum_t(data: bytes.baseAddress, size: UInt32(bytes.count))
            return unsafe body(&datum)
        }
    }

    /// Has a session prove itself by this; false where there is no memory (`gnutls_credentials_set`).
    ///
    /// > gnutls keeps a pointer to cred, and not the whole cred structure. Thus you will have to keep
    /// > the structure allocated until you call gnutls_deinit().
    func prove(_ session: gnutls_session_t) -> Bool {
        unsafe gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, .init(credentials)) == 0
    }
}

/// What GnuTLS does not do, by its number.
struct TLSStatus: Error {
    let number: CInt

    /// Throws what is negative, as GnuTLS's failures are.
    static func check(_ status: CInt) throws(TLSStatus) {
        guard status >= 0 else { throw TLSStatus(number: status) }
    }
}
