import HTTP
import Testing
import Tracing

@testable import API

@Suite("Conditions of a change")
struct PreconditionTests {
    @Test("the fields are * or lists of tags, which add up")
    func fields() throws {
        #expect(try Precondition([:]) == .none)
        #expect(try Precondition(["If-Match": "*"]) == Precondition(match: .any))
        #expect(try Precondition(["If-None-Match": " * "]) == Precondition(noneMatch: .any))
        #expect(
            try Precondition(["If-Match": "\"a\" , \"b\"", "if-match": "\"c\""])
                == Precondition(match: .tagged(["\"a\"", "\"b\"", "\"c\""])))
    }

    @Test("a weak tag matches nothing, but keeps from matching")
    func weak() throws {
        #expect(
            try Precondition(["If-Match": "W/\"a\"", "If-None-Match": "W/\"a\", \"b\""])
                == Precondition(match: .tagged([]), noneMatch: .tagged(["\"a\"", "\"b\""])))
    }

    @Test("what is no tag is refused", arguments: ["a", "\"a", "*, \"a\"", "W/a", "\"", "w/\"a\""])
    func refused(value: String) {
        let problem = #expect(throws: Problem.self) { try Precondition(["If-Match": value]) }
        #expect(problem?.status == 400)
        #expect(problem?.type == "bad-header")
        #expect(
            problem?.detail
                == "If-Match is * or a list of tags in quotes, such as \"9f2c4e11b07ad35c\"")
    }
}
