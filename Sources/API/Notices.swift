import Events
import Tracing

/// Martlet's own entries of a stream, which no log holds: heartbeats, and gaps that
/// are one subscriber's.
///
/// They are written like events: in SSE with an id that moves the client's
/// cursor, in NDJSON as lines with the same JSON.
struct Notices {
    private(set) var bytes: [UInt8] = []
    private let form: Cursor.Form
    private let boot: String

    init(form: Cursor.Form, boot: String) {
        self.form = form
        self.boot = boot
    }

    /// Milliseconds after which a client that was cut off comes back.
    private static let retry = 2000

    /// What a stream opens with: so a client that sees no event can still resume.
    mutating func begin(after sequence: UInt64) {
        guard form == .serverSentEvents else { return }
        bytes += Array("retry: \(Self.retry)\nid: \(boot)-\(sequence)\n\n".utf8)
    }

    mutating func append(_ gap: Gap, after sequence: UInt64) {
        var json = JSONWriter(capacity: 256)
        json.append(gap, at: SystemTime.realtime)
        append(json, event: "gap", after: sequence)
    }

    mutating func appendHeartbeat(_ counters: StageCounters, after sequence: UInt64) {
        var json = JSONWriter(capacity: 512)
        json.append("{\"heartbeat\":{\"id\":")
        json.append(quoted: "\(boot)-\(sequence)")
        json.append(",\"counters\":")
        json.append(counters)
        json.append("},\"time\":")
        json.append(quotedTime: SystemTime.realtime)
        json.append("}")
        append(json, event: "heartbeat", after: sequence)
    }

    /// Frames an object.
    private mutating func append(
        _ json: borrowing JSONWriter, event: String, after sequence: UInt64
    ) {
        if form == .serverSentEvents {
            bytes += Array("id: \(boot)-\(sequence)\nevent: \(event)\ndata: ".utf8)
        }
        bytes += json.array
        bytes += form == .serverSentEvents ? [0x0A, 0x0A] : [0x0A]
    }
}
