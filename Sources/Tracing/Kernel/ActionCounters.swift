import CWire

/// What a selector's actions came to: struct wire_actions, summed over the CPUs.
public struct ActionCounters: Sendable, Equatable {
    /// Calls that an event was wanted of.
    public var post: UInt64 = 0
    /// Calls that none was wanted of.
    public var noPost: UInt64 = 0
    /// Signals that were sent.
    public var signal: UInt64 = 0
    /// Signals that were not sent because the policy monitors.
    public var monitorSignal: UInt64 = 0
    /// Signals that were not sent because the kernel refused, or because they were for the service
    /// itself.
    public var failedSignal: UInt64 = 0

    /// By their names in statuses and metrics, in the order of the struct.
    public static let fields:
        [(name: String, path: any WritableKeyPath<ActionCounters, UInt64> & Sendable)] = [
            ("post", \.post), ("nopost", \.noPost), ("signal", \.signal),
            ("monitor_signal", \.monitorSignal), ("failed_signal", \.failedSignal),
        ]

    init() {}

    init(_ words: [UInt64]) {
        precondition(words.count == MemoryLayout<wire_actions>.size / 8)
        for (field, word) in zip(Self.fields, words) { self[keyPath: field.path] = word }
    }

    static func += (total: inout ActionCounters, more: ActionCounters) {
        for (_, path) in fields { total[keyPath: path] += more[keyPath: path] }
    }
}
