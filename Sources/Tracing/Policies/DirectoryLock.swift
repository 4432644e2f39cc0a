import Foundation

/// The right to a state directory, which one process has at a time.
///
/// A lock of the kernel's (`flock`) on `STATE_DIR/lock`: it goes with the process, however that ends.
final class DirectoryLock: Sendable {
    private let file: CInt

    /// Another process has it.
    struct InUse: Error, CustomStringConvertible {
        let directory: String
        /// What the other has written into the file: its number.
        let holder: String

        var description: String {
            "the state directory \(directory) is in use by process \(holder); stop that one, or "
                + "give this one another with --state-dir"
        }
    }

    /// Takes the directory, and makes it where it is missing.
    init(directory: String) throws {
        try PolicyStore.makeFolders(directory)
        let path = directory + "/lock"
        file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw PolicyStore.Failure(operation: "creating", path: path, number: errno)
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(file)
            guard number == EWOULDBLOCK else {
                throw PolicyStore.Failure(operation: "locking", path: path, number: number)
            }
            let text = try? String(contentsOfFile: path, encoding: .utf8)
            let holder = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            throw InUse(directory: directory, holder: holder.isEmpty ? "?" : holder)
        }
        let text = Array("\(getpid())\n".utf8)
        // It tells people who holds the directory; the lock itself needs no text.
        if ftruncate(file, 0) == 0 {
            _ = unsafe text.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        }
    }

    deinit { close(file) }
}
