/// One life of a process: from fork or exec until the next exec or its end.
///
/// Nothing but ``end`` changes, so its JSON is encoded once. Children share
/// the bytes of their parent's JSON, not the entry: a chain of processes that
/// fork and end keeps one parent alive, not all ancestors.
final class ProcessEntry {
    let pid: UInt32
    /// When the process was forked: CLOCK_BOOTTIME, in nanoseconds.
    let start: UInt64
    let image: ProcessImage
    /// Whether it still runs what its parent ran.
    let isForked: Bool
    /// Base64; empty where nothing but the number is known.
    let execID: [UInt8]
    /// The process object, as its own thread `pid` shows it.
    let json: [UInt8]
    /// Where the binary stands in `json`, escaped.
    let binary: Range<Int>
    let parentExecID: [UInt8]
    /// The parent's object; empty where there is none.
    let parentJSON: [UInt8]
    /// When the process ended.
    private(set) var end: UInt64?
    /// When the entry must not be used any more.
    private(set) var expiry = UInt64.max

    /// How much of `json` stands before the thread id.
    private let threadOffset: Int

    /// Encodes an entry, whose `exec_id` and `start_time` say `identity`.
    init(
        pid: UInt32, start: UInt64, identity: UInt64, image: ProcessImage,
        isForked: Bool = false, parent: (execID: [UInt8], json: [UInt8]),
        node: String, clock: inout WallClock
    ) {
        self.pid = pid
        self.start = start
        self.image = image
        self.isForked = isForked
        parentExecID = parent.execID
        parentJSON = parent.json

        let isKnown = !image.flags.contains(.unknown)
        var json = JSONWriter(capacity: 512)
        if isKnown {
            json.append(base64: "\(node):\(identity):\(pid)".utf8.span)
        }
        execID = json.array

        json.removeAll()
        json.append("{")
        if isKnown {
            json.append("\"exec_id\":\"")
            json.append(execID)
            json.append("\",")
        }
        json.append("\"pid\":")
        json.append(pid)
        binary = json.append(image, isKnown: isKnown)
        if isKnown {
            json.append(",\"start_time\":\"")
            clock.append(identity, to: &json)
            json.append("\",\"auid\":")
            json.append(image.auid)
        }
        if !parent.execID.isEmpty {
            json.append(",\"parent_exec_id\":\"")
            json.append(parent.execID)
            json.append("\"")
        }
        json.append(",\"tid\":")
        threadOffset = json.count
        json.append(pid)
        json.append("}")
        self.json = json.array
    }

    /// What children remember of this process.
    var asParent: (execID: [UInt8], json: [UInt8]) { (execID, json) }

    /// Notes the end; the entry serves late records until `expiry`.
    func finish(at end: UInt64, expiry: UInt64) {
        self.end = end
        self.expiry = expiry
    }

    /// Appends the process object as one of its threads shows it.
    @inline(__always)
    func append(thread: UInt32, to json: inout JSONWriter) {
        if thread == pid { return json.append(self.json) }
        json.append(self.json, first: threadOffset)
        json.append(thread)
        json.append("}")
    }
}
