import Events
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
            ("namespace_pid", "1"), ("namespace_pid", "7"), ("type", "process_tracepoint"),
            ("policy", "files"), ("pid", "4294967295"), ("limit", "18446744073709551615"),
        ])
        #expect(query.filter.kinds == [.processKprobe, .processTracepoint, .policy])
        #expect(query.filter.policies == [7, 8])
        #expect(query.filter.pids == [10, .max])
        #expect(query.filter.namespacePIDs == [1, 7])
        #expect(query.limit == .max)
        #expect(try await self.query([("limit", "1")]).limit == 1)
    }

    @Test("texts are compared as events have them; a system call has two names")
    func texts() async throws {
        let query = try await query([
            ("binary", "/bin/\"a"), ("binary", "/bin/b"), ("binary_prefix", "/opt/"),
            ("function", "sys_pipe2"), ("function", "do_pipe2"),
        ])
        #expect(query.filter.binaries == [EscapedText("/bin/\"a"), EscapedText("/bin/b")])
        #expect(query.filter.binaryPrefixes == [EscapedText("/opt/")])
        #expect(
            query.filter.functions == [
                EscapedText("sys_pipe2"), EscapedText("__x64_sys_pipe2"), EscapedText("do_pipe2"),
            ])
    }

    @Test("fields are a list, or several; a timeout is in seconds")
    func fieldsAndTimeout() async throws {
        let query = try await query([
            ("fields", "process.pid,-args"), ("fields", "args.label"), ("timeout", "86400"),
        ])
        #expect(query.mask == (try FieldMask(["process.pid", "-args", "args.label"])))
        #expect(query.timeout == 86_400)
        #expect(try await self.query([]).mask == nil)
        #expect(try await self.query([]).timeout == nil)
    }

    @Test("a stream begins now, with the oldest event, or after one")
    func start() async throws {
        #expect(try await query([("since", "now")]).start == .now)
        #expect(try await query([("since", "oldest")]).start == .oldest)
        #expect(try await query([("since", "5f3a9c01-17")]).start == .after("5f3a9c01-17"))
        #expect(
            try await query([("since", "1970-01-01T00:00:01Z")]).start
                == .since(1_000_000_000, "1970-01-01T00:00:01Z"))
    }

    @Test("Last-Event-ID is newer than since, whatever it says, unless it is empty")
    func lastEventID() async throws {
        let since = [("since", "5f3a9c01-17")]
        #expect(try await query(since, lastEventID: "5f3a9c01-20").start == .after("5f3a9c01-20"))
        #expect(try await query(since, lastEventID: "junk").start == .after("junk"))
        #expect(try await query(since, lastEventID: "").start == .after("5f3a9c01-17"))
    }

    @Test("a filter has a thousand values at most")
    func tooMany() async throws {
        let pids = (0..<1001).map { ("pid", "\($0)") }
        #expect(try await query(Array(pids.dropLast())).filter.pids?.count == 1000)
        let problem = await #expect(throws: Problem.self) { try await query(pids) }
        #expect(problem?.detail == "a filter has 1000 values at most")
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
                "since is an event's id, a time such as 2026-11-23T09:02:58Z, now or oldest, "
                    + "not \"yesterday\""
            ),
            (
                "since", "",
                "since is an event's id, a time such as 2026-11-23T09:02:58Z, now or oldest, "
                    + "not \"\""
            ),
            ("timeout", "0", "timeout is 1 to 86400 seconds"),
            ("timeout", "86401", "timeout is 1 to 86400 seconds"),
            ("timeout", "1s", "timeout is a number, not \"1s\""),
            ("binary", "", "binary is empty"),
            ("binary_prefix", "", "binary_prefix is empty"),
            ("function", "", "function is empty"),
            ("fields", "", "fields names no field"),
            (
                "fields", "process.pid,process..pid",
                "fields are paths such as process.pid, or -process.arguments to leave it out, "
                    + "not \"process..pid\""
            ),
            ("policy", "another", "too many policy names were asked for"),
            (
                "pids", "1",
                "unknown parameter \"pids\"; there are type, policy, pid, namespace_pid, binary, "
                    + "binary_prefix, function, fields, since, limit, timeout"
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
