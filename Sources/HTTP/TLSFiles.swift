import Synchronization

/// The files of a certificate and its key, and what they held when they were last read.
public final class TLSFiles: Sendable {
    /// The path of the certificate, PEM, with those of its issuers behind it.
    public let certificate: String
    /// The path of its key, PEM.
    public let key: String
    private let current: Mutex<TLSIdentity>

    /// Reads both.
    public init(certificate: String, key: String) throws(TLSIdentityError) {
        self.certificate = certificate
        self.key = key
        current = Mutex(try TLSIdentity(certificateFile: certificate, keyFile: key))
    }

    /// What connections that begin now are given.
    public var identity: TLSIdentity { current.withLock { $0 } }

    /// Reads both again; connections that are open keep what they were given.
    ///
    /// Throws why what there is now cannot be used: then all stays as it was.
    public func reload() throws(TLSIdentityError) {
        let identity = try TLSIdentity(certificateFile: certificate, keyFile: key)
        current.withLock { $0 = identity }
    }
}
