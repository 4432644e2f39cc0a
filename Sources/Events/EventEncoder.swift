/// Turns records into events, each one line of JSON.
///
/// Belongs to the thread that reads the ring, with everything it holds. A line
/// is put together from pieces that were encoded when they last changed: the
/// process, its parent, and what the hook's events have in common.
public struct EventEncoder {
    /// Who is who.
    public internal(set) var processes: ProcessTable

    private let reporting: ProcessReporting
    private var hooks: [UInt32: HookDescription] = [:]
    private var clock: WallClock
    /// From behind the event's object to the time.
    private let envelope: [UInt8]

    /// Makes an encoder that knows no hooks, and no processes but the kernel.
    ///
    /// - Parameters:
    ///   - nodeName: The machine's name in events.
    ///   - realtimeOffset: CLOCK_REALTIME minus CLOCK_BOOTTIME, in nanoseconds.
    ///   - reporting: What is told of processes.
    ///   - processCapacity: How many processes are remembered at most.
    ///   - source: Where a process is read that made a call before the table knew it; /proc.
    public init(
        nodeName: String, realtimeOffset: Int64, reporting: ProcessReporting = ProcessReporting(),
        processCapacity: Int = 65_536, source: (any ProcessSource)? = nil
    ) {
        self.reporting = reporting
        clock = WallClock(offset: realtimeOffset)
        processes = ProcessTable(
            printer: ProcessPrinter(node: nodeName, reporting: reporting, clock: clock),
            capacity: processCapacity, source: source ?? ProcScan(for: reporting))
        var json = JSONWriter(capacity: 256)
        json.append(",\"node_name\":")
        json.append(quoted: nodeName)
        json.append(",\"time\":\"")
        envelope = json.array
    }

    /// CLOCK_REALTIME minus CLOCK_BOOTTIME; set it again when the wall clock may have been set.
    public var realtimeOffset: Int64 {
        get { clock.offset }
        set {
            clock.offset = newValue
            processes.printer.clock.offset = newValue
        }
    }

    /// The numbers of the hooks that it takes calls of.
    package var hookIDs: Set<UInt32> { Set(hooks.keys) }

    /// Takes calls of this hook from now on.
    public mutating func add(_ hook: HookDescription) { hooks[hook.hook] = hook }

    /// Refuses calls of this hook from now on.
    public mutating func remove(hook: UInt32) { hooks[hook] = nil }

    /// Takes over who runs, where records have not said more already.
    public mutating func adopt(_ scan: [ScannedProcess]) {
        if let host = scan.hostNamespaces { processes.printer.host = host }
        processes.adopt(scan)
    }

    /// Forgets processes whose ends no record has told.
    public mutating func forget(_ gone: [ProcessID]) { processes.forget(gone) }

    /// Appends the event that a record means, one line without its end, if it means one.
    ///
    /// A record that is refused appends nothing.
    public mutating func encode(
        _ record: RawSpan, into json: inout JSONWriter
    ) throws(RecordError) -> EventMetadata? {
        switch try Record(decoding: record) {
        case .call(let call):
            return try encode(call, from: record, into: &json)
        case .exec(let exec):
            let execution = processes.exec(exec)
            return reporting.reportsLives ? encode(execution, into: &json) : nil
        case .fork(let fork):
            processes.fork(fork)
            return nil
        case .exit(let exit):
            let process = processes.exit(exit)
            guard reporting.reportsLives, let process else { return nil }
            return encode(exit, of: process, into: &json)
        }
    }

