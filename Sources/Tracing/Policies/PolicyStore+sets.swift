import Foundation
import Kernel

/// Several documents that are stored together, all of them or none.
///
///     STATE_DIR/policies/.set/<name>.yaml     being written: a crash undoes the set
///     STATE_DIR/policies/.stored/<name>.yaml  whole: a crash does not keep it from being stored
///
/// The renaming of the one folder to the other is the instant in which the set is stored.
extension PolicyStore {
    private static let begun = "/.set"
    private static let whole = "/.stored"

    /// Stores documents by their policies' names; when this returns they survive a power failure,
    /// and where it throws, what was stored is what it was.
    func save(_ documents: [(name: String, document: [UInt8])]) throws(Failure) {
        do throws(Failure) {
            try removeFolder(Self.begun)
            guard InjectedFault.outcome(of: unsafe mkdir(folder + Self.begun, 0o700)) == 0 else {
                throw Failure(operation: "creating", path: folder + Self.begun, number: errno)
            }
            for (name, document) in documents {
                try write(document, to: "\(folder)\(Self.begun)/\(name)\(Self.suffix)")
            }
            try syncFolder(Self.begun)
            // What can fail for want of room comes before the instant.
            for (name, _) in documents {
                try checkPlace(of: name)
                try keepVersion(of: name)
            }
            try rename(folder + Self.begun, to: folder + Self.whole)
        } catch {
            try? removeFolder(Self.begun)
            throw error
        }
        do throws(Failure) {
            try syncFolder()
            try finishSet()
        } catch {
            for (name, _) in documents { undoSave(of: name) }
            try? removeFolder(Self.whole)
            throw error
        }
    }

    /// Puts the documents of a set that is whole in their places.
    func finishSet() throws(Failure) {
        try removeFolder(Self.begun)
        guard exists(folder + Self.whole) else { return }
        for file in files(ending: Self.suffix, in: Self.whole) {
            guard unsafe Glibc.rename("\(folder)\(Self.whole)/\(file)", "\(folder)/\(file)") == 0
            else {
                throw Failure(operation: "renaming to", path: "\(folder)/\(file)", number: errno)
            }
        }
        try syncFolder()
        try removeFolder(Self.whole)
    }

    private func removeFolder(_ name: String) throws(Failure) {
        for file in files(ending: "", in: name) {
            try unlinkIfThere("\(folder)\(name)/\(file)")
        }
        guard unsafe rmdir(folder + name) == 0 || errno == ENOENT else {
            throw Failure(operation: "removing", path: folder + name, number: errno)
        }
    }
}
