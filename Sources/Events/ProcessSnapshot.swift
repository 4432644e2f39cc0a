/// A process as it was when the table was asked.
public struct ProcessSnapshot: Sendable {
    /// The process, in the initial pid namespace.
    public let pid: UInt32
    /// When it was forked: CLOCK_BOOTTIME, in nanoseconds.
    public let start: UInt64
    /// Whether it runs, or has ended a moment ago.
    public let runs: Bool
    /// Base64; empty where nothing but the number is known.
    public let execID: [UInt8]
    /// Of the parent, or of what the process ran before; empty where neither is known.
    public let parentExecID: [UInt8]
    /// An absolute path; a kernel thread's name.
    public let binary: [UInt8]
    /// The object that events show.
    public let json: [UInt8]

    init(_ entry: ProcessEntry) {
        pid = entry.pid
        start = entry.start
        runs = entry.end == nil
        execID = entry.execID
        parentExecID = entry.parentExecID
        binary = entry.image.binary
        json = entry.json
    }
}

extension ProcessTable {
    /// Every process that runs, in no order.
    public func running() -> [ProcessSnapshot] {
        entries.values.compactMap { $0.end == nil ? ProcessSnapshot($0) : nil }
    }

    /// A process by its exec_id, and those above it, the nearest first; also one that has ended, as
    /// long as it is remembered, and what a running process ran before.
    public func lineage(of execID: [UInt8]) -> [ProcessSnapshot] {
        for entry in entries.values {
            var current: ProcessEntry? = entry
            while let candidate = current {
                if candidate.execID == execID {
                    return sequence(first: candidate, next: \.parent).map(ProcessSnapshot.init)
                }
                current = candidate.parent
            }
        }
        return []
    }
}
