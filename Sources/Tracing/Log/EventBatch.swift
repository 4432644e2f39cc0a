import Events

/// Events that are appended to the log together, so that its lock is taken once for all.
struct EventBatch: ~Copyable {
    /// The lines, back to back.
    private(set) var json = JSONWriter(capacity: 96 * 1024)
    private(set) var entries: [Entry] = []

    /// One line and what filters need to know of it.
    struct Entry {
        var line: Range<Int>
        var event: EventMetadata
    }

    /// Events in a full batch, and bytes.
    private static let mostEvents = 64
    private static let mostBytes = 64 * 1024

    init() { entries.reserveCapacity(Self.mostEvents) }

    var isFull: Bool { entries.count >= Self.mostEvents || json.count >= Self.mostBytes }

    /// Adds the event that a record means, if it means one.
    mutating func append(_ record: RawSpan, by encoder: inout EventEncoder) throws(RecordError) {
        let start = json.count
        guard let event = try encoder.encode(record, into: &json) else { return }
        entries.append(Entry(line: start..<json.count, event: event))
    }

    mutating func removeAll() {
        json.removeAll()
        entries.removeAll(keepingCapacity: true)
    }
}

extension EventLog {
    /// Appends the events of a batch, in order.
    func append(_ batch: borrowing EventBatch) {
        guard !batch.entries.isEmpty else { return }
        let entries = batch.entries
        batch.json.withBytes { lines in append(lines, entries) }
    }
}
