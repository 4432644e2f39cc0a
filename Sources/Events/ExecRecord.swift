import CWire

/// A process replaced its program: `wire_exec`.
public struct ExecRecord: Sendable {
    /// When, and which process.
    public let header: RecordHeader
    /// The process at that moment.
    let task: ProcessTask
    /// The inode number of the file that runs.
    let inode: UInt64
    /// Names that the file has; 0 where it was deleted or never had one.
    let links: UInt32
    /// `WIRE_EXEC_*`.
    let flags: UInt32
    /// As given to execve(2), maybe relative.
    let filename: RecordText
    /// The file that runs, of a script its interpreter: names from the innermost outwards.
    let executable: RecordText
    /// The working directory: names from the innermost outwards.
    let directory: RecordText
    /// Names from the innermost outwards.
    let cgroup: RecordText
    /// argv[0] onwards, each ended by a NUL.
    let arguments: RecordText
    /// NAME=VALUE, each ended by a NUL.
    let environment: RecordText

    /// Copies the texts out of the record.
    public init(decoding record: RawSpan) throws(RecordError) {
        try self.init(decoding: record, expecting: WIRE_KIND_EXEC)
    }

    /// Decodes a record of the same layout.
    init(decoding record: RawSpan, expecting kind: wire_kind) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: kind)
        let wire = try record.read(wire_exec.self, at: 0)
        let fixed = MemoryLayout<wire_exec>.size
        task = ProcessTask(wire.task)
        inode = wire.inode
        links = wire.links
        flags = wire.flags
        filename = try record.text(wire.filename, after: fixed)
        executable = try record.text(wire.executable, after: fixed)
        directory = try record.text(wire.cwd, after: fixed)
        cgroup = try record.text(wire.cgroup, after: fixed)
        arguments = try record.text(wire.arguments, after: fixed)
        environment = try record.text(wire.environment, after: fixed)
    }

    /// Whether a bit of `wire_exec.flags` is set.
    func says(_ flag: UInt32) -> Bool { flags & flag != 0 }
}

/// A text of a record: `wire_text`.
struct RecordText: Sendable, Equatable {
    /// As much as the record carries.
    var bytes: [UInt8]
    /// How many bytes there were.
    var whole: UInt32

    /// Whether something is missing.
    var isCut: Bool { whole > bytes.count }
}
