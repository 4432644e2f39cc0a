import Glibc

/// A directory of /proc that is held open: what is read from it is of one process, also when its
/// number has gone to another.
@safe
struct ProcDirectory: ~Copyable {
    private let descriptor: CInt

    /// Opens `path`; nil where there is no such process.
    init?(_ path: String) {
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// The beginning of a file; nil where it cannot be read, or the process has ended.
    func bytes(_ name: String, most: Int) -> [UInt8]? {
        readAll(unsafe openat(descriptor, name, O_RDONLY | O_CLOEXEC), most: most)
    }

    /// Where a symbolic link leads.
    func link(_ name: String) -> [UInt8]? { linkTarget(name, in: descriptor) }
}

/// The beginning of a file.
func fileBytes(_ path: String, most: Int) -> [UInt8]? {
    readAll(unsafe open(path, O_RDONLY | O_CLOEXEC), most: most)
}

/// Where a symbolic link leads, as of `directory`.
func linkTarget(_ path: String, in directory: CInt = AT_FDCWD) -> [UInt8]? {
    unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
        guard let start = buffer.baseAddress else { return nil }
        let length = unsafe readlinkat(directory, path, start, buffer.count)
        return length > 0 ? unsafe Array(buffer.prefix(length)) : nil
    }
}

/// Reads an open file, which it closes, into an array that is no larger than it has to be.
private func readAll(_ file: CInt, most: Int) -> [UInt8]? {
    guard file >= 0 else { return nil }
    defer { close(file) }
    return unsafe withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { buffer in
        var count = 0
        while count < most, let start = buffer.baseAddress {
            let received = unsafe read(file, start + count, most - count)
            if received < 0, errno == EINTR { continue }
            guard received >= 0 else { return nil }
            count += received
            if received == 0 { break }
        }
        return unsafe Array(buffer.prefix(count))
    }
}
