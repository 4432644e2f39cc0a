/// Filters that a call must all pass to be reported.
public struct Selector: Sendable, Equatable {
    /// The filters by process, at most 4; without any, every process passes.
    public let processes: [ProcessFilter]
}

/// A filter by process id.
public struct ProcessFilter: Sendable, Equatable {
    /// Whether the listed processes are those that do not pass.
    public let isNegated: Bool
    /// Process ids of the host, from 1 to 8 of them.
    public let processes: [UInt32]
    /// Whether the descendants of the processes count too.
    public let followsForks: Bool
    /// A JSON Pointer to the filter.
    public let pointer: String
    /// Where the filter starts.
    public let position: SourcePosition
}
