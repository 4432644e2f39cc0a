/// A process as it was when the table was asked.
public struct ProcessSnapshot: Sendable {
    /// Its number, and its place among all.
    public let id: ProcessID
    /// Base64; also where nothing but the number is known, and the object has none.
    public let execID: [UInt8]
    /// The number of the nearest process above it that runs; nil where there is none.
    public let parent: UInt32?
    /// The object that events show.
    public let json: [UInt8]

    /// Names every fact.
    public init(id: ProcessID, execID: [UInt8], parent: UInt32?, json: [UInt8]) {
        self.id = id
        self.execID = execID
        self.parent = parent
        self.json = json
    }
}

/// Which processes somebody wants to see; what is nil does not matter.
public struct ProcessFilter: Sendable, Equatable {
    /// Numbers, any of them.
    public var pids: Set<UInt32>?
    /// Paths of programs, any of them.
    public var binaries: Set<[UInt8]>?

    /// Takes every process.
    public init() {}

    func takes(_ entry: ProcessEntry) -> Bool {
        (pids?.contains(entry.pid) ?? true) && (binaries?.contains(entry.image.binary) ?? true)
    }
}

extension ProcessTable {
    /// The processes that run and that the filter takes, in no order.
    public func running(_ filter: ProcessFilter = ProcessFilter()) -> [ProcessSnapshot] {
        entries.values.compactMap { entry in
            entry.end == nil && filter.takes(entry) ? snapshot(entry) : nil
        }
    }

    /// Every process that runs, and the numbers of those that the filter takes, in no order.
    public func forest(_ filter: ProcessFilter) -> (all: [ProcessSnapshot], taken: Set<UInt32>) {
        let running = entries.values.filter { $0.end == nil }
        let taken = running.lazy.filter(filter.takes).map(\.pid)
        return (running.map(snapshot), Set(taken))
    }

    func snapshot(_ entry: ProcessEntry) -> ProcessSnapshot {
        ProcessSnapshot(
            id: ProcessID(identity: entry.identity, pid: entry.pid),
            execID: entry.execID.isEmpty
                ? printer.execID(of: entry.pid, identity: entry.identity) : entry.execID,
            parent: holder(of: entry)?.pid, json: entry.json)
    }
}
