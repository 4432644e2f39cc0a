/// What a process runs.
///
/// A forked child has its parent's until it execs.
struct ProcessImage: Sendable {
    /// An absolute path; a kernel thread's name.
    var binary: [UInt8] = []
    /// As printed: without argv[0].
    var arguments: [UInt8] = []
    var directory: [UInt8] = []
    /// The effective user id.
    var uid: UInt32 = 0
    /// The login user id.
    var auid = UInt32.max
    var flags: ProcessFlags
}

extension ProcessImage {
    /// What an exec leaves.
    init(exec record: ExecRecord) {
        self.init(flags: record.flags)
        if !record.directory.isEmpty || !flags.contains(.errorPathResolutionCwd) {
            directory = directoryPath(innermostFirst: record.directory)
        }
        if directory.count == 1 { flags.insert(.rootcwd) }
        binary = programPath(record.filename, in: directory)
        arguments = argumentLine(record.arguments)
        uid = record.uid
        auid = record.auid
    }
}

extension JSONWriter {
    /// Appends the members that a forked child shares; returns where the binary stands.
    mutating func append(_ image: ProcessImage, isKnown: Bool) -> Range<Int> {
        if isKnown {
            append(",\"uid\":")
            append(image.uid)
        }
        if !image.directory.isEmpty {
            append(",\"cwd\":")
            append(quoted: image.directory.span)
        }
        var binary = 0..<0
        if !image.binary.isEmpty {
            append(",\"binary\":\"")
            let start = count
            append(escaped: unsafe image.binary.span.bytes)
            binary = start..<count
            append("\"")
        }
        if !image.arguments.isEmpty {
            append(",\"arguments\":")
            append(quoted: image.arguments.span)
        }
        append(",\"flags\":\"")
        image.flags.append(to: &self)
        append("\"")
        return binary
    }
}
