import Foundation
import Testing

@Suite("Results from a guest")
struct GuestResultsTests {
    private static let tests = """
        {"kind":"test","payload":{"id":"M.S","kind":"suite","name":"S"},"version":0}
        {"kind":"test","payload":{"displayName":"it works","id":"M.S/a()/S.swift:3:4",\
        "kind":"function","name":"a()"},"version":0}
        {"kind":"test","payload":{"id":"M.S/b(n:)/S.swift:9:4","kind":"function","name":"b(n:)"},\
        "version":0}

        """

    private static func event(
        _ kind: String, _ test: String?, _ text: String = "", issue: String? = nil
    ) -> String {
        let test = test.map { #","testID":"\#($0)""# } ?? ""
        let issue = issue.map { #","issue":\#($0)"# } ?? ""
        return """
            {"kind":"event","payload":{"kind":"\(kind)","messages":[{"symbol":"default",\
            "text":"\(text)"}]\(test)\(issue)},"version":0}

            """
    }

    private static let (a, b) = ("M.S/a()/S.swift:3:4", "M.S/b(n:)/S.swift:9:4")

    private func results(_ events: String...) throws -> GuestResults {
        try GuestResults(stream: Data((Self.tests + events.joined()).utf8))
    }

    @Test("a test that ended without an issue has passed, and a suite is no test")
    func passed() throws {
        let results = try results(
            Self.event("testStarted", "M.S"), Self.event("testStarted", Self.a),
            Self.event("testEnded", Self.a), Self.event("testEnded", "M.S"))
        #expect(results.passed == ["it works (M.S/a())"])
        #expect(results.failures == [])
        #expect(results.unfinished == [])
    }

    @Test("every issue is kept with its test, its words and its place, and fails the test once")
    func failed() throws {
        let place =
            #"{"_filePath":"/r/S.swift","column":13,"fileID":"M/S.swift","line":11}"#
        let results = try results(
            Self.event("testStarted", Self.b),
            Self.event(
                "issueRecorded", Self.b, "with 1 argument",
                issue: #"{"isKnown":false,"sourceLocation":\#(place)}"#),
            Self.event("issueRecorded", Self.b, "again", issue: #"{"isKnown":false}"#),
            Self.event("issueRecorded", Self.b, "expected", issue: #"{"isKnown":true}"#),
            Self.event("testEnded", Self.b))
        #expect(results.passed == [])
        #expect(results.failed == ["b(n:) (M.S/b(n:))"])
        #expect(results.failures.map(\.message) == ["with 1 argument", "again"])
        #expect(results.failures.map { $0.location?.line } == [11, nil])
    }

    @Test("an issue outside tests is a failure")
    func homeless() throws {
        let results = try results(Self.event("issueRecorded", nil, "lost", issue: "{}"))
        #expect(results.failures == [.init(test: "no test", message: "lost")])
    }

    @Test("a test that was skipped has neither passed nor failed")
    func skipped() throws {
        let results = try results(Self.event("testSkipped", Self.a, "no browser"))
        #expect(results.passed == [])
        #expect(results.skipped == ["it works (M.S/a())"])
    }

    @Test("where the guest died, what was running is named, and half a line is left")
    func died() throws {
        let results = try results(
            Self.event("testStarted", Self.a), Self.event("testEnded", Self.a),
            Self.event("testStarted", Self.b), #"{"kind":"event","payl"#)
        #expect(results.passed == ["it works (M.S/a())"])
        #expect(results.unfinished == ["b(n:) (M.S/b(n:))"])
    }
}
