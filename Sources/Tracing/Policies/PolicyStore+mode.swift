import Glibc
import Kernel

/// The modes that policies have been given apart from their documents.
extension PolicyStore {
    private func modePath(_ name: String) -> String { "\(folder)/\(name).mode" }

    /// The mode that the policy was given; nil where its document decides.
    ///
    /// A file that cannot be read stands for a policy that only monitors: what nobody can tell is
    /// not enforced.
    func mode(of name: String) -> ModeOverride? {
        let path = modePath(name)
        guard exists(path) else { return nil }
        guard let bytes = try? read(path).get() else { return ModeOverride(text: "") }
        return ModeOverride(text: String(decoding: bytes, as: UTF8.self))
    }

    /// Remembers the mode that a policy is given; nil: its document decides.
    ///
    /// When this returns it survives a power failure, and where it throws, what was remembered
    /// still is.
    func setMode(_ mode: ModeOverride?, of name: String) throws(Failure) {
        guard let mode else {
            guard exists(modePath(name)) else { return }
            try unlinkIfThere(modePath(name))
            return try syncFolder()
        }
        let draft = "\(folder)/\(Self.draft)"
        try write(Array(mode.text.utf8), to: draft)
        do throws(Failure) {
            try rename(draft, to: modePath(name))
        } catch {
            unsafe unlink(draft)
            throw error
        }
        try syncFolder()
    }
}
