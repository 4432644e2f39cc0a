import Events
import HTTP
import Kernel
import Lowering
import Policy
import Tracing

extension JSONWriter {
    /// Appends the status of a policy.
    mutating func append(_ status: PolicyStatus) {
        append("{\"name\":")
        append(quoted: status.name)
        append(",\"state\":")
        append(quoted: status.state.rawValue)
        append(",\"mode\":")
        if let mode = status.mode { append(quoted: mode.rawValue) } else { append("null") }
        append(",\"version\":")
        append(status.version)
        append(",\"error\":")
        if let error = status.error { append(quoted: error) } else { append("null") }
        appendList(status.hooks, named: "hooks") { hook, json in json.append(hook) }
        appendList(status.warnings, named: "warnings") { warning, json in json.append(warning) }
        append(",\"created\":")
        append(quotedTime: status.created)
        append(",\"etag\":")
        append(quoted: status.etag)
        append("}")
    }

    private mutating func append(_ hook: PolicyStatus.Hook) {
        append("{\"pointer\":")
        append(quoted: hook.pointer)
        append(",\"function\":")
        append(quoted: hook.functions.first ?? "")
        if hook.functions.count > 1 {
            appendList(hook.functions, named: "functions") { $1.append(quoted: $0) }
        }
        append(",\"method\":")
        append(quoted: hook.reading.method.rawValue)
        appendList(hook.reading.refused, named: "refused") { refused, json in
            json.append("{\"method\":")
            json.append(quoted: refused.method.rawValue)
            json.append(",\"reason\":")
            json.append(quoted: refused.reason)
            json.append("}")
        }
        append(",\"load_time_ns\":")
        append(count: hook.reading.loadNanoseconds)
        appendList(hook.reading.programs, named: "programs") { program, json in
            json.append(program)
        }
        appendEvents(hook.reading)
        if !hook.reading.selectors.isEmpty {
            appendList(hook.reading.selectors, named: "selectors") { $1.append($0) }
        }
        append("}")
    }

    private mutating func append(_ selector: HookReading.Selector) {
        append("{\"label\":")
        if let label = selector.label { append(quoted: label) } else { append("null") }
        for (name, path) in ActionCounters.fields {
            append(",")
            append(quoted: name)
            append(":")
            append(count: selector.actions[keyPath: path])
        }
        append("}")
    }

    private mutating func appendEvents(_ reading: HookReading) {
        let counters = reading.counters
        append(",\"events\":{\"sent\":")
        append(count: counters.sent)
        append(",\"filtered\":")
        append(count: counters.filtered)
        append(",\"lost_ring_full\":")
        append(count: counters.ringFull)
        append(",\"lost_pending_full\":")
        append(count: counters.pendingFull)
        append(",\"missed_entry\":")
        append(count: counters.pendingMissed)
        append(",\"missed_return\":")
        append(count: counters.pendingStale)
        append(",\"missed_recursion\":")
        append(count: reading.recursions)
        append(",\"missed_probe\":")
        if let missed = reading.missed { append(count: missed) } else { append("null") }
        append("}")
    }

    private mutating func append(_ program: HookReading.LoadedProgram) {
        append("{\"name\":")
        append(quoted: program.name)
        append(",\"id\":")
        append(program.info.id)
        append(",\"translated_bytes\":")
        append(program.info.translatedBytes)
        append(",\"verified_instructions\":")
        append(program.info.verifiedInstructions)
        append(",\"run_count\":")
        append(count: program.info.runCount)
        append(",\"run_time_ns\":")
        append(count: program.info.runTimeNanoseconds)
        append("}")
    }
}

extension Response {
    /// A JSON body.
    static func json(_ json: borrowing JSONWriter, status: Int = 200) -> Response {
        Response(
            status: status,
            headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: .bytes(json.array))
    }

    /// A policy's status as body.
    static func json(_ status: PolicyStatus, status code: Int = 200) -> Response {
        var writer = JSONWriter()
        writer.append(status)
        writer.append("\n")
        return .json(writer, status: code)
    }
}
