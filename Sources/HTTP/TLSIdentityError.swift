/// Why there is no ``TLSIdentity``.
public enum TLSIdentityError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file cannot be read by this process, which is this user's.
    case unreadable(String, errno: CInt, user: UInt32)
    /// It is a directory, a pipe or the like.
    case notAFile(String)
    /// The key is no secret: everybody on the machine may read it, or write to it.
    case exposed(String)
    /// GnuTLS takes one of them for damaged, or the two for strangers.
    case unusable(certificate: String, key: String, reason: String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let number, _): "cannot read \(path): \(errorText(number))"
        case .notAFile(let path): "\(path) is no regular file"
        case .exposed(let path):
            "the key \(path) is open to every user of this machine: chmod o= \(path)"
        case .unusable(let certificate, let key, let reason):
            "the certificate \(certificate) with the key \(key): \(reason) Both are PEM files, "
                + "the key without a passphrase"
        }
    }
}
