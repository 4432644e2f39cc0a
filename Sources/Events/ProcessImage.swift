import CWire

/// What a process runs.
///
/// A forked child has its parent's until it execs.
struct ProcessImage: Sendable {
    /// An absolute path; a kernel thread's name.
    var binary: [UInt8] = []
    /// As printed: without argv[0].
    var arguments: [UInt8] = []
    var directory: [UInt8] = []
    /// The variables that were asked for.
    var environment: [Variable] = []
    /// The id of its container; empty outside of one.
    var container: [UInt8] = []
    var flags: ProcessFlags
    /// How many bytes there were of what was cut; nil where nothing was.
    var whole: WholeSizes?

    /// A variable of the environment.
    struct Variable: Sendable, Equatable {
        var name: [UInt8]
        var value: [UInt8]
    }

    /// Bytes as the process has them: of arguments with argv[0], all with their terminators.
    struct WholeSizes: Sendable, Equatable {
        var arguments: UInt32?
        var directory: UInt32?
        var environment: UInt32?
        var executable: UInt32?
    }

    /// Bytes of arguments, and of variables, that every event of a process carries.
    ///
    /// Its `process_exec` carries all that there is. Else a process could fill the log with the
    /// arguments that it was started with.
    static let carried = 4096
}

extension ProcessImage {
    /// What an exec leaves, with everything that its record has.
    init(exec record: ExecRecord, reporting: ProcessReporting) {
        self.init(flags: .execve)
        let isDetached = record.says(WIRE_EXEC_CWD_DETACHED)
        // Outside of the tree of the process, the root is not the root that others know.
        if !record.directory.bytes.isEmpty || !isDetached {
            directory = directoryPath(innermostFirst: record.directory.bytes)
        }
        if directory.count == 1 { flags.insert(.rootcwd) }
        binary = programPath(record.filename.bytes, in: directory)
        arguments = reporting.redacted(argumentLine(record.arguments.bytes))
        environment = Self.variables(of: record.environment.bytes, reporting)
        container = containerID(inCgroup: directoryPath(innermostFirst: record.cgroup.bytes))

        var whole = WholeSizes()
        if record.arguments.isCut {
            flags.insert(.truncArgs)
            whole.arguments = record.arguments.whole
        }
        if record.directory.isCut { whole.directory = record.directory.whole }
        if record.directory.isCut || isDetached { flags.insert(.errorPathResolutionCwd) }
        if record.executable.isCut {
            flags.insert(.truncFilename)
            whole.executable = record.executable.whole
        }
        if record.environment.isCut {
            flags.insert(.errorEnvs)
            whole.environment = record.environment.whole
        }
        if record.says(WIRE_EXEC_ARGUMENTS_UNREAD) { flags.insert(.errorArgs) }
        self.whole = whole == WholeSizes() ? nil : whole
    }

    /// Those of `NAME=VALUE`, each ended by a NUL, that are to be shown.
    static func variables(of block: [UInt8], _ reporting: ProcessReporting) -> [Variable] {
        guard !reporting.environment.isEmpty else { return [] }
        return block.split(separator: 0).compactMap { entry in
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")),
                reporting.environment.contains(String(decoding: entry[..<equals], as: UTF8.self))
            else { return nil }
            // A pattern may name the variable; what it leaves is cut at the same place.
            let shown = reporting.redacted(Array(entry))
            let name = Array(entry[..<equals])
            let value =
                shown.starts(with: entry[...equals])
                ? Array(shown.dropFirst(name.count + 1)) : Redaction.mark
            return Variable(name: name, value: value)
        }
    }

    /// As much as every event of a process carries that has `argumentBytes` of arguments.
    func bounded(argumentBytes: UInt32) -> ProcessImage {
        var image = self
        if arguments.count > Self.carried {
            image.arguments = Array(arguments.prefix(Self.carried))
            image.flags.insert(.truncArgs)
            image.whole = image.whole ?? WholeSizes()
            image.whole?.arguments = argumentBytes
        }
        var room = Self.carried
        image.environment = environment.filter { variable in
            room -= variable.name.count + variable.value.count
            return room >= 0
        }
        return image
    }
}
