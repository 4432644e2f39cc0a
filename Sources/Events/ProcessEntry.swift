/// One life of a process: from fork or exec until the next exec or its end.
///
/// Nothing that it shows changes, so its JSON is encoded once.
final class ProcessEntry {
    let execID: [UInt8]
    /// The exec, or where there was none the fork: CLOCK_BOOTTIME, in nanoseconds.
    let identity: UInt64
    let task: ProcessTask
    let image: ProcessImage
    /// Whether it still runs what its parent ran.
    let isForked: Bool
    /// The object, as its own thread `pid` shows it.
    let json: [UInt8]
    /// Where the binary stands in `json`, escaped.
    let binary: Range<Int>
    let parentExecID: [UInt8]
    /// The parent's object; empty where there is none.
    let parentJSON: [UInt8]
    /// The parent, or what the process ran before; nil where it is not known any more.
    private(set) var parent: ProcessEntry?
    /// When the process ended.
    private(set) var end: UInt64?
    /// When the entry must not be used any more.
    private(set) var expiry = UInt64.max

    /// How much of `json` stands before the thread id.
    private let threadOffset: Int
    /// How many entries there are above at most.
    private let depth: Int

    var pid: UInt32 { task.pid }
    /// When the process was forked: CLOCK_BOOTTIME, in nanoseconds.
    var start: UInt64 { task.start }

    /// Encodes an entry, whose `exec_id` and `start_time` say `identity`.
    init(
        _ task: ProcessTask, _ image: ProcessImage, identity: UInt64, isForked: Bool = false,
        parent: ProcessEntry?, printer: inout ProcessPrinter
    ) {
        self.task = task
        self.image = image
        self.identity = identity
        self.isForked = isForked
        self.parent = parent
        parentExecID = parent?.execID ?? []
        parentJSON = parent?.json ?? []
        depth = parent.map { $0.depth + 1 } ?? 0
        let isKnown = !image.flags.contains(.unknown)
        execID = isKnown ? printer.execID(of: task.pid, identity: identity) : []

        var json = JSONWriter(capacity: 1024)
        let layout = printer.append(
            ProcessDescription(
                execID: execID, identity: identity, task: task, image: image,
                parentExecID: parentExecID),
            to: &json)
        self.json = json.array
        binary = layout.binary
        threadOffset = layout.thread
        if depth >= Self.deepest { cutLineage() }
    }

    // MARK: - Ancestors

    /// Every process keeps those above it, and a shell that execs itself for ever has no first one.
    private static let deepest = 128

    /// Forgets who is more than half of the deepest above; their objects' bytes remain.
    private func cutLineage() {
        var entry = self
        for _ in 0..<Self.deepest / 2 {
            guard let parent = entry.parent else { return }
            entry = parent
        }
        entry.parent = nil
    }

    /// The processes above the parent, the nearest first, up to the first process of the machine.
    var ancestors: [ProcessEntry] {
        var ancestors: [ProcessEntry] = []
        var entry = parent
        while let current = entry, current.pid > 2, let next = current.parent {
            ancestors.append(next)
            entry = next
        }
        return ancestors
    }

    // MARK: - The end

    /// Notes the end; the entry serves late records until `expiry`.
    func finish(at end: UInt64, expiry: UInt64) {
        self.end = end
        self.expiry = expiry
    }

    // MARK: - Events

    /// Appends the process object as one of its threads shows it.
    @inline(__always)
    func append(thread: UInt32, to json: inout JSONWriter) {
        if thread == pid { return json.append(self.json) }
        json.append(self.json, first: threadOffset)
        json.append(thread)
        json.append("}")
    }
}
