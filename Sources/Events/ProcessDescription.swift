/// All that the object of a process shows, but for the thread.
struct ProcessDescription {
    /// Base64; empty where nothing but the number is known.
    let execID: [UInt8]
    /// The exec, or where there was none the fork: CLOCK_BOOTTIME, in nanoseconds.
    let identity: UInt64
    var task: ProcessTask
    var image: ProcessImage
    let parentExecID: [UInt8]

    var isKnown: Bool { !image.flags.contains(.unknown) }
}

/// Writes the objects of processes, as the service was asked to.
struct ProcessPrinter {
    let node: String
    let reporting: ProcessReporting
    var clock: WallClock
    /// The machine's own namespaces; none as long as they are not known.
    var host = Namespaces()
    private var userNames = UserNames()

    init(node: String, reporting: ProcessReporting, clock: WallClock) {
        self.node = node
        self.reporting = reporting
        self.clock = clock
    }

    /// base64 of `node:identity:pid`.
    func execID(of pid: UInt32, identity: UInt64) -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.append(base64: "\(node):\(identity):\(pid)".utf8.span)
        return json.array
    }

    /// Where the parts of an object stand that are looked for later.
    struct Layout {
        /// The binary, escaped and without quotes.
        var binary: Range<Int>
        /// The thread's number, up to the end of the object.
        var thread: Int
    }

    /// Appends the object, as the thread whose number is the process's shows it.
    mutating func append(_ process: ProcessDescription, to json: inout JSONWriter) -> Layout {
        let start = json.count
        let (task, image) = (process.task, process.image)
        json.append("{")
        if process.isKnown {
            json.append("\"exec_id\":\"")
            json.append(process.execID)
            json.append("\",")
        }
        json.append("\"pid\":")
        json.append(task.pid)
        if process.isKnown {
            json.append(",\"uid\":")
            json.append(task.credentials.euid)
        }
        let binary = json.append(image)
        if process.isKnown {
            json.append(",\"start_time\":\"")
            clock.append(process.identity, to: &json)
            json.append("\",\"auid\":")
            json.append(task.auid)
        }
        if !image.container.isEmpty {
            json.append(",\"docker\":")
            json.append(quoted: image.container.span)
        }
        if !process.parentExecID.isEmpty {
            json.append(",\"parent_exec_id\":\"")
            json.append(process.parentExecID)
            json.append("\"")
        }
        if process.isKnown { appendOptions(task, image, to: &json) }
        json.append(",\"tid\":")
        let thread = json.count - start
        json.append(task.pid)
        json.append("}")
        return Layout(
            binary: binary.lowerBound - start..<binary.upperBound - start, thread: thread)
    }

    private mutating func appendOptions(
        _ task: ProcessTask, _ image: ProcessImage, to json: inout JSONWriter
    ) {
        if reporting.showsCredentials { json.append(task.credentials) }
        if reporting.showsNamespaces { json.append(task.namespaces, host: host) }
        if reporting.showsUserNames, task.namespaces.seesSameFiles(as: host),
            let name = userNames.name(of: task.credentials.euid)
        {
            json.append(",\"user\":{\"name\":")
            json.append(quoted: name.span)
            json.append("}")
        }
        json.append(",\"in_init_tree\":")
        json.append(image.flags.contains(.inInitTree) ? "true" : "false")
        if !image.environment.isEmpty { json.append(image.environment) }
        if let whole = image.whole { json.append(whole) }
    }
}

extension JSONWriter {
    /// Appends the members that a forked child shares; returns where the binary stands.
    fileprivate mutating func append(_ image: ProcessImage) -> Range<Int> {
        if !image.directory.isEmpty {
            append(",\"cwd\":")
            append(quoted: image.directory.span)
        }
        var binary = count..<count
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

    fileprivate mutating func append(_ environment: [ProcessImage.Variable]) {
        append(",\"environment_variables\":[")
        var separator = Separator()
        for variable in environment {
            separator.append(to: &self)
            append("{\"key\":")
            append(quoted: variable.name.span)
            append(",\"value\":")
            append(quoted: variable.value.span)
            append("}")
        }
        append("]")
    }

    fileprivate mutating func append(_ whole: ProcessImage.WholeSizes) {
        append(",\"truncated\":{")
        var separator = Separator()
        let sizes: [(StaticString, UInt32?)] = [
            ("\"arguments\":", whole.arguments), ("\"cwd\":", whole.directory),
            ("\"environment\":", whole.environment), ("\"executable\":", whole.executable),
        ]
        for (key, size) in sizes {
            guard let size else { continue }
            separator.append(to: &self)
            append(key)
            append(size)
        }
        append("}")
    }
}
