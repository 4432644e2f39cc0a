import Foundation

/// One entry of the stream.
struct Event: Sendable {
    /// `<boot>-<sequence>`; nil in NDJSON.
    var id: String?
    /// Such as `process_kprobe`; in NDJSON, the member that is not of every event.
    var name: String
    /// The data.
    var json: JSON

    /// The call, or the tracepoint, that it reports.
    var call: JSON? { json["process_kprobe"] ?? json["process_tracepoint"] }

    /// The function that was called.
    var function: String? { call?["function_name"]?.text }

    /// The values of an argument that is a list.
    func values(_ argument: Int) -> [Int]? {
        call?["args"]?[argument]?["int32_list_arg"]?["values"]?.elements?.compactMap(\.number)
    }
}

/// A subscriber of `/v1/events`.
actor EventSubscriber {
    private let executor = BlockingExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How the stream is written.
    enum Form: Sendable {
        case serverSentEvents
        case lines
    }

    /// The service's answer; its body is the stream.
    nonisolated let head: HTTPResponse
    private let connection: Connection
    private let form: Form
    private var unread: [UInt8] = []
    private var isDone = false

    /// Subscribes; what happens after it returned is not missed.
    init(
        port: UInt16, query: String = "", headers: [(String, String)] = [],
        form: Form = .serverSentEvents
    ) async throws {
        let connection = try Connection(port: port)
        let accept = form == .lines ? [("Accept", "application/x-ndjson")] : []
        try connection.request(
            "GET", "/v1/events" + (query.isEmpty ? "" : "?" + query), headers: headers + accept)
        head = try connection.head()
        guard head.status == 200 else {
            throw HarnessError("subscribing was answered by \(head.status)")
        }
        self.connection = connection
        self.form = form
    }

    /// The next entry; nil at the orderly end of the stream.
    ///
    /// What a stream opens with (`retry:`) is no entry.
    func next(within limit: Duration = Deadline.usual) throws -> Event? {
        let deadline = Deadline(in: limit)
        while true {
            while let block = takeBlock() {
                if let event = try entry(block) { return event }
            }
            guard !isDone, let chunk = try connection.chunk(by: deadline) else {
                isDone = true
                guard unread.isEmpty else { throw HarnessError("the stream ended in an entry") }
                return nil
            }
            unread += chunk
        }
    }

    /// The next line of NDJSON as it came, for a test that looks at very many; nil at the end.
    func nextLine(within limit: Duration = Deadline.usual) throws -> [UInt8]? {
        let deadline = Deadline(in: limit)
        while true {
            if let line = takeBlock() { return line }
            guard let chunk = try connection.chunk(by: deadline) else { return nil }
            unread += chunk
        }
    }

    /// The next entry that a test is about; others are dropped.
    func next(
        within limit: Duration = Deadline.usual, matching takes: @Sendable (Event) -> Bool
    ) throws -> Event {
        // Heartbeats come whether it does or not.
        var heartbeats = 0
        while let event = try next(within: limit) {
            if takes(event) { return event }
            if event.name == "heartbeat" { heartbeats += 1 }
            guard heartbeats < 8 else { throw HarnessError("it did not come in two minutes") }
        }
        throw HarnessError("the stream ended")
    }

    /// So many entries, in order.
    func take(_ count: Int, within limit: Duration = Deadline.usual) throws -> [Event] {
        var events: [Event] = []
        while events.count < count {
            guard let event = try next(within: limit) else {
                throw HarnessError("the stream ended after \(events.count) of \(count)")
            }
            events.append(event)
        }
        return events
    }

    /// So many events, in order and without a gap; heartbeats do not count.
    func takeEvents(_ count: Int, within limit: Duration = Deadline.usual) throws -> [Event] {
        var events: [Event] = []
        var fruitless = 0
        while events.count < count {
            guard let event = try next(within: limit) else {
                throw HarnessError("the stream ended after \(events.count) of \(count)")
            }
            switch event.name {
            case "heartbeat":
                fruitless += 1
                guard fruitless < 4 else {
                    throw HarnessError("nothing came after \(events.count) of \(count)")
                }
            case "gap":
                throw HarnessError("a gap after \(events.count) of \(count): \(event.json)")
            default:
                fruitless = 0
                events.append(event)
            }
        }
        return events
    }

    /// The next event, without a gap before it; heartbeats do not count.
    func nextEvent(within limit: Duration = Deadline.usual) throws -> Event {
        try takeEvents(1, within: limit)[0]
    }

    /// Everything up to the first entry that `ends` is true for, which comes last.
    func take(
        within limit: Duration = Deadline.usual, through ends: @Sendable (Event) -> Bool
    ) throws -> [Event] {
        var events: [Event] = []
        while let event = try next(within: limit) {
            events.append(event)
            if ends(event) { return events }
        }
        throw HarnessError("the stream ended after \(events.count) events")
    }

    /// Bytes of `unread` that were looked at and hold no end.
    private var searched = 0

    /// The bytes of one entry, if they are there.
    private func takeBlock() -> [UInt8]? {
        let end: [UInt8] = form == .lines ? [10] : [10, 10]
        guard let found = unread[searched...].firstRange(of: end) else {
            searched = max(0, unread.count - 1)
            return nil
        }
        defer {
            unread.removeSubrange(..<found.upperBound)
            searched = 0
        }
        return Array(unread[..<found.lowerBound])
    }

    private func entry(_ block: [UInt8]) throws -> Event? {
        guard form == .serverSentEvents else {
            let json = try JSON(parsing: block)
            let name = json.members?.keys.first { $0 != "node_name" && $0 != "time" }
            return Event(id: nil, name: name ?? "", json: json)
        }
        var fields: [String: String] = [:]
        for line in String(decoding: block, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[1].hasPrefix(" "),
                fields.updateValue(String(parts[1].dropFirst()), forKey: String(parts[0])) == nil
            else { throw HarnessError("not one field, once: \(line)") }
        }
        guard let data = fields["data"] else { return nil }
        return Event(
            id: fields["id"], name: fields["event"] ?? "", json: try JSON(parsing: data.utf8))
    }
}
