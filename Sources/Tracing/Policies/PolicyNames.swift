/// Gives policies their ids.
///
/// A policy that comes again gets its old one, so filters go on working.
struct PolicyNames {
    private var ids: [String: UInt32] = [:]

    /// Names that filters may ask for; those of policies come on top.
    private static let mostAskedFor = 10_000

    /// The id of a policy.
    mutating func id(of policy: String) -> UInt32 {
        let id = ids[policy] ?? UInt32(ids.count + 1)
        ids[policy] = id
        return id
    }

    /// The id that a policy of this name has, had or will have; nil where there are too many names.
    mutating func id(askedFor name: String) -> UInt32? {
        guard ids[name] != nil || ids.count < Self.mostAskedFor else { return nil }
        return id(of: name)
    }
}
