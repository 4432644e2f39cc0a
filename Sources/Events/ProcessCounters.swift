/// What a ``ProcessTable`` has seen since it was made.
public struct ProcessCounters: Sendable, Equatable {
    /// Programs replaced.
    public var execs: UInt64 = 0
    /// Processes created.
    public var forks: UInt64 = 0
    /// Processes ended, each counted once.
    public var exits: UInt64 = 0
    /// Processes that made a call before the table knew them.
    public var unknown: UInt64 = 0
    /// Entries given up because the table was full.
    public var evictions: UInt64 = 0
    /// Entries now, those of processes that ended a moment ago included.
    public var entries = 0

    /// Counts from nothing.
    public init() {}
}
