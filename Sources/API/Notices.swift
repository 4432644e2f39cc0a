import Events
import Tracing

/// Martlet's own entries of a stream, which no log holds: gaps and heartbeats.
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

    /// Events that this client does not get.
    struct Gap: Sendable, Equatable {
        enum Reason: String, Sendable {
            /// Newer events replaced them.
            case evicted
            /// The id belongs to another run of the service.
            case restart
            /// The id is none that this run has given.
            case unknownID = "unknown_id"
        }

        var reason: Reason
        /// How many; nil where nobody knows.
        var lost: UInt64?
        /// The id that the client asked to go on after.
        var requested: String?
        /// The sequence of the oldest event that is held.
        var oldest: UInt64
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
        json.append("{\"gap\":{\"reason\":")
        json.append(quoted: gap.reason.rawValue)
        json.append(",\"lost\":")
        if let lost = gap.lost { json.append(count: lost) } else { json.append("null") }
        if let requested = gap.requested {
            json.append(",\"requested\":")
            json.append(quoted: requested)
        }
        json.append(",\"oldest\":")
        json.append(quoted: "\(boot)-\(gap.oldest)")
        append(&json, event: "gap", after: sequence)
    }

    mutating func appendHeartbeat(_ counters: StageCounters, after sequence: UInt64) {
        var json = JSONWriter(capacity: 512)
        json.append("{\"heartbeat\":{\"id\":")
        json.append(quoted: "\(boot)-\(sequence)")
        json.append(",\"counters\":")
        json.append(counters)
        append(&json, event: "heartbeat", after: sequence)
    }

    /// Closes the object with the time, and frames it.
    private mutating func append(
        _ json: inout JSONWriter, event: String, after sequence: UInt64
    ) {
        json.append("},\"time\":")
        json.append(quotedTime: SystemTime.realtime)
        json.append("}\n")
        if form == .serverSentEvents {
            bytes += Array("id: \(boot)-\(sequence)\nevent: \(event)\ndata: ".utf8)
        }
        bytes += json.array
        if form == .serverSentEvents { bytes.append(0x0A) }
    }
}
