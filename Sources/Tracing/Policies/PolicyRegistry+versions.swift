import Digests

/// A document that a policy has or had.
public struct PolicyVersion: Sendable {
    /// Counts the policy's documents from 1.
    public var number: Int
    /// Identifies the document's bytes, quoted as HTTP wants it.
    public var etag: String
    /// When it was stored, in nanoseconds since 1970.
    public var stored: UInt64
    /// The document as it was uploaded.
    public var document: [UInt8]
}

extension PolicyRegistry {
    /// The versions of a policy that are kept, the newest first: that is the one it has.
    public func versions(of name: String) throws(PolicyRejection) -> [PolicyVersion] {
        guard policies[name] != nil else { throw .notFound(name) }
        do throws(PolicyStore.Failure) {
            return try store.versions(of: name).map { version in
                PolicyVersion(
                    number: version.number, etag: SHA256Digest(of: version.document).etag,
                    stored: version.stored, document: version.document)
            }
        } catch {
            throw .failed("\(error)")
        }
    }

    /// Gives a policy the document that it had as another version, as a new version.
    ///
    /// - Throws: that there is no such version, that the document is not accepted any more, or that
    ///   `condition` does not hold.
    public func restore(
        _ name: String, version number: Int, if condition: Precondition = .none
    ) throws(PolicyRejection) -> (Replacement, PolicyStatus) {
        guard let version = try versions(of: name).first(where: { $0.number == number }) else {
            throw .noSuchVersion(name, number)
        }
        return try replace(name, with: version.document, if: condition)
    }
}
