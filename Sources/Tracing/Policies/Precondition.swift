/// What a client says must hold of a policy's document before it is changed (RFC 9110, 13.1).
public struct Precondition: Sendable, Equatable {
    /// The documents that one of the conditions is about.
    public enum Documents: Sendable, Equatable {
        /// Any that there is.
        case any
        /// Those with these tags, as ``PolicyStatus/etag`` writes them.
        case tagged(Set<String>)

        func take(_ etag: String?) -> Bool {
            guard let etag else { return false }
            switch self {
            case .any: return true
            case .tagged(let etags): return etags.contains(etag)
            }
        }
    }

    /// `If-Match`: the policy has one of these.
    public var match: Documents?
    /// `If-None-Match`: the policy has none of these.
    public var noneMatch: Documents?

    /// Nothing has to hold.
    public static let none = Precondition()

    /// Names both conditions.
    public init(match: Documents? = nil, noneMatch: Documents? = nil) {
        self.match = match
        self.noneMatch = noneMatch
    }

    /// Throws where it does not hold of the policy of this name; nil is none of that name.
    func check(_ policy: KnownPolicy?, _ name: String) throws(PolicyRejection) {
        let etag = policy?.digest.etag
        guard match?.take(etag) ?? true, !(noneMatch?.take(etag) ?? false) else {
            throw .preconditionFailed(name, etag: etag)
        }
    }
}
