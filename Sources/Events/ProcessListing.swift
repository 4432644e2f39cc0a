import CWire

/// Puts together the processes that the iterator `process_list` writes: records of
/// `WIRE_KIND_PROCESS`, one behind the other, in pieces of any size.
public struct ProcessListing {
    /// Those that are complete, in no order.
    public private(set) var processes: [ScannedProcess] = []
    /// The beginning of a record whose end is still to come.
    private var rest: [UInt8] = []

    /// Nothing yet.
    public init() {}

    /// Takes the next piece.
    public mutating func take(_ piece: RawSpan) throws(RecordError) {
        let bytes = rest + piece.array
        let span = unsafe bytes.span.bytes
        var start = 0
        while let size = Self.size(at: start, of: span), size <= bytes.count - start {
            let record = span.extracting(start..<start + size)
            let process = try ExecRecord(decoding: record, expecting: WIRE_KIND_PROCESS)
            processes.append(ScannedProcess(process))
            start += size
        }
        rest = Array(bytes[start...])
    }

    /// Of the record there, if its header is complete; what is no header has the size of one.
    private static func size(at start: Int, of bytes: RawSpan) -> Int? {
        let header = MemoryLayout<wire_header>.size
        guard bytes.byteCount - start >= header else { return nil }
        let place = start + (MemoryLayout<wire_header>.offset(of: \.size) ?? 0)
        return max(Int(bytes.load(UInt32.self, at: place)), header)
    }
}

extension ScannedProcess {
    /// A process that the kernel has listed.
    init(_ record: ExecRecord) {
        self.init(task: record.task)
        arguments = record.arguments
        environment = record.environment
        container = containerID(inCgroup: directoryPath(innermostFirst: record.cgroup.bytes))
        let isDetached = record.says(WIRE_EXEC_CWD_DETACHED)
        if !record.directory.bytes.isEmpty || !isDetached {
            directory = directoryPath(innermostFirst: record.directory.bytes)
        }
        if isDetached || record.directory.isCut { flags.insert(.errorPathResolutionCwd) }
        if record.says(WIRE_EXEC_ARGUMENTS_UNREAD) { flags.insert(.errorArgs) }
        // A thread of the kernel has no file.
        binary =
            record.executable.bytes.isEmpty
            ? record.filename.bytes : directoryPath(innermostFirst: record.executable.bytes)
    }
}
