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
    var length = -1
    let target = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        guard let start = buffer.baseAddress else { return }
        length = unsafe readlinkat(directory, path, start, buffer.count)
        count = max(0, length)
    }
    return length > 0 ? target : nil
}

/// Reads an open file, which it closes.
private func readAll(_ file: CInt, most: Int) -> [UInt8]? {
    guard file >= 0 else { return nil }
    defer { close(file) }
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
        while count < most {
            let received = unsafe read(
                file, buffer.baseAddress.map { unsafe $0 + count }, most - count)
            if received < 0, errno == EINTR { continue }
            failed = received < 0
            guard received > 0 else { break }
            count += received
        }
    }
    return failed ? nil : bytes
}
