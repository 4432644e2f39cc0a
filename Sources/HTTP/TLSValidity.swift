import CGnuTLS

/// When a certificate is good, in seconds since 1970.
public struct TLSValidity: Sendable, Equatable {
    /// The first second.
    public let begin: Int
    /// The last second.
    public let end: Int

    /// Makes one from both ends.
    public init(begin: Int, end: Int) {
        self.begin = begin
        self.end = end
    }

    /// That of the first certificate, which is the one that the key is of
    /// (`gnutls_certificate_get_crt_raw`).
    init(ofFirstIn credentials: gnutls_certificate_credentials_t) throws(TLSStatus) {
        var bytes = unsafe gnutls_datum_t()
        try TLSStatus.check(unsafe gnutls_certificate_get_crt_raw(credentials, 0, 0, &bytes))
        var made: gnutls_x509_crt_t?
        try TLSStatus.check(unsafe gnutls_x509_crt_init(&made))
        guard let certificate = unsafe made else { throw TLSStatus(number: GNUTLS_E_MEMORY_ERROR) }
        defer { unsafe gnutls_x509_crt_deinit(certificate) }
        try TLSStatus.check(
            unsafe gnutls_x509_crt_import(certificate, &bytes, GNUTLS_X509_FMT_DER))
        begin = unsafe gnutls_x509_crt_get_activation_time(certificate)
        end = unsafe gnutls_x509_crt_get_expiration_time(certificate)
        // -1 is a time that cannot be read.
        guard begin != -1, end != -1 else { throw TLSStatus(number: GNUTLS_E_ASN1_TIME_ERROR) }
    }

    /// What somebody should see to.
    public enum Concern: Sendable, Equatable {
        /// Clients refuse it: its time is over.
        case expired
        /// Clients refuse it: its time is still to come, or the clock is wrong.
        case notYetValid
        /// It ends within a week.
        case endsSoon
    }

    /// What is to be seen to at a time; nil where there is nothing.
    public func concern(at now: Int) -> Concern? {
        if now > end { return .expired }
        if now < begin { return .notYetValid }
        return end - now <= 7 * 24 * 3600 ? .endsSoon : nil
    }
}
