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
        do {
            try Self.take(file, path, directory)
        } catch {
            close(file)
            throw error
        }
        let text = Array("\(getpid())\n".utf8)
        // It tells people who holds the directory; the lock itself needs no text.
        if ftruncate(file, 0) == 0 {
            _ = unsafe text.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        }
    }

    private static func take(_ file: CInt, _ path: String, _ directory: String) throws {
        let deadline = ContinuousClock.now + longestEnding
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else {
                throw PolicyStore.Failure(operation: "locking", path: path, number: errno)
            }
            let text = try? String(contentsOfFile: path, encoding: .utf8)
            let holder = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "?"
            guard isEnding(holder), ContinuousClock.now < deadline else {
                throw InUse(directory: directory, holder: holder)
            }
            usleep(20_000)
        }
    }

    /// The kernel takes some seconds to end a process that was killed with many hooks.
    private static let longestEnding = Duration.seconds(30)

    /// Whether a process has no program any more, and still its files.
    private static func isEnding(_ process: String) -> Bool {
        guard Int(process) != nil else { return false }
        return unsafe access("/proc/\(process)/exe", F_OK) != 0 && errno == ENOENT
    }

    deinit { close(file) }
}
