/// Which process, and which program of it: what an `exec_id` says, in the order of their starts.
public struct ProcessID: Sendable, Hashable, Comparable {
    /// The exec, or where there was none the fork: CLOCK_BOOTTIME, in nanoseconds.
    public let identity: UInt64
    /// In the initial pid namespace.
    public let pid: UInt32

    /// Names what a process runs.
    public init(identity: UInt64, pid: UInt32) {
        self.identity = identity
        self.pid = pid
    }

    /// Older ones first; of two that started at once, the lower number.
    public static func < (one: ProcessID, other: ProcessID) -> Bool {
        (one.identity, one.pid) < (other.identity, other.pid)
    }
}
