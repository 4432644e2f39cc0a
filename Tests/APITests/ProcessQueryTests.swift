import Events
import Foundation
import HTTP
import Testing

@testable import API

@Suite("What a client asks of the processes")
struct ProcessQueryTests {
    private func query(_ items: (String, String)...) throws(Problem) -> ProcessQuery {
        let head = RequestHead(
            method: "GET", target: "/v1/processes",
            query: items.map { QueryItem(name: $0.0, value: $0.1) })
        return try ProcessQuery(Request(head: head))
    }

    @Test("a bare request wants the first hundred, one after the other")
    func bare() throws {
        let query = try query()
        #expect(query.view == .list)
        #expect(query.filter == ProcessFilter())
        #expect(query.limit == 100)
        #expect(query.after == nil)
        #expect(try self.query(("view", "tree")).limit == 1_000)
    }

    @Test("parameters that are repeated add up, and the limit is that of the view")
    func filters() throws {
        let query = try query(
            ("pid", "1"), ("binary", "/bin/sh"), ("limit", "10000"), ("pid", "4294967295"),
            ("binary", "/bin/ü"), ("view", "tree"))
        #expect(query.filter.pids == [1, .max])
        #expect(query.filter.binaries == [Array("/bin/sh".utf8), Array("/bin/ü".utf8)])
        #expect(query.limit == 10_000)
        #expect(query.view == .tree)
        #expect(try self.query(("limit", "1000")).limit == 1_000)
        #expect(try self.query(("limit", "1")).limit == 1)
    }

    @Test("an exec_id has its place by itself, whatever the node is called")
    func cursor() throws {
        for node in ["vm", "", "a:b:", "ü~>?"] {
            let execID = Data("\(node):18446744073709551615:42".utf8).base64EncodedString()
            #expect(try query(("after", execID)).after == ProcessID(identity: .max, pid: 42))
        }
        // A form's decoding made a space of the + in it.
        let execID = Data("node~~:7:42".utf8).base64EncodedString()
        #expect(execID.contains("+"))
        let spaced = execID.replacing("+", with: " ")
        #expect(try query(("after", spaced)).after == ProcessID(identity: 7, pid: 42))
    }

    @Test(
        "what is no exec_id has no place",
        arguments: ["", "x", "42:7", ":7", "a:7:", "a:b:7", "a:7:-1", "a:7:4294967296", "a:+:7"])
    func noCursor(text: String) throws {
        #expect(ProcessID(execID: text) == nil)
        #expect(ProcessID(execID: Data(text.utf8).base64EncodedString()) == nil)
    }

    @Test(
        "what cannot be meant is refused with what can",
        arguments: [
            ([("view", "flat")], "view is list or tree, not \"flat\""),
            ([("pid", "-1")], "pid is a number, not \"-1\""),
            ([("pid", "+1")], "pid is a number, not \"+1\""),
            ([("pid", "")], "pid is a number, not \"\""),
            ([("pid", "4294967296")], "pid is a number, not \"4294967296\""),
            ([("limit", "0")], "limit is a number from 1, not \"0\""),
            ([("limit", "many")], "limit is a number from 1, not \"many\""),
            ([("limit", "+5")], "limit is a number from 1, not \"+5\""),
            ([("limit", "1001")], "limit is a number from 1 to 1000 with view=list, not \"1001\""),
            (
                [("view", "tree"), ("limit", "10001")],
                "limit is a number from 1 to 10000 with view=tree, not \"10001\""
            ),
            ([("after", "1041")], "after is the exec_id of a process, not \"1041\""),
            (
                [("after", "bjoxOjI="), ("view", "tree")],
                "after goes through view=list; of a tree, pid picks the roots"
            ),
            (
                [("name", "sh")],
                "unknown parameter \"name\"; there are view, binary, pid, limit and after"
            ),
        ])
    func refused(items: [(String, String)], detail: String) {
        let problem = #expect(throws: Problem.self) {
            let head = RequestHead(
                method: "GET", target: "/v1/processes",
                query: items.map { QueryItem(name: $0.0, value: $0.1) })
            _ = try ProcessQuery(Request(head: head))
        }
        #expect(problem?.status == 400)
        #expect(problem?.type == "bad-query")
        #expect(problem?.detail == detail)
    }
}
