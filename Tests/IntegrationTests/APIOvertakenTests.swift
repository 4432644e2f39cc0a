import Glibc
import Testing

extension IntegrationSuite {
    @Suite("A subscriber that the log overtakes")
    struct APIOvertakenTests {
        @Test("it is told exactly how many events it missed, and goes on")
        func overtaken() async throws {
            let scene = try await Scene(["--event-log-size", "512KiB", "--no-process-events"])
            try await scene.service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            // Opened and not read: the rest stays in the sockets' buffers, then in the log.
            let port = scene.service.port
            let connection = try await blocking {
                let connection = try Connection(port: port)
                try connection.request("GET", "/v1/events?since=oldest")
                return Unread(connection, try connection.head())
            }
            let calls = 8_000
            _ = try await scene.caller.storm(threads: 2, calls: calls)
            try await scene.service.delete("pipes")
            let entries = try await blocking { try connection.entries(through: "deleted") }

            var next: Int?
            var missed = 0
            var kprobes = 0
            for entry in entries {
                let sequence = try #require(entry.sequence)
                if entry.name == "process_kprobe" { kprobes += 1 }
                if entry.name == "gap" {
                    let lost = try #require(entry.lost)
                    #expect(lost > 0)
                    // The id of a gap is that of the last event that was lost.
                    #expect(sequence == (next ?? 0) + lost - 1)
                    missed += lost
                } else if let next {
                    #expect(sequence == next)
                }
                next = sequence + 1
            }
            #expect(missed > 0, "16,000 events were more than the buffers hold")
            #expect(kprobes < 2 * calls)
            #expect(kprobes + missed >= 2 * calls)
            let metrics = try await scene.service.metrics()
            #expect(metrics["martlet_lost_total{stage=\"subscriber_overtaken\"}"] == Double(missed))
            #expect(metrics["martlet_lost_total{stage=\"kernel_ring_full\"}"] == 0)
            let status = try await scene.service.http.send("GET", "/v1/status").json["counters"]
            #expect(status?["lost"]?["subscriber_overtaken"] == .number(missed))
            let overwritten = try #require(metrics["martlet_log_overwritten_total"])
            #expect(overwritten > 0)
            #expect(status?["log_overwritten"] == .number(Int(overwritten)))
            try await resumeTooLate(scene.service)
        }

        /// An id whose successors are gone gets their number, and then the oldest that is held.
        private func resumeTooLate(_ service: ServiceProcess) async throws {
            let oldest = try await EventSubscriber(
                port: service.port, query: "since=oldest&limit=1")
            let first = try #require(try await oldest.next()?.identifier)
            let late = try await EventSubscriber(
                port: service.port, headers: [("Last-Event-ID", "\(first.boot)-3")])
            let events = try await late.take(2)
            #expect(events[0].name == "gap")
            #expect(events[0].json["gap"]?["reason"] == "evicted")
            #expect(events[0].json["gap"]?["lost"] == .number(first.sequence - 4))
            #expect(events[0].json["gap"]?["oldest"]?.text == events[1].id)
            #expect(events[1].identifier?.sequence == first.sequence)
        }
    }
}

/// A stream that is read late.
private final class Unread: @unchecked Sendable {
    // Sendable: one task after the other uses it.
    private let connection: Connection

    init(_ connection: Connection, _ head: HTTPResponse) {
        self.connection = connection
        #expect(head.status == 200)
    }

    struct Entry {
        var name: String
        var sequence: Int?
        var lost: Int?
    }

    /// Every entry up to the `policy` event of this state, by its first three lines only.
    func entries(through state: String) throws -> [Entry] {
        var text: [UInt8] = []
        let deadline = Deadline(in: .seconds(60) * Machine.slowness)
        let end = Array("\"state\":\"\(state)\"".utf8)
        while let chunk = try connection.chunk(by: deadline) {
            text += chunk
            if text.suffix(4_096).firstRange(of: end) != nil, text.suffix(2) == [10, 10] { break }
        }
        var entries: [Entry] = []
        var entry = Entry(name: "")
        for line in text.split(separator: 10, omittingEmptySubsequences: false) {
            // Lines of data are long, and only a gap's is needed.
            let line = String(decoding: line.prefix(80), as: UTF8.self)
            if line.hasPrefix("id: ") {
                entry.sequence = line.split(separator: "-").last.flatMap { Int($0) }
            } else if line.hasPrefix("event: ") {
                entry.name = String(line.dropFirst("event: ".count))
            } else if line.hasPrefix("data: ") {
                if let match = line.firstMatch(of: /"lost":(\d+)/) { entry.lost = Int(match.1) }
                if entry.name != "heartbeat" { entries.append(entry) }
                entry = Entry(name: "")
            }
        }
        return entries
    }
}
