import HTTP
import Testing
import Tracing

@testable import API

@Suite("What a client asks of the stream")
struct EventQueryTests {
    private func query(
        _ items: [(String, String)], lastEventID: String? = nil
    ) async throws(Problem) -> EventQuery {
        var headers: Headers = [:]
        headers["Last-Event-ID"] = lastEventID
        let head = RequestHead(
            method: "GET", target: "/v1/events",
            query: items.map { QueryItem(name: $0.0, value: $0.1) }, headers: headers)
        return try await EventQuery(Request(head: head)) { name in
            ["pipes": 7, "files": 8][name]
        }
    }

    @Test("a bare request wants every event from now on")
    func bare() async throws {
        let query = try await query([])
        #expect(query.filter == EventFilter())
        #expect(query.start == .now)
        #expect(query.limit == .max)
    }

    @Test("parameters that are repeated add up")
    func filters() async throws {
        let query = try await query([
            ("type", "process_kprobe"), ("policy", "pipes"), ("pid", "10"), ("type", "policy"),
            ("type", "process_tracepoint"),
            ("policy", "files"), ("pid", "4294967295"), ("limit", "18446744073709551615"),
        ])
        #expect(query.filter.kinds == [.processKprobe, .processTracepoint, .policy])
        #expect(query.filter.policies == [7, 8])
        #expect(query.filter.pids == [10, .max])
        #expect(query.limit == .max)
        #expect(try await self.query([("limit", "1")]).limit == 1)
    }

    @Test("a stream begins now, with the oldest event, or after one")
    func start() async throws {
        #expect(try await query([("since", "now")]).start == .now)
        #expect(try await query([("since", "oldest")]).start == .oldest)
        #expect(try await query([("since", "5f3a9c01-17")]).start == .after("5f3a9c01-17"))
    }

    @Test("Last-Event-ID is newer than since, whatever it says, unless it is empty")
    func lastEventID() async throws {
        let since = [("since", "5f3a9c01-17")]
        #expect(try await query(since, lastEventID: "5f3a9c01-20").start == .after("5f3a9c01-20"))
        #expect(try await query(since, lastEventID: "junk").start == .after("junk"))
        #expect(try await query(since, lastEventID: "").start == .after("5f3a9c01-17"))
    }

    @Test(
        "what cannot be meant is refused with what can",
        arguments: [
            (
                "type", "process_uprobe",
                "unknown type \"process_uprobe\"; there are process_kprobe, "
                    + "process_tracepoint, process_exec, process_exit, policy"
            ),
            (
                "type", "",
                "unknown type \"\"; there are process_kprobe, process_tracepoint, "
                    + "process_exec, process_exit, policy"
            ),
            ("pid", "-1", "pid is a number, not \"-1\""),
            ("pid", "4294967296", "pid is a number, not \"4294967296\""),
            ("pid", "one", "pid is a number, not \"one\""),
            ("pid", "", "pid is a number, not \"\""),
            ("pid", "+1", "pid is a number, not \"+1\""),
            ("limit", "0", "limit is 1 or more"),
            ("limit", "1.5", "limit is a number, not \"1.5\""),
            ("limit", "18446744073709551616", "limit is a number, not \"18446744073709551616\""),
            (
                "since", "yesterday",
                "since is an event's id, now or oldest, not \"yesterday\""
            ),
            ("since", "", "since is an event's id, now or oldest, not \"\""),
            ("policy", "another", "too many policy names were asked for"),
            (
                "pids", "1",
                "unknown parameter \"pids\"; there are type, policy, pid, limit and since"
            ),
        ])
    func refused(name: String, value: String, detail: String) async {
        let problem = await #expect(throws: Problem.self) {
            try await query([(name, value)])
        }
        #expect(problem?.status == 400)
        #expect(problem?.type == "bad-query")
        #expect(problem?.detail == detail)
    }
}
