import Glibc

/// A file of certificates, or of a key, read in one piece.
enum PEMFile {
    /// Bytes of the largest file that is read.
    private static let limit = 1 << 20

    /// The bytes of a file, which must not be open to everybody where it `isSecret`.
    static func bytes(
        of path: String, isSecret: Bool = true
    ) throws(TLSIdentityError) -> [UInt8] {
        func unreadable(_ number: CInt = errno) -> TLSIdentityError {
            .unreadable(path, errno: number, user: geteuid())
        }
        // Not to wait for a writer, should it be a pipe.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable() }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
        // Of the file that was opened, and not of one that is put in its place now.
        if isSecret, status.st_mode & 0o007 != 0 { throw .exposed(path) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var length = 0
        while length < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress?.advanced(by: length), $0.count - length)
            }
            guard count >= 0 else { throw unreadable() }
            guard count > 0 else { break }
            length += count
        }
        guard length <= limit else { throw unreadable(EFBIG) }
        return Array(bytes.prefix(length))
    }
}
