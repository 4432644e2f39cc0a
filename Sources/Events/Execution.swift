import CWire

/// An exec as its own event tells it: with everything that its record has.
struct Execution {
    let record: ExecRecord
    let entry: ProcessEntry
    /// With all of its arguments; the entry's has as much as every event carries.
    let image: ProcessImage
}

extension JSONWriter {
    /// Appends the process object of the exec's event; returns where in it the binary stands.
    mutating func append(_ execution: Execution, by printer: inout ProcessPrinter) -> Range<Int> {
        let entry = execution.entry
        let (object, binary) = execution.object(by: &printer)
        // The members that only this event has go before the object's end.
        append(object, first: object.count - 1)
        append(propertiesOf: execution.record, binary: entry.image.binary)
        append(",\"cgroup\":{\"id\":\"")
        append(execution.record.task.cgroup)
        append("\",\"path\":")
        append(quoted: directoryPath(innermostFirst: execution.record.cgroup.bytes).span)
        append("}}")
        return binary
    }

    /// Appends `binary_properties`, if there is anything to say.
    private mutating func append(propertiesOf record: ExecRecord, binary: [UInt8]) {
        let credentials = record.task.credentials
        let path = directoryPath(innermostFirst: record.executable.bytes)
        let showsFile = path != binary || record.links == 0
        let raised = WIRE_EXEC_RAISED_SETUID | WIRE_EXEC_RAISED_SETGID | WIRE_EXEC_RAISED_FILE_CAP
        guard showsFile || record.says(raised | WIRE_EXEC_SECURE) else { return }
        append(",\"binary_properties\":{")
        var separator = Separator()
        if record.says(WIRE_EXEC_RAISED_SETUID) {
            separator.append(to: &self)
            append("\"setuid\":")
            append(credentials.euid)
        }
        if record.says(WIRE_EXEC_RAISED_SETGID) {
            separator.append(to: &self)
            append("\"setgid\":")
            append(credentials.egid)
        }
        if record.says(raised) {
            separator.append(to: &self)
            append(changesOf: record)
        }
        if showsFile {
            separator.append(to: &self)
            append("\"file\":{\"inode\":{\"number\":\"")
            append(record.inode)
            append("\",\"links\":")
            append(record.links)
            append("},\"path\":")
            append(quoted: path.span)
            append("}")
        }
        if record.says(WIRE_EXEC_SECURE) {
            separator.append(to: &self)
            append("\"secureexec\":true")
        }
        append("}")
    }

    private mutating func append(changesOf record: ExecRecord) {
        let changes: [(UInt32, StaticString)] = [
            (WIRE_EXEC_RAISED_FILE_CAP, "\"PRIVILEGES_RAISED_EXEC_FILE_CAP\""),
            (WIRE_EXEC_RAISED_SETUID, "\"PRIVILEGES_RAISED_EXEC_FILE_SETUID\""),
            (WIRE_EXEC_RAISED_SETGID, "\"PRIVILEGES_RAISED_EXEC_FILE_SETGID\""),
        ]
        append("\"privileges_changed\":[")
        var separator = Separator()
        for (flag, name) in changes where record.says(flag) {
            separator.append(to: &self)
            append(name)
        }
        append("]")
    }
}

extension Execution {
    /// The entry's object, or where that lacks something one that is whole.
    fileprivate func object(by printer: inout ProcessPrinter) -> ([UInt8], Range<Int>) {
        guard
            image.arguments.count != entry.image.arguments.count
                || image.environment != entry.image.environment
        else { return (entry.json, entry.binary) }
        var json = JSONWriter(capacity: 8192)
        // Whether it is a clone is the table's to know.
        var whole = image
        whole.flags = entry.image.flags
        if image.whole?.arguments == nil { whole.flags.remove(.truncArgs) }
        let layout = printer.append(
            ProcessDescription(
                execID: entry.execID, identity: record.header.time, task: entry.task,
                image: whole, parentExecID: entry.parentExecID),
            to: &json)
        return (json.array, layout.binary)
    }
}
