import Glibc
import Kernel

/// The documents that a policy has had: the last ten, the one that it has among them.
///
/// Before a document takes the place of another, that one gets a second name, its version's, in the
/// folder `<name>.old`. A crash between the two leaves a document with both names, which is one.
extension PolicyStore {
    /// A document that a policy has or had.
    struct Version {
        /// Counts the policy's documents from 1.
        var number: Int
        /// When it was stored, in nanoseconds since 1970.
        var stored: UInt64
        var document: [UInt8]
    }

    /// Documents that are kept beside the one that the policy has.
    private static let mostOld = 9

    /// The number of the document that the policy has, or would get.
    func version(of name: String) -> Int {
        guard let newest = oldNumbers(of: name).last else { return 1 }
        return isSame(oldPath(name, newest), path(name)) ? newest : newest + 1
    }

    /// Every version that is kept, the newest first.
    func versions(of name: String) throws(Failure) -> [Version] {
        let current = version(of: name)
        var versions = [try version(current, at: path(name))]
        for number in oldNumbers(of: name).reversed() where number < current {
            versions.append(try version(number, at: oldPath(name, number)))
        }
        return versions
    }

    private func version(_ number: Int, at path: String) throws(Failure) -> Version {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else {
            throw Failure(operation: "reading", path: path, number: errno)
        }
        let time = UInt64(clamping: facts.st_mtim.tv_sec) * 1_000_000_000
        return Version(
            number: number, stored: time + UInt64(clamping: facts.st_mtim.tv_nsec),
            document: try read(path).get())
    }

    /// Gives the document that a policy has its version's name, too, and lets go of the oldest.
    func keepVersion(of name: String) throws(Failure) {
        guard exists(path(name)) else { return }
        let number = version(of: name)
        let target = oldPath(name, number)
        // A crash may have come before it was replaced.
        guard !exists(target) else { return }
        let folder = self.folder + oldFolder(name)
        guard InjectedFault.outcome(of: unsafe mkdir(folder, 0o700)) == 0 || errno == EEXIST else {
            throw Failure(operation: "creating", path: folder, number: errno)
        }
        guard InjectedFault.outcome(of: unsafe link(path(name), target)) == 0 else {
            throw Failure(operation: "keeping", path: target, number: errno)
        }
        for number in oldNumbers(of: name).dropLast(Self.mostOld) {
            try unlinkIfThere(oldPath(name, number))
        }
        try syncFolder(oldFolder(name))
    }

    /// Puts back what a document that could not be synced has replaced.
    func undoSave(of name: String) {
        guard let newest = oldNumbers(of: name).last else {
            unsafe unlink(path(name))
            return
        }
        // Both names again, which is how it was before the last step.
        let again = path(name) + ".new"
        if unsafe link(oldPath(name, newest), again) == 0 {
            unsafe Glibc.rename(again, path(name))
        }
    }

    /// Forgets all versions but the one that the policy has.
    func removeVersions(of name: String) throws(Failure) {
        for number in oldNumbers(of: name) { try unlinkIfThere(oldPath(name, number)) }
        let folder = self.folder + oldFolder(name)
        guard unsafe rmdir(folder) == 0 || errno == ENOENT else {
            throw Failure(operation: "removing", path: folder, number: errno)
        }
    }

    // MARK: - Names

    private func oldFolder(_ name: String) -> String { "/\(name)\(Self.old)" }

    private func oldPath(_ name: String, _ number: Int) -> String {
        "\(folder)\(oldFolder(name))/\(number)\(Self.suffix)"
    }

    private func oldNumbers(of name: String) -> [Int] {
        files(ending: Self.suffix, in: oldFolder(name))
            .compactMap { Int($0.dropLast(Self.suffix.count)) }.sorted()
    }

    /// Whether two paths name one file.
    private func isSame(_ first: String, _ second: String) -> Bool {
        var (one, other) = (stat(), stat())
        return unsafe stat(first, &one) == 0 && stat(second, &other) == 0
            && one.st_ino == other.st_ino && one.st_dev == other.st_dev
    }
}
