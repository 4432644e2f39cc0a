import HTTP
import Logging
import Testing

@testable import API

@Suite("The route table")
struct RouterTests {
    private static func route(
        _ method: String, _ path: String, produces: [String]
    ) -> Route {
        Route("\(method)\(path)", method, path, needs: .open, produces: produces, bodyLimit: 9) {
            _, parameters in
            Response(status: 200, body: .bytes(Array("\(method) \(parameters["name"])".utf8)))
        }
    }

    private let router: Router

    init() throws {
        let routes = [
            ("GET", "/things", ["application/json"]), ("POST", "/things", ["application/json"]),
            ("GET", "/things/{name}", ["application/json", "application/yaml"]),
            ("DELETE", "/things/{name}", []), ("POST", "/things:all", ["application/json"]),
            ("GET", "/{rest...}", []),
        ]
        router = Router(
            routes: routes.map { Self.route($0.0, $0.1, produces: $0.2) },
            guards: try .quiet(try ListenAddress(parsing: "127.0.0.1:0")),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func admission(
        _ method: String, _ target: String, _ headers: [(String, String)] = []
    ) -> Admission {
        var fields: Headers = ["Host": "localhost"]
        for (name, value) in headers { fields.add(name, value) }
        return router.admit(RequestHead(method: method, target: target, headers: fields))
    }

    /// The answer to what is refused; nil where the request is admitted.
    private func answer(
        _ method: String, _ target: String, _ headers: [(String, String)] = []
    ) -> Response? {
        guard case .refuse(let response) = admission(method, target, headers) else { return nil }
        return response
    }

    @Test("what a route takes is admitted with its limit, HEAD where GET is")
    func admitted() {
        for (method, target) in [
            ("GET", "/things"), ("HEAD", "/things"), ("POST", "/things"), ("GET", "/things/a"),
            ("DELETE", "/things/a"), ("GET", "/app.js"), ("GET", "/a/b/c"),
            ("GET", "http://localhost/things"),
        ] {
            guard case .accept(let limit) = admission(method, target) else {
                Issue.record("\(method) \(target) was refused")
                continue
            }
            #expect(limit == 9)
        }
    }

    @Test("another method is 405 with those that there are; where there is none it is 404")
    func methods() {
        let answer = answer("PUT", "/things")
        #expect(answer?.status == 405)
        #expect(answer?.headers["Allow"] == "GET, POST, HEAD, OPTIONS")
        #expect(answer?.text.hasPrefix(#"{"type":"/problems/method-not-allowed""#) == true)
        #expect(self.answer("POST", "/things/a")?.headers["Allow"] == "GET, DELETE, HEAD, OPTIONS")
        #expect(self.answer("POST", "/app.js")?.status == 404)
        #expect(self.answer("GET", "/things:all")?.headers["Allow"] == "POST, OPTIONS")
        #expect(self.answer("BREW", "/things")?.status == 405)
    }

    @Test("OPTIONS says what can be done with a path, or with any")
    func options() {
        for (target, allowed) in [
            ("/things", "GET, POST, HEAD, OPTIONS"), ("/things/a", "GET, DELETE, HEAD, OPTIONS"),
            ("*", "DELETE, GET, POST, HEAD, OPTIONS"),
            ("http://localhost", "DELETE, GET, POST, HEAD, OPTIONS"),
            ("http://localhost/things", "GET, POST, HEAD, OPTIONS"),
        ] {
            let answer = answer("OPTIONS", target)
            #expect(answer?.status == 204)
            #expect(answer?.headers["Allow"] == allowed)
            #expect(answer?.text == "")
        }
        #expect(answer("OPTIONS", "/nowhere")?.status == 404)
        #expect(answer("OPTIONS", "http://localhost/*")?.status == 404)
        #expect(answer("OPTIONS", "/things", [("Origin", "http://evil.example")])?.status == 403)
    }

    @Test("a tunnel is not opened, and what would go through it is not read as requests")
    func tunnels() {
        let answer = answer("CONNECT", "localhost:8080")
        #expect(answer?.status == 501)
        #expect(answer?.headers["Connection"] == "close")
        #expect(
            answer?.text == """
                {"type":"/problems/no-tunnels","title":"No tunnels","status":501,\
                "detail":"CONNECT asks a proxy for a tunnel, and this is none"}

                """)
        #expect(self.answer("CONNECT", "evil.example:443")?.status == 403)
    }

    @Test("a client that takes none of the types is told them")
    func types() {
        #expect(answer("GET", "/things", [("Accept", "application/json;q=0.1")]) == nil)
        #expect(answer("GET", "/things", [("Accept", "text/html, */*;q=0.1")]) == nil)
        #expect(answer("GET", "/app.js", [("Accept", "text/css")]) == nil)
        #expect(answer("DELETE", "/things/a", [("Accept", "text/html")]) == nil)
        let answer = answer("GET", "/things/a", [("Accept", "text/html")])
        #expect(answer?.status == 406)
        #expect(answer?.headers["Content-Type"] == "application/problem+json")
        #expect(
            answer?.text == """
                {"type":"/problems/not-acceptable","title":"Not acceptable","status":406,\
                "detail":"the Accept header takes nothing that there is; \
                use application/json or application/yaml"}

                """)
    }

    @Test("header fields that are too large together are 431")
    func headers() {
        let fields = (0..<16).map { ("x-\($0)", String(repeating: "x", count: 1000)) }
        #expect(answer("GET", "/things", fields) == nil)
        let answer = answer("GET", "/things", fields + [("y", String(repeating: "y", count: 400))])
        #expect(answer?.status == 431)
        #expect(answer?.text.contains("/problems/headers-too-large") == true)
        #expect(answer?.text.contains("16384 bytes") == true)
    }

    @Test("a request that others may read as another one is 400, with the reason")
    func malformed() {
        let answer = router.refuse(
            .malformed("there is more than one Host"),
            head: RequestHead(method: "GET", target: "/"))
        #expect(answer.status == 400)
        #expect(answer.headers["Content-Type"] == "application/problem+json")
        #expect(
            answer.text == """
                {"type":"/problems/bad-header","title":"Bad header field","status":400,\
                "detail":"there is more than one Host"}

                """)
    }

    @Test("a target that has no form, or is for somebody else, is 400, with the reason")
    func targets() {
        let answer = router.refuse(
            .badTarget("it is for none"), head: RequestHead(method: "GET", target: "things"))
        #expect(answer.status == 400)
        #expect(
            answer.text == """
                {"type":"/problems/bad-target","title":"Bad request target","status":400,\
                "detail":"it is for none"}

                """)
    }
}
