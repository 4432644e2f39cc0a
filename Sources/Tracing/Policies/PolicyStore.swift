import Foundation
import Kernel

/// The documents of the accepted policies, in the state directory.
///
///     STATE_DIR/policies/<name>.yaml     as it was uploaded
///     STATE_DIR/policies/<name>.disabled there where the policy is silent
///
/// A document is written to a temporary file, synced and renamed, so after a
/// crash it is there whole or not at all.
struct PolicyStore: Sendable {
    private let folder: String

    /// A stored document could not be written or removed.
    struct Failure: Error, CustomStringConvertible {
        let operation: String
        let path: String
        let number: Int32

        var description: String {
            "\(operation) \(path): \(unsafe String(cString: strerror(number)))"
        }
    }

    /// Opens the store below `directory`, making the folders that are missing.
    init(directory: String) throws(Failure) {
        folder = directory + "/policies"
        try Self.makeFolders(folder)
        for name in files(ending: Self.draft) { unsafe unlink("\(folder)/\(name)") }
    }

    /// Makes a folder and those above it; not by Foundation, which does not say what was wrong.
    private static func makeFolders(_ path: String) throws(Failure) {
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw Failure(operation: "creating", path: path, number: errno)
        }
        try makeFolders(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure(operation: "creating", path: path, number: errno)
        }
    }

    /// The stored documents by policy name, sorted.
    func documents() -> [(name: String, document: [UInt8])] {
        files(ending: Self.suffix).compactMap { file in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)") else {
                return nil
            }
            return (String(file.dropLast(Self.suffix.count)), [UInt8](data))
        }
    }

    private static let suffix = ".yaml"
    /// An empty file beside the document: the policy is silent.
    private static let disabled = ".disabled"
    /// One name serves: documents are written one at a time, and no policy's name has a dot first.
    private static let draft = ".new"

    private func files(ending suffix: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// Stores a document; when this returns it survives a power failure.
    ///
    /// `name` is a checked policy name, so it holds no slash.
    func save(_ document: [UInt8], as name: String) throws(Failure) {
        let target = "\(folder)/\(name)\(Self.suffix)"
        let draft = "\(folder)/\(Self.draft)"
        let file = InjectedFault.outcome(
            of: unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600))
        guard file >= 0 else { throw Failure(operation: "creating", path: draft, number: errno) }
        do throws(Failure) {
            try write(document, to: file, at: draft)
            close(file)
        } catch {
            close(file)
            unsafe unlink(draft)
            throw error
        }
        guard InjectedFault.outcome(of: unsafe rename(draft, target)) == 0 else {
            let number = errno
            unsafe unlink(draft)
            throw Failure(operation: "renaming to", path: target, number: number)
        }
        try syncFolder()
    }

    private func write(_ document: [UInt8], to file: CInt, at path: String) throws(Failure) {
        var rest = document[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(file, bytes.baseAddress, bytes.count)
            }
            guard written >= 0 || errno == EINTR else {
                throw Failure(operation: "writing", path: path, number: errno)
            }
            rest = rest.dropFirst(max(written, 0))
        }
        guard InjectedFault.outcome(of: fsync(file)) == 0 else {
            throw Failure(operation: "syncing", path: path, number: errno)
        }
    }

    /// Whether a policy is to be silent after the next start.
    func isDisabled(_ name: String) -> Bool {
        unsafe access("\(folder)/\(name)\(Self.disabled)", F_OK) == 0
    }

    /// Remembers whether a policy is silent.
    func setDisabled(_ name: String, _ isDisabled: Bool) throws(Failure) {
        let path = "\(folder)/\(name)\(Self.disabled)"
        if isDisabled {
            let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw Failure(operation: "creating", path: path, number: errno) }
            close(file)
        } else {
            guard unsafe unlink(path) == 0 || errno == ENOENT else {
                throw Failure(operation: "removing", path: path, number: errno)
            }
        }
        try syncFolder()
    }

    /// Forgets a document.
    func remove(_ name: String) throws(Failure) {
        let path = "\(folder)/\(name)\(Self.suffix)"
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw Failure(operation: "removing", path: path, number: errno)
        }
        try setDisabled(name, false)
    }

    private func syncFolder() throws(Failure) {
        let directory = InjectedFault.outcome(
            of: unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard directory >= 0 else {
            throw Failure(operation: "opening", path: folder, number: errno)
        }
        defer { close(directory) }
        guard InjectedFault.outcome(of: fsync(directory)) == 0 else {
            throw Failure(operation: "syncing", path: folder, number: errno)
        }
    }
}
