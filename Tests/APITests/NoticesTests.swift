import Testing
import Tracing

@testable import API

@Suite("Notices of a stream")
struct NoticesTests {
    /// What was written, with the times replaced by TIME.
    private func text(_ notices: Notices) -> String {
        String(decoding: notices.bytes, as: UTF8.self)
            .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/, with: "TIME")
    }

    private let first = EventID(boot: "5f", sequence: 1)
    private let evicted = Gap(
        reason: .evicted, lost: 12, requested: "5f-3", oldest: EventID(boot: "5f", sequence: 16))

    @Test("an SSE stream opens with the time to wait and an id, which is no event")
    func opening() {
        var notices = Notices(form: .serverSentEvents, boot: "5f")
        notices.begin(after: 41)
        #expect(text(notices) == "retry: 2000\nid: 5f-41\n\n")
    }

    @Test("a stream of lines opens with nothing")
    func openingLines() {
        var notices = Notices(form: .lines, boot: "5f")
        notices.begin(after: 41)
        #expect(notices.bytes == [])
    }

    @Test("a gap says why, how many, what was asked for and what there is")
    func gap() {
        let json = """
            {"gap":{"reason":"evicted","lost":12,"requested":"5f-3","oldest":"5f-16"},\
            "time":"TIME"}
            """
        var events = Notices(form: .serverSentEvents, boot: "5f")
        events.append(evicted, after: 15)
        #expect(text(events) == "id: 5f-15\nevent: gap\ndata: \(json)\n\n")
        var lines = Notices(form: .lines, boot: "5f")
        lines.append(evicted, after: 15)
        #expect(text(lines) == json + "\n")
    }

    @Test("a gap of unknown size has null, and one that nobody asked into has no requested")
    func unknownGap() {
        var notices = Notices(form: .lines, boot: "5f")
        notices.append(
            Gap(reason: .restart, lost: nil, requested: "ab\"-1", oldest: first), after: 0)
        notices.append(
            Gap(reason: .unknownID, lost: nil, oldest: first), after: 0)
        #expect(
            text(notices) == """
                {"gap":{"reason":"restart","lost":null,"requested":"ab\\"-1","oldest":"5f-1"},\
                "time":"TIME"}
                {"gap":{"reason":"unknown_id","lost":null,"oldest":"5f-1"},"time":"TIME"}

                """)
    }

    @Test("a heartbeat carries the id to resume after")
    func heartbeat() {
        var events = Notices(form: .serverSentEvents, boot: "5f")
        let counters = StageCounters(lost: [.orphaned: 1], events: 41)
        let lost = StageCounters.Stage.allCases
            .map { "\"\($0.rawValue)\":\($0 == .orphaned ? 1 : 0)" }.joined(separator: ",")
        let json = """
            {"heartbeat":{"id":"5f-41","counters":{"events":41,"filtered":0,"log_overwritten":0,\
            "lost":{\(lost)}}},"time":"TIME"}
            """
        events.appendHeartbeat(counters, after: 41)
        #expect(
            text(events) == """
                id: 5f-41
                event: heartbeat
                data: \(json)


                """)
        var lines = Notices(form: .lines, boot: "5f")
        lines.appendHeartbeat(counters, after: 41)
        #expect(text(lines) == json + "\n")
    }

    @Test("what a client sent in an id cannot break out of its line")
    func hostileID() {
        var notices = Notices(form: .serverSentEvents, boot: "5f")
        notices.append(
            Gap(
                reason: .unknownID, lost: nil, requested: "x\n\nevent: policy\r\ndata: {}",
                oldest: first), after: 0)
        let lines = text(notices).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5)
        #expect(lines[2].contains("x\\n\\nevent: policy\\r\\ndata: {}"))
    }
}