    private mutating func encode(
        _ call: CallRecord, from record: RawSpan, into json: inout JSONWriter
    ) throws(RecordError) -> EventMetadata {
        guard let hook = hooks[call.hook] else { throw .unknownHook(call.hook) }
        guard call.target < hook.heads.count else {
            throw .unknownTarget(hook: call.hook, target: call.target)
        }
        guard call.selector < hook.tails.count else {
            throw .unknownSelector(hook: call.hook, selector: call.selector)
        }
        let process = processes.process(call.header.tgid, at: call.header.time)
        let line = json.count
        let binary = open(
            hook.kind == .processKprobe ? "{\"process_kprobe\":" : "{\"process_tracepoint\":",
            process, thread: call.header.tid, &json)
        let head = json.count - line
        let name = hook.names[call.target]
        json.append(hook.heads[call.target])
        append(argumentsOf: call, from: record, hook: hook, to: &json)
        if let result = call.result {
            json.append(",\"return\":{")
            result.append(from: record, to: &json)
            json.append(hook.returnEnd)
        }
        if let enforcement = call.enforcement {
            json.append(",\"enforcement\":")
            json.append(quoted: enforcement.rawValue)
        }
        json.append(hook.tails[call.selector])
        close(at: call.header.time, &json)
        return EventMetadata(
            kind: hook.kind, policy: hook.policyID, hook: hook.hook, pid: process.pid,
            namespacePID: process.task.innerPID, time: clock.realtime(call.header.time),
            binary: binary, function: head + name.lowerBound..<head + name.upperBound)
    }

    private mutating func encode(_ execution: Execution, into json: inout JSONWriter)
        -> EventMetadata
    {
        let process = execution.entry
        let line = json.count
        json.append("{\"process_exec\":{\"process\":")
        let start = json.count - line
        let binary = json.append(execution, by: &processes.printer)
        appendFamily(of: process, to: &json)
        json.append("}")
        close(at: execution.record.header.time, &json)
        return EventMetadata(
            .processExec, of: process, time: clock.realtime(execution.record.header.time),
            binary: start + binary.lowerBound..<start + binary.upperBound)
    }

    private mutating func encode(
        _ exit: ExitRecord, of process: ProcessEntry, into json: inout JSONWriter
    ) -> EventMetadata {
        let binary = open("{\"process_exit\":", process, thread: process.pid, &json)
        let (signal, status) = (exit.code & 0x7F, exit.code >> 8 & 0xFF)
        if signal != 0 {
            json.append(",\"signal\":")
            json.append(quoted: signalName(signal))
        }
        if status != 0 {
            json.append(",\"status\":")
            json.append(status)
        }
        json.append(",\"time\":\"")
        clock.append(exit.header.time, to: &json)
        json.append("\"}")
        close(at: exit.header.time, &json)
        return EventMetadata(
            .processExit, of: process, time: clock.realtime(exit.header.time), binary: binary)
    }

    // MARK: - Pieces

    /// Begins a line, up to the parent; returns where in the line the binary stands.
    @inline(__always)
    private func open(
        _ name: StaticString, _ process: ProcessEntry, thread: UInt32, _ json: inout JSONWriter
    ) -> Range<Int> {
        let line = json.count
        json.append(name)
        json.append("{\"process\":")
        let start = json.count - line
        process.append(thread: thread, to: &json)
        appendFamily(of: process, to: &json)
        return start + process.binary.lowerBound..<start + process.binary.upperBound
    }

    /// Appends the parent, and the processes above it where they were asked for.
    @inline(__always)
    private func appendFamily(of process: ProcessEntry, to json: inout JSONWriter) {
        if !process.parentJSON.isEmpty {
            json.append(",\"parent\":")
            json.append(process.parentJSON)
        }
        if reporting.showsAncestors { append(process.ancestors, to: &json) }
    }

    private func append(_ ancestors: [ProcessEntry], to json: inout JSONWriter) {
        guard !ancestors.isEmpty else { return }
        json.append(",\"ancestors\":[")
        var separator = Separator()
        for ancestor in ancestors {
            separator.append(to: &json)
            json.append(ancestor.json)
        }
        json.append("]")
    }

    @inline(__always)
    private func append(
        argumentsOf call: CallRecord, from record: RawSpan, hook: HookDescription,
        to json: inout JSONWriter
    ) {
        var isOpen = false
        for position in 0..<CallRecord.argumentCount {
            guard let value = call.argument(position) else { continue }
            if isOpen { json.append(",{") } else { json.append(",\"args\":[{") }
            isOpen = true
            value.append(from: record, to: &json)
            if position < hook.argumentEnds.count {
                json.append(hook.argumentEnds[position])
            } else {
                json.append("}")
            }
        }
        if isOpen { json.append("]") }
    }

    @inline(__always)
    private mutating func close(at time: UInt64, _ json: inout JSONWriter) {
        json.append(envelope)
        clock.append(time, to: &json)
        json.append("\"}")
    }
}
