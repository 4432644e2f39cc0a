/// A process as /proc shows it.
public struct ScannedProcess: Sendable {
    /// The process.
    public let pid: UInt32
    /// Its parent; 0 for the first process and the first kernel thread.
    public let parent: UInt32
    /// When it was forked: CLOCK_BOOTTIME, in nanoseconds, rounded down to a clock tick.
    public let start: UInt64
    let image: ProcessImage
}
