import CWire

/// A process replaced its program.
public struct ExecRecord: Sendable {
    /// When, and which process.
    public let header: RecordHeader
    /// When the process was forked: CLOCK_BOOTTIME, in nanoseconds.
    public let start: UInt64
    /// The real parent.
    public let parent: UInt32
    /// The effective user id.
    public let uid: UInt32
    /// The login user id; 4294967295 unset.
    public let auid: UInt32
    /// As given to execve(2), maybe relative.
    public let filename: [UInt8]
    /// argv[0] onwards, each ended by a NUL.
    public let arguments: [UInt8]
    /// Names from the innermost directory outwards, each ended by a NUL.
    public let directory: [UInt8]
    /// What the record could not carry whole.
    let flags: ProcessFlags

    /// Copies the texts out of the record.
    public init(decoding record: RawSpan) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: WIRE_KIND_EXEC)
        let wire = try record.read(wire_exec.self, at: 0)
        let fixed = MemoryLayout<wire_exec>.size
        start = wire.start_ns
        parent = wire.parent_tgid
        uid = wire.uid
        auid = wire.auid
        filename = try record.text(wire.filename, after: fixed)
        arguments = try record.text(wire.arguments, after: fixed)
        directory = try record.text(wire.cwd, after: fixed)
        flags = ProcessFlags(exec: wire.flags)
    }
}

/// A process was created; the header names who called fork(2).
public struct ForkRecord: Sendable {
    /// When, and the caller.
    public let header: RecordHeader
    /// When the child was created: CLOCK_BOOTTIME, in nanoseconds.
    public let start: UInt64
    /// The child.
    public let child: UInt32
    /// The child's parent: not always the caller.
    public let parent: UInt32

    /// Reads the record.
    public init(decoding record: RawSpan) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: WIRE_KIND_FORK)
        let wire = try record.read(wire_fork.self, at: 0)
        try record.requireSize(of: wire_fork.self)
        start = wire.start_ns
        child = wire.child_tgid
        parent = wire.parent_tgid
    }
}

/// The last thread of a process ended.
public struct ExitRecord: Sendable {
    /// When, and which process.
    public let header: RecordHeader
    /// As in wait(2): status << 8, or the signal.
    public let code: UInt32

    /// Reads the record.
    public init(decoding record: RawSpan) throws(RecordError) {
        header = try RecordHeader(decoding: record, expecting: WIRE_KIND_EXIT)
        let wire = try record.read(wire_exit.self, at: 0)
        try record.requireSize(of: wire_exit.self)
        code = wire.code
    }
}

extension RawSpan {
    /// Refuses what follows a record of fixed size.
    fileprivate func requireSize<T>(of type: T.Type) throws(RecordError) {
        guard byteCount == MemoryLayout<T>.size else {
            throw .trailingBytes(byteCount - MemoryLayout<T>.size)
        }
    }
}
