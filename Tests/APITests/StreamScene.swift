import Dispatch
import Foundation
import HTTP
import Logging
import RawClient
import Testing
import Tracing

@testable import API

/// Holds the suites that open sockets.
///
/// Serialized: they share two cores.
@Suite("The stream on a loopback socket", .serialized, .timeLimit(.minutes(2)))
struct StreamSuite {}

/// The stream as the service has it, over a log that a test writes.
final class StreamScene: Sendable {
    let log: EventLog
    let subscribers: Subscribers
    let daemon: Daemon

    /// Listens; heartbeats say `counters`, and a peer may take nothing for `acknowledgement` seconds.
    ///
    /// Without `access` nobody needs a token.
    init(
        logBytes: Int = 1 << 20, heartbeat: DispatchTimeInterval = .seconds(60),
        limits: Subscribers.Limits = .init(), acknowledgement: Int = 60,
        counters: StageCounters = .init(), access: AccessControl? = nil
    ) throws {
        log = EventLog(capacity: logBytes, boot: "5f")
        subscribers = Subscribers(limits: limits)
        let address = try ListenAddress(parsing: "127.0.0.1:0")
        let guards = try Router.Guards.quiet(address, access: access)
        let events = EventEndpoints(
            log: log, heartbeat: Heartbeat(log: log, interval: heartbeat) { counters },
            subscribers: subscribers, access: guards.access,
            policyID: { ["pipes": 7, "files": 8][$0] })
        let router = Router(
            routes: events.routes, guards: guards,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var daemonLimits = Limits()
        daemonLimits.acknowledgement = acknowledgement
        let socket = try ListenSocket(at: address, acknowledgement: acknowledgement)
        daemon = try Daemon(sockets: [socket], limits: daemonLimits, responder: router)
    }

    /// Appends `{"process_kprobe":{...},...}` with these values, and wakes the subscribers.
    func append(
        pid: UInt32 = 1, binary: String = "/bin/a", function: String = "do_it",
        policy: UInt32 = 7, time: UInt64 = 1
    ) {
        let (binary, function) = (EscapedTextPiece(binary), EscapedTextPiece(function))
        var line = Line()
        line.add(#"{"process_kprobe":{"process":{"pid":\#(pid),"binary":""#)
        let binaryRange = line.add(binary.text)
        line.add(#""},"function_name":""#)
        let functionRange = line.add(function.text)
        line.add(#""},"time":"T"}"#)
        log.append(
            line.bytes.span.bytes,
            Facets(
                kind: .processKprobe, policy: policy, pid: pid, time: time, binary: binaryRange,
                function: functionRange))
        log.notify()
    }

    /// A client that has asked for the stream.
    func subscriber(
        _ query: String = "", headers: String = "", receiveBuffer: CInt? = nil
    ) throws -> Client {
        let client = try Client(daemon, receiveBuffer: receiveBuffer)
        try client.send("GET /v1/events\(query) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
        return client
    }
}

/// A line that is put together, and says where its parts stand.
private struct Line {
    var bytes: [UInt8] = []

    @discardableResult
    mutating func add(_ text: String) -> Range<Int> {
        let start = bytes.count
        bytes += text.utf8
        return start..<bytes.count
    }
}

/// A text as it stands in JSON.
private struct EscapedTextPiece {
    let text: String

    init(_ text: String) {
        self.text = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}

/// Runs `body`, which blocks, where it does not hold one of the few threads that `async` code has.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}

/// Waits until `condition` holds, for at most this long.
func eventually(within limit: Duration = .seconds(30), _ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        usleep(1000)
    }
    return true
}

extension Client {
    /// The text of a stream until it holds `end`.
    func text(until end: String) throws -> String {
        var text = ""
        while !text.contains(end), let chunk = try readChunk() {
            text += String(decoding: chunk, as: UTF8.self)
        }
        return text
    }
}
