/// Who is who: the live processes by number, kept up to date by records.
///
/// Belongs to the thread that reads the ring. Records come in the order in
/// which they happened; the scan of /proc comes when it is done, before or
/// after records about the same processes, and never overrules them.
///
/// A process that ended keeps its entry for ``grace``: the kernel still calls
/// hooked functions on its behalf after it reported the end.
public struct ProcessTable {
    /// How long an ended process is remembered, in nanoseconds of record time.
    static let grace: UInt64 = 2_000_000_000
    /// Start times from /proc are rounded down to ticks, at most 10 ms.
    static let tick: UInt64 = 10_000_000

    /// Counts what happened.
    public var counters: ProcessCounters {
        var counters = counts
        counters.entries = entries.count
        return counters
    }

    let node: String
    var clock: WallClock
    private let capacity: Int
    private let readProcess: (UInt32) -> ScannedProcess?
    private var counts = ProcessCounters()
    private var entries: [UInt32: ProcessEntry] = [:]
    /// Ended entries, oldest first, from `firstEnded` on.
    private var ended: [ProcessEntry] = []
    private var firstEnded = 0
    /// Until the scan, which may still show them: when processes ended.
    private var endedBeforeScan: [UInt32: UInt64]? = [:]

    /// Makes a table that knows only the kernel itself, process 0.
    init(
        node: String, clock: WallClock, capacity: Int,
        readProcess: @escaping (UInt32) -> ScannedProcess?
    ) {
        self.node = node
        self.clock = clock
        self.capacity = max(capacity, 2)
        self.readProcess = readProcess
        let kernel = ProcessImage(binary: Array("<kernel>".utf8), flags: .procFS)
        insert(
            ProcessEntry(
                pid: 0, start: 1, identity: 1, image: kernel, parent: ([], []), node: node,
                clock: &self.clock))
    }

    // MARK: - Looking up

    /// The entry of a process that a record names, made from /proc or from nothing if needed.
    @inline(__always)
    mutating func process(_ pid: UInt32, at time: UInt64) -> ProcessEntry {
        if let entry = entries[pid], time <= entry.expiry { return entry }
        return meet(pid, at: time)
    }

    /// The entry of a process, if the table has one.
    func entry(_ pid: UInt32) -> ProcessEntry? { entries[pid] }

    /// Appends the live processes as a JSON array of process objects, in no order.
    public func append(to json: inout JSONWriter) {
        json.append("[")
        var separates = false
        for entry in entries.values where entry.end == nil {
            if separates { json.append(",") }
            entry.append(thread: entry.pid, to: &json)
            separates = true
        }
        json.append("]")
    }

    @inline(never)
    private mutating func meet(_ pid: UInt32, at time: UInt64) -> ProcessEntry {
        counts.unknown += 1
        if let found = readProcess(pid) { return insert(found) }
        // It is gone, so no record will end the entry: it expires by itself.
        let entry = ProcessEntry(
            pid: pid, start: time, identity: time, image: ProcessImage(flags: .unknown),
            parent: ([], []), node: node, clock: &clock)
        insert(entry)
        retire(entry, at: time)
        return entry
    }

    /// The parent as it is now; nothing is made up for it.
    private mutating func parent(_ pid: UInt32, at time: UInt64) -> ProcessEntry? {
        if let entry = entries[pid], time <= entry.expiry { return entry }
        return readProcess(pid).map { insert($0) }
    }

    // MARK: - Records

    /// A process runs another program.
    ///
    /// Its parent is the real one, at a second exec too: the same question
    /// has the same answer whatever the process ran before.
    mutating func exec(_ record: ExecRecord) -> ProcessEntry {
        counts.execs += 1
        let (pid, time) = (record.header.tgid, record.header.time)
        let previous = entries[pid].flatMap { $0.end == nil ? $0 : nil }
        var image = ProcessImage(exec: record)
        if previous?.isForked == true { image.flags.insert(.clone) }
        let parent =
            parent(record.parent, at: time)?.asParent
            ?? previous.map { ($0.parentExecID, $0.parentJSON) } ?? ([], [])
        let entry = ProcessEntry(
            pid: pid, start: record.start, identity: time, image: image, parent: parent,
            node: node, clock: &clock)
        insert(entry)
        expire(before: time)
        return entry
    }

