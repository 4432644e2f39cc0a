/// Who is who: the live processes by number, kept up to date by records.
///
/// Belongs to the thread that reads the ring. Records come in the order in which they happened.
/// The scan of /proc shows processes as they are later than the records that wait in the ring
/// say; so what a record says replaces what the scan said, and not the other way round.
///
/// A process that ended keeps its entry for ``grace``: the kernel still calls hooked functions on
/// its behalf after it reported the end.
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

    var printer: ProcessPrinter
    private let capacity: Int
    private let source: any ProcessSource
    private var counts = ProcessCounters()
    private(set) var entries: [UInt32: ProcessEntry] = [:]
    /// Ended entries, oldest first, from `firstEnded` on.
    private var ended: [ProcessEntry] = []
    private var firstEnded = 0
    private var containers = ContainerCache()

    /// Makes a table that knows only the kernel itself, process 0.
    init(printer: ProcessPrinter, capacity: Int, source: any ProcessSource) {
        self.printer = printer
        self.capacity = max(capacity, 2)
        self.source = source
        let kernel = ProcessImage(binary: Array("<kernel>".utf8), flags: .procFS)
        insert(entry(ProcessTask(pid: 0, parent: 0, innerPID: 0, start: 1), kernel, identity: 1))
    }

    private mutating func entry(
        _ task: ProcessTask, _ image: ProcessImage, identity: UInt64, isForked: Bool = false,
        parent: ProcessEntry? = nil
    ) -> ProcessEntry {
        var (task, image) = (task, image)
        // Of a hundred thousand processes nobody wants to keep what is never shown.
        if !printer.reporting.needsNamespaces { task.namespaces = Namespaces() }
        if task.isInnerInit || task.level > 0 && parent?.image.flags.contains(.inInitTree) == true {
            image.flags.insert(.inInitTree)
        }
        return ProcessEntry(
            task, image, identity: identity, isForked: isForked, parent: parent,
            printer: &printer)
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

    @inline(never)
    private mutating func meet(_ pid: UInt32, at time: UInt64) -> ProcessEntry {
        counts.unknown += 1
        if let found = source.process(pid) { return insert(found) }
        // It is gone, so no record will end the entry: it expires by itself.
        let entry = unknown(pid, at: time)
        insert(entry)
        retire(entry, at: time)
        return entry
    }

    private mutating func unknown(_ pid: UInt32, at time: UInt64) -> ProcessEntry {
        let task = ProcessTask(pid: pid, parent: 0, innerPID: 0, start: time)
        return entry(task, ProcessImage(flags: .unknown), identity: time)
    }

    /// The parent as it is now; nothing is made up for it.
    private mutating func parent(_ pid: UInt32, at time: UInt64) -> ProcessEntry? {
        if let entry = entries[pid], time <= entry.expiry { return entry }
        return source.process(pid).map { insert($0) }
    }

    // MARK: - Records

    /// A process runs another program.
    ///
    /// Its parent is the real one where it was forked for this; at a second exec, it is the process
    /// as it was before, whose parent is known.
    mutating func exec(_ record: ExecRecord) -> Execution {
        counts.execs += 1
        let (pid, time) = (record.header.tgid, record.header.time)
        let previous = entries[pid].flatMap { $0.end == nil && $0.start <= time ? $0 : nil }
        var image = ProcessImage(exec: record, reporting: printer.reporting)
        containers.note(image.container, of: record.task.cgroup)
        if previous?.isForked == true { image.flags.insert(.clone) }
        if previous?.image.flags.contains(.inInitTree) == true { image.flags.insert(.inInitTree) }
        let parent =
            if let previous, !previous.isForked, !previous.image.flags.contains(.unknown) {
                previous
            } else {
                self.parent(record.task.parent, at: time) ?? previous?.parent
            }
        let bounded = image.bounded(argumentBytes: record.arguments.whole)
        let entry = entry(record.task, bounded, identity: time, parent: parent)
        insert(entry)
        expire(before: time)
        return Execution(record: record, entry: entry, image: image)
    }

    /// A process has a child that runs the same program.
    mutating func fork(_ record: ForkRecord) {
        counts.forks += 1
        let (child, time) = (record.child, record.header.time)
        let caller = process(record.header.tgid, at: time)
        let parent =
            child.parent == caller.pid ? caller : parent(child.parent, at: time) ?? caller
        var image = caller.image
        image.flags.insert(.clone)
        image.container = containers.container(
            of: child, whose: caller, reading: source.cgroup)
        insert(entry(child, image, identity: child.start, isForked: true, parent: parent))
        expire(before: time)
    }

    /// A process ended; nil where that was said before.
    ///
    /// Every process has its end told, also one that nothing else was heard of.
    mutating func exit(_ record: ExitRecord) -> ProcessEntry? {
        let (pid, time) = (record.header.tgid, record.header.time)
        expire(before: time)
        guard let entry = entries[pid] ?? source.process(pid).map({ insert($0) }),
            entry.start <= time
        else {
            // Nothing is known of it, or only of a younger process of the same number.
            counts.exits += 1
            let entry = unknown(pid, at: time)
            if entries[pid] == nil {
                insert(entry)
                retire(entry, at: time)
            }
            return entry
        }
        guard entry.end == nil else { return nil }
        counts.exits += 1
        retire(entry, at: time)
        return entry
    }

    // MARK: - /proc

    /// Takes over a scan of /proc, where records have not said more already.
    mutating func adopt(_ scan: [ScannedProcess]) {
        // Parents first. Where ticks are equal the lower number is likely the older.
        for found in scan.sorted(by: { ($0.task.start, $0.task.pid) < ($1.task.start, $1.task.pid) }
        ) {
            guard let known = entries[found.task.pid] else {
                insert(found)
                continue
            }
            let isSame = known.start < found.task.start &+ 2 * Self.tick
            let isNewer = known.start &+ 2 * Self.tick < found.task.start
            if isNewer || isSame && known.image.flags.contains(.unknown) && known.end == nil {
                insert(found)
            }
        }
    }

    /// Forgets processes that are gone, where no record has said so or more since.
    mutating func forget(_ gone: [ProcessID]) {
        for id in gone where id.pid != 0 {
            if let entry = entries[id.pid], entry.identity == id.identity, entry.end == nil {
                entries[id.pid] = nil
            }
        }
    }

    @discardableResult
    private mutating func insert(_ found: ScannedProcess) -> ProcessEntry {
        let parent = found.task.pid == 0 ? nil : entries[found.task.parent]
        let entry = entry(
            found.task, found.image(printer.reporting), identity: found.task.start, parent: parent)
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
