import CWire
public import Kernel
public import Lowering
public import Policy

/// What one hook's programs have done.
public struct HookReading: Sendable {
    /// One program and what the kernel says of it.
    public struct LoadedProgram: Sendable {
        /// The name of its function.
        public let name: String
        /// What the kernel says of it.
        public let info: Program.Info
    }

    /// One of its selectors, and what that has led to.
    public struct Selector: Sendable {
        /// The policy's name for it.
        public let label: String?
        /// What its actions came to.
        public let actions: ActionCounters
    }

    /// How the hook is attached.
    public var method: AttachMethod
    /// The better ways that there are, and why none of them is used.
    public var refused: [RefusedMethod]
    /// How long it took to load and attach, in nanoseconds.
    public var loadNanoseconds: UInt64 = 0
    /// The programs, the one at the return first.
    public var programs: [LoadedProgram] = []
    /// What they counted.
    public var counters = HookCounters()
    /// Its selectors, in their order; empty where they only choose what is reported.
    public var selectors: [Selector] = []
    /// Events that the kernel kept from a program that was running on the same CPU.
    public var recursions: UInt64 = 0
    /// Calls that the kernel's probes did not get; nil where it does not count them.
    public var missed: UInt64?
}

/// struct wire_counters, summed over the CPUs.
public struct HookCounters: Sendable, Equatable {
    /// Events handed to the reader.
    public var sent: UInt64 = 0
    /// Calls that no selector took.
    public var filtered: UInt64 = 0
    /// Events lost because the ring had no room.
    public var ringFull: UInt64 = 0
    /// Calls lost because there was no memory to keep their entry.
    public var pendingFull: UInt64 = 0
    /// Returns whose entry was not seen.
    public var pendingMissed: UInt64 = 0
    /// Entries that were kept until their return.
    public var pendingBegun: UInt64 = 0
    /// Those of them that returned.
    public var pendingEnded: UInt64 = 0
    /// Those of them whose return was not seen.
    public var pendingStale: UInt64 = 0

    /// Events that the kernel kept from the programs, where it says so: recursion and probe misses.
    public var skipped: UInt64 = 0

    init() {}

    private static let fields: [any WritableKeyPath<HookCounters, UInt64> & Sendable] = [
        \.sent, \.filtered, \.ringFull, \.pendingFull, \.pendingMissed, \.pendingBegun,
        \.pendingEnded, \.pendingStale,
    ]

    /// Adds what another hook has counted.
    static func += (total: inout HookCounters, more: HookCounters) {
        for field in fields { total[keyPath: field] += more[keyPath: field] }
        total.skipped += more.skipped
    }

    init(_ words: [UInt64]) {
        precondition(words.count == MemoryLayout<wire_counters>.size / 8)
        for (field, word) in zip(Self.fields, words) { self[keyPath: field] = word }
    }

    /// Calls that were entered and have not returned yet.
    var underWay: UInt64 {
        // The sums of the CPUs are not of one moment.
        let done = pendingEnded + pendingStale
        return pendingBegun > done ? pendingBegun - done : 0
    }
}