    /// A process has a child that runs the same program.
    mutating func fork(_ record: ForkRecord) {
        counts.forks += 1
        let time = record.header.time
        let caller = process(record.header.tgid, at: time)
        let parent =
            record.parent == caller.pid ? caller : self.parent(record.parent, at: time) ?? caller
        var image = caller.image
        image.flags.insert(.clone)
        insert(
            ProcessEntry(
                pid: record.child, start: record.start, identity: record.start, image: image,
                isForked: true, parent: parent.asParent, node: node, clock: &clock))
        expire(before: time)
    }

    /// A process ended; nil where that was said before.
    mutating func exit(_ record: ExitRecord) -> ProcessEntry? {
        let (pid, time) = (record.header.tgid, record.header.time)
        let isNews = endedBeforeScan != nil && noteEnd(of: pid, at: time)
        guard let entry = entries[pid] else {
            if isNews { counts.exits += 1 }
            return nil
        }
        // An end from before the start belongs to an earlier process of that number.
        guard entry.end == nil, entry.start <= time else { return nil }
        counts.exits += 1
        retire(entry, at: time)
        expire(before: time)
        return entry
    }

    /// Keeps the scan from bringing a process back; false if it ended before.
    private mutating func noteEnd(of pid: UInt32, at time: UInt64) -> Bool {
        let isNews = endedBeforeScan?.updateValue(time, forKey: pid) == nil
        // Whoever never scans must not pay for it.
        if let count = endedBeforeScan?.count, count > capacity { endedBeforeScan = nil }
        return isNews
    }

    // MARK: - /proc

    /// Takes over a scan of /proc, where records have not said more already.
    mutating func adopt(_ scan: [ScannedProcess]) {
        let ends = endedBeforeScan ?? [:]
        endedBeforeScan = nil
        // Parents first. Where ticks are equal the lower number is likely the older.
        for found in scan.sorted(by: { ($0.start, $0.pid) < ($1.start, $1.pid) }) {
            if let end = ends[found.pid], found.start <= end { continue }
            guard let known = entries[found.pid] else {
                insert(found)
                continue
            }
            let isSame = known.start < found.start &+ 2 * Self.tick
            let isNewer = known.start &+ 2 * Self.tick < found.start
            if isNewer || isSame && known.image.flags.contains(.unknown) && known.end == nil {
                insert(found)
            }
        }
    }

    @discardableResult
    private mutating func insert(_ found: ScannedProcess) -> ProcessEntry {
        let parent = found.pid == 0 ? nil : entries[found.parent]
        let entry = ProcessEntry(
            pid: found.pid, start: found.start, identity: found.start, image: found.image,
            parent: parent?.asParent ?? ([], []), node: node, clock: &clock)
        insert(entry)
        return entry
    }

    // MARK: - Room

    private mutating func insert(_ entry: ProcessEntry) {
        if entries.updateValue(entry, forKey: entry.pid) == nil, entries.count > capacity {
            evict(sparing: entry.pid)
        }
    }

    /// Gives up who ended first, else any; it is read from /proc again when it matters.
    private mutating func evict(sparing pid: UInt32) {
        counts.evictions += 1
        let before = entries.count
        while entries.count == before, firstEnded < ended.count { dropFirstEnded() }
        if entries.count == before,
            let victim = entries.keys.first(where: { $0 != pid && $0 != 0 })
        {
            entries[victim] = nil
        }
    }

    private mutating func retire(_ entry: ProcessEntry, at time: UInt64) {
        let (expiry, overflow) = time.addingReportingOverflow(Self.grace)
        entry.finish(at: time, expiry: overflow ? .max - 1 : expiry)
        ended.append(entry)
    }

    private mutating func expire(before time: UInt64) {
        while firstEnded < ended.count, ended[firstEnded].expiry < time { dropFirstEnded() }
        if firstEnded > 64, firstEnded * 2 > ended.count {
            ended.removeFirst(firstEnded)
            firstEnded = 0
        }
    }

    private mutating func dropFirstEnded() {
        let entry = ended[firstEnded]
        firstEnded += 1
        if let current = entries[entry.pid], current === entry { entries[entry.pid] = nil }
    }
}
