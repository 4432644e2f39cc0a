import Foundation
import Kernel

/// The documents of the accepted policies, in the state directory.
///
///     STATE_DIR/policies/<name>.yaml      as it was uploaded
///     STATE_DIR/policies/<name>.disabled  there where the policy is silent
///     STATE_DIR/policies/<name>.mode      the mode that it was given, apart from its document
///     STATE_DIR/policies/<name>.old/3.yaml  the third document that the policy had
///     STATE_DIR/policies/<name>.corrupt   a file that was no policy, moved aside
///
/// A document is written to a temporary file, synced and renamed, so after a
/// crash it is there whole or not at all.
struct PolicyStore: Sendable {
    let folder: String

    /// A stored document could not be written or removed.
    struct Failure: Error, CustomStringConvertible {
        let operation: String
        let path: String
        let number: Int32

        var description: String {
            "\(operation) \(path): \(unsafe String(cString: strerror(number)))"
                + (number == EACCES
                    ? "; the state directory has to be of the service's user, \(geteuid())" : "")
        }
    }

    /// Opens the store below `directory`, making the folders that are missing.
    ///
    /// What a crash has left in the middle is finished or undone.
    init(directory: String) throws(Failure) {
        folder = directory + "/policies"
        try Self.makeFolders(folder)
        try finishSet()
        for name in files(ending: Self.draft) { unsafe unlink("\(folder)/\(name)") }
        for name in files(ending: Self.old) {
            let policy = String(name.dropLast(Self.old.count))
            if !exists(path(policy)) { try removeVersions(of: policy) }
        }
    }

    /// Makes a folder and those above it; not by Foundation, which does not say what was wrong.
    static func makeFolders(_ path: String) throws(Failure) {
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw Failure(operation: "creating", path: path, number: errno)
        }
        try makeFolders(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure(operation: "creating", path: path, number: errno)
        }
    }

    /// A stored file: the document, or why it cannot be read.
    struct Stored {
        var name: String
        var document: Result<[UInt8], Failure>
    }

    /// The stored documents, sorted by policy name.
    func documents() -> [Stored] {
        files(ending: Self.suffix).map { file in
            let name = String(file.dropLast(Self.suffix.count))
            return Stored(name: name, document: read(path(name)))
        }
    }

    /// The bytes of a file.
    func read(_ path: String) -> Result<[UInt8], Failure> {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            return .failure(Failure(operation: "opening", path: path, number: errno))
        }
        defer { close(file) }
        var document: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(file, &piece, piece.count)
            guard count >= 0 || errno == EINTR else {
                return .failure(Failure(operation: "reading", path: path, number: errno))
            }
            if count == 0 { return .success(document) }
            document += piece.prefix(max(count, 0))
        }
    }

    static let suffix = ".yaml"
    /// An empty file beside the document: the policy is silent.
    private static let disabled = ".disabled"
    /// The folder of the documents that a policy had before; shorter than `suffix`, so that each
    /// name that can be stored can have one.
    static let old = ".old"
    /// One name serves: documents are written one at a time, and no policy's name has a dot first.
    static let draft = ".new"

    /// Where a policy's document is.
    func path(_ name: String) -> String { "\(folder)/\(name)\(Self.suffix)" }

    func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    func files(ending suffix: String, in subfolder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder + subfolder)) ?? [])
            .filter { $0.hasSuffix(suffix) }.sorted()
    }

    // MARK: - Changes

    /// Stores a document; when this returns it survives a power failure, and where it throws, what
    /// was stored under the name is what it was.
    ///
    /// `name` is a checked policy name, so it holds no slash.
    func save(_ document: [UInt8], as name: String) throws(Failure) {
        let draft = "\(folder)/\(Self.draft)"
        try checkPlace(of: name)
        try write(document, to: draft)
        do throws(Failure) {
            try keepVersion(of: name)
            try rename(draft, to: path(name))
        } catch {
            unsafe unlink(draft)
            throw error
        }
        do throws(Failure) {
            try syncFolder()
        } catch {
            undoSave(of: name)
            throw error
        }
    }

    /// Writes a new file and syncs it; where it throws, there is none.
    func write(_ document: [UInt8], to path: String) throws(Failure) {
        let file = InjectedFault.outcome(
            of: unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600))
        guard file >= 0 else { throw Failure(operation: "creating", path: path, number: errno) }
        do throws(Failure) {
            try write(document, to: file, at: path)
            close(file)
        } catch {
            close(file)
            unsafe unlink(path)
            throw error
        }
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

    /// Finds a folder in the place of a document, which nothing could be renamed to.
    func checkPlace(of name: String) throws(Failure) {
        var facts = stat()
        guard unsafe stat(path(name), &facts) != 0 || facts.st_mode & S_IFMT != S_IFDIR else {
            throw Failure(operation: "renaming to", path: path(name), number: EISDIR)
        }
    }

    func rename(_ source: String, to target: String) throws(Failure) {
        guard InjectedFault.outcome(of: unsafe Glibc.rename(source, target)) == 0 else {
            throw Failure(operation: "renaming to", path: target, number: errno)
        }
    }

    /// Whether a policy is to be silent after the next start.
    func isDisabled(_ name: String) -> Bool { exists("\(folder)/\(name)\(Self.disabled)") }

    /// Remembers whether a policy is silent.
    func setDisabled(_ name: String, _ isDisabled: Bool) throws(Failure) {
        let path = "\(folder)/\(name)\(Self.disabled)"
        if isDisabled {
            let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw Failure(operation: "creating", path: path, number: errno) }
            close(file)
        } else {
            try unlinkIfThere(path)
        }
        try syncFolder()
    }

    /// Forgets a policy's documents.
    func remove(_ name: String) throws(Failure) {
        try unlinkIfThere(path(name))
        try removeVersions(of: name)
        try unlinkIfThere("\(folder)/\(name)\(Self.corrupt)")
        try setMode(nil, of: name)
        try setDisabled(name, false)
    }

    private static let corrupt = ".corrupt"

    /// Moves a file that is no policy out of the way, and returns where it is now.
    func moveAside(_ name: String) throws(Failure) -> String {
        let target = "\(folder)/\(name)\(Self.corrupt)"
        try rename(path(name), to: target)
        try syncFolder()
        return target
    }

    func unlinkIfThere(_ path: String) throws(Failure) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw Failure(operation: "removing", path: path, number: errno)
        }
    }

    func syncFolder(_ subfolder: String = "") throws(Failure) {
        let path = folder + subfolder
        let directory = InjectedFault.outcome(
            of: unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard directory >= 0 else {
            throw Failure(operation: "opening", path: path, number: errno)
        }
        defer { close(directory) }
        guard InjectedFault.outcome(of: fsync(directory)) == 0 else {
            throw Failure(operation: "syncing", path: path, number: errno)
        }
    }
}
