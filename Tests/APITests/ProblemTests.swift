import HTTP
import Policy
import Testing
import Tracing

@testable import API

extension Response {
    /// The body, where it is there already.
    var text: String {
        guard case .bytes(let bytes) = body else { return "a stream" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite("Problem documents")
struct ProblemTests {
    @Test("a problem without findings is one line of JSON that no cache keeps")
    func plain() {
        let response = Problem.noSuchPath("/a\"b").response
        #expect(response.status == 404)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        #expect(response.headers["Cache-Control"] == "no-store")
        #expect(
            response.text == """
                {"type":"/problems/not-found","title":"Not found","status":404,\
                "detail":"there is nothing at /a\\"b; /openapi.yaml lists what there is"}

                """)
    }

    private static let unknown = Diagnostic(
        code: .unknownCall, pointer: "/spec/kprobes/0/call",
        position: SourcePosition(line: 7, column: 11),
        message: "this kernel has no system call pip2", hint: "did you mean sys_pipe2?")

    private static let odd = Diagnostic(
        severity: .warning, code: .noEffect, pointer: "/spec",
        position: SourcePosition(line: 9, column: 3), message: "tab\tand \"quotes\"")

    @Test("findings about a document keep their order, warnings among them")
    func findings() {
        let response = Problem(.invalid([Self.unknown, Self.odd])).response
        #expect(response.status == 422)
        #expect(
            response.text == """
                {"type":"/problems/invalid-policy","title":"Invalid policy","status":422,\
                "detail":"the policy has an error","errors":[\
                {"severity":"error","code":"unknown_call","pointer":"/spec/kprobes/0/call",\
                "line":7,"column":11,"message":"this kernel has no system call pip2",\
                "hint":"did you mean sys_pipe2?"},\
                {"severity":"warning","code":"no_effect","pointer":"/spec","line":9,"column":3,\
                "message":"tab\\tand \\"quotes\\""}]}

                """)
    }

    @Test("a hook that the kernel refused comes with what the kernel said")
    func refused() {
        var problem = Problem(
            status: 422, type: "kernel-refused", title: "The kernel refused the policy",
            detail: "no")
        problem.errors = [
            .kernel(
                pointer: "/spec/kprobes/0", kernel: "6.1.0", errno: 13, message: "denied",
                log: ["0: r1 = r10", "R1 invalid"])
        ]
        #expect(
            problem.response.text == """
                {"type":"/problems/kernel-refused","title":"The kernel refused the policy",\
                "status":422,"detail":"no","errors":[{"severity":"error","code":"kernel_refused",\
                "pointer":"/spec/kprobes/0",\
                "kernel":"6.1.0","errno":13,"message":"denied",\
                "log":["0: r1 = r10","R1 invalid"]}]}

                """)
    }

    @Test(
        "text that cannot be read is 400, a policy that is wrong 422",
        arguments: DiagnosticCode.allCases)
    func status(code: DiagnosticCode) {
        let unreadable: Set<DiagnosticCode> = [
            .emptyDocument, .notText, .newlinesMissing, .syntax, .multipleDocuments, .tooDeep,
            .tooComplex,
        ]
        var diagnostic = Self.unknown
        diagnostic.code = code
        let problem = Problem(.invalid([diagnostic]))
        #expect(problem.status == (unreadable.contains(code) ? 400 : 422))
    }

    @Test("several errors are counted, and warnings are none")
    func counted() {
        #expect(
            Problem(.invalid([Self.unknown, Self.odd, Self.unknown])).detail
                == "the policy has 2 errors")
    }

    @Test("each reason of the registry has its status and its type")
    func rejections() {
        let table: [(PolicyRejection, Int, String)] = [
            (.nameTaken("a"), 409, "name-taken"),
            (.notFound("a"), 404, "no-such-policy"),
            (.followSetsExhausted, 422, "too-many-follow-filters"),
            (.slotsExhausted, 422, "too-many-policies"),
            (.otherName("b", expected: "a"), 422, "other-name"),
            (.notInstalled("a"), 409, "not-installed"),
            (.notStored("full"), 507, "not-stored"),
            (.failed("no"), 422, "kernel-refused"),
        ]
        for (rejection, status, type) in table {
            #expect(Problem(rejection).status == status)
            #expect(Problem(rejection).type == type)
        }
        #expect(Problem(.nameTaken("a")).detail.contains("PUT /v1/policies/a replaces it"))
    }

    @Test("answers carry the headers that tell a client what to do")
    func headers() {
        let method = Problem.methodNotAllowed("PUT", allowed: "GET, POST, HEAD")
        #expect(method.response.headers["Allow"] == "GET, POST, HEAD")
        #expect(method.detail == "PUT is not served here; use GET, POST, HEAD")
        #expect(Problem.stopping.response.headers["Retry-After"] == "5")
        let form = Problem.unsupportedType("application/x-www-form-urlencoded")
        #expect(
            form.response.headers["Accept-Post"] == "application/yaml, application/json")
        #expect(
            form.detail.contains(
                "curl --data-binary @policy.yaml -H 'Content-Type: application/yaml' URL"))
        #expect(!Problem.unsupportedType("image/png").detail.contains("curl"))
        #expect(
            Problem.notAPatch("image/png").response.headers["Accept-Patch"]
                == "application/merge-patch+json, application/json")
        #expect(Problem.bodyTooLarge(limit: 0).detail == "this call takes no body")
        #expect(Problem.bodyTooLarge(limit: 9).detail == "a body may have 9 bytes at most")
    }
}
