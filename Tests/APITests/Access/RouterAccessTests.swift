import Digests
import HTTP
import Logging
import Testing

@testable import API

@Suite("What stands in front of every route")
struct RouterAccessTests {
    private let scene: AccessScene
    private let router: Router

    init() throws {
        scene = try AccessScene()
        let access = try scene.control(
            admin: "root:\(secret("a"))", read: "eye:\(secret("r"))")
        let others = try CrossOrigins(parsing: ["https://a.example"])
        let routes = [
            Route("getOpen", "GET", "/open", needs: .open) { _, _ in Response(status: 200) },
            Route("getThing", "GET", "/things/{name}", needs: .read) { _, path in
                if path["name"] == "lost" { throw Problem.noSuchPath("lost") }
                return Response(status: 200, headers: ["ETag": "\"1\""])
            },
            Route(
                "putThing", "PUT", "/things/{name}", needs: .admin, changes: .replace, bodyLimit: 9
            ) { request, path, change in
                if path["name"] == "lost" { throw Problem.noSuchPath("lost") }
                if request.query.first?.name == "try" { change.action = .none }
                change.subjects[0].version = 7
                return Response(status: 200)
            },
        ]
        router = Router(
            routes: routes + SessionEndpoints(access: access).routes,
            guards: try scene.guards(access, others: others), logger: scene.log.logger("test"))
    }

    private func head(
        _ method: String, _ target: String, _ token: String? = nil,
        query: [QueryItem] = [], with fields: [(String, String)] = []
    ) -> RequestHead {
        var headers: Headers = ["Host": "localhost"]
        headers["Authorization"] = token.map { "Bearer \(secret($0))" }
        for (name, value) in fields { headers.add(name, value) }
        return RequestHead(
            method: method, target: target, query: query, headers: headers,
            peer: .tcp(address: "127.0.0.1", port: 4711), id: 5)
    }

    /// The answer, as the HTTP layer gets it.
    private func answer(_ head: RequestHead, body: String = "") async -> Response {
        switch router.admit(head) {
        case .refuse(let response): response
        case .accept(let limit) where limit < body.utf8.count:
            router.refuse(.bodyTooLarge(limit: limit), head: head)
        case .accept: await router.respond(to: Request(head: head, body: Array(body.utf8)))
        }
    }

    @Test("each route is for those that it needs, before a body is taken")
    func scopes() async {
        let table: [(String, String, [String?: Int])] = [
            ("GET", "/open", [nil: 200, "x": 200, "r": 200, "a": 200]),
            ("HEAD", "/open", [nil: 200, "x": 200, "r": 200, "a": 200]),
            ("GET", "/things/a", [nil: 401, "x": 401, "r": 200, "a": 200]),
            ("HEAD", "/things/a", [nil: 401, "x": 401, "r": 200, "a": 200]),
            ("PUT", "/things/a", [nil: 401, "x": 401, "r": 403, "a": 200]),
            ("GET", "/nothing", [nil: 404, "x": 404, "r": 404, "a": 404]),
            ("OPTIONS", "/things/a", [nil: 204, "x": 204, "r": 204, "a": 204]),
        ]
        for (method, target, answers) in table {
            for (token, status) in answers {
                let head = head(method, target, token)
                #expect(await answer(head).status == status, "\(method) \(target) \(token ?? "-")")
                if status == 401 || status == 403 {
                    guard case .refuse = router.admit(head) else {
                        Issue.record("\(method) \(target) would take a body")
                        continue
                    }
                }
            }
        }
    }

    @Test("a token that is withdrawn while the body comes is not good any more")
    func withdrawn() async throws {
        let access = try scene.control(admin: secret("b"))
        let router = Router(
            routes: router.routes, guards: try scene.guards(access),
            logger: scene.log.logger("test"))
        let head = head("PUT", "/things/a", "b")
        guard case .accept = router.admit(head) else {
            Issue.record("it was refused")
            return
        }
        try scene.write(secret("c"), as: "admin")
        access.reload()
        #expect(await router.respond(to: Request(head: head)).status == 401)
    }

    // MARK: - Sessions

    @Test("a token becomes a session, which says whose it is, and ends")
    func session() async throws {
        let begun = await answer(head("POST", "/v1/session", "r"))
        #expect(begun.status == 201)
        #expect(begun.text == "{\"scope\":\"read\",\"name\":\"eye\",\"session\":true}\n")
        #expect(begun.headers["Location"] == "/v1/session")
        #expect(begun.headers["Cache-Control"] == "no-store")
        let field = try #require(begun.headers["Set-Cookie"])
        let cookie = ("Cookie", String(field.prefix { $0 != ";" }))
        let shown = await answer(head("GET", "/v1/session", with: [cookie]))
        #expect(shown.status == 200)
        #expect(shown.text == begun.text)
        let byToken = await answer(head("GET", "/v1/session", "a"))
        #expect(byToken.text == "{\"scope\":\"admin\",\"name\":\"root\",\"session\":false}\n")
        #expect(await answer(head("GET", "/things/a", with: [cookie])).status == 200)
        let own = ("Origin", "http://localhost")
        #expect(await answer(head("PUT", "/things/a", with: [cookie, own])).status == 403)
        #expect(await answer(head("DELETE", "/v1/session", with: [cookie])).status == 403)
        for _ in 0..<2 {
            let ended = await answer(head("DELETE", "/v1/session", with: [cookie, own]))
            #expect(ended.status == 204)
            #expect(ended.headers["Set-Cookie"]?.contains("Max-Age=0") == true)
            #expect(await answer(head("GET", "/v1/session", with: [cookie])).status == 401)
        }
        #expect(await answer(head("POST", "/v1/session", with: [cookie, own])).status == 401)
        #expect(
            scene.log.lines.filter { $0.contains("session") } == [
                "notice martlet.audit begin_session method=POST peer=127.0.0.1:4711 request=5 status=201 who=eye",
                "notice martlet.audit end_session refused method=DELETE peer=127.0.0.1:4711 request=5 status=403 who=eye",
                "notice martlet.audit end_session method=DELETE peer=127.0.0.1:4711 request=5 status=204 who=eye",
            ])
    }

    // MARK: - The audit log

    @Test("each change by somebody who is known is one line, carried out or refused")
    func audit() async {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let common = "method=PUT peer=127.0.0.1:4711"
        let table: [(RequestHead, String, String?)] = [
            (
                head("PUT", "/things/a", "a"), "abc",
                "replace \(common) policy=\"a\" request=5 sha256=\(digest) status=200 version=7 who=root"
            ),
            (
                head("PUT", "/things/lost", "a"), "abc",
                "replace refused \(common) policy=\"lost\" request=5 sha256=\(digest) status=404 who=root"
            ),
            (
                head("PUT", "/things/%22%0Anotice%1B[2J", "r"), "abc",
                "replace refused \(common) policy=\"\\\"\\nnotice\\u001b[2J\" request=5 status=403 who=eye"
            ),
            (
                head("PUT", "/things/a", "a"), "much too long",
                "replace refused \(common) policy=\"a\" request=5 status=413 who=root"
            ),
            (
                head("PUT", "/things/a", "a", with: [("Accept", "text/html")]), "",
                "replace refused \(common) policy=\"a\" request=5 status=406 who=root"
            ),
            (head("PUT", "/things/a", "a", query: [QueryItem(name: "try", value: "")]), "abc", nil),
            (head("GET", "/things/a", "a"), "", nil), (head("PUT", "/things/a"), "abc", nil),
            (head("PUT", "/things/a", "a", with: [("Origin", "https://b.example")]), "abc", nil),
        ]
        for (head, body, line) in table {
            let before = scene.log.lines.count
            _ = await answer(head, body: body)
            let lines = Array(scene.log.lines.dropFirst(before))
            #expect(lines == (line.map { ["notice martlet.audit \($0)"] } ?? []))
        }
    }

    @Test("a set has a line for each policy, with its own version and document")
    func auditedSet() {
        let log = AuditLog(scene.log.logger(AuditLog.label))
        var change = Change(.batch, document: Array("both".utf8))
        change.subjects = [
            .init(policy: "a", version: 1, digest: SHA256Digest(of: "a")),
            .init(policy: "b", version: 2, digest: SHA256Digest(of: "b")),
        ]
        log.write(change, by: .anyone, in: head("POST", "/v1/policies:batch"), status: 200)
        #expect(
            scene.log.lines
                == ["a", "b"].enumerated().map { index, name in
                    "notice martlet.audit batch method=POST peer=127.0.0.1:4711 policy=\"\(name)\" "
                        + "request=5 sha256=\(SHA256Digest(of: name)) status=200 version=\(index + 1) who=-"
                })
    }

    // MARK: - Other sites

    @Test(
        "every route is closed to what another page sends, whatever it says of the page",
        arguments: [
            [("Origin", "https://b.example")], [("Origin", "null")],
            [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
            [("Sec-Fetch-Site", "other")], [("Sec-Fetch-Site", "")],
            [("Origin", "http://localhost"), ("Sec-Fetch-Site", "same-site")],
            [("Origin", "https://b.example"), ("Sec-Fetch-Site", "same-origin")],
        ])
    func strangers(fields: [(String, String)]) async {
        for (method, target) in [
            ("GET", "/open"), ("GET", "/things/a"), ("PUT", "/things/a"), ("OPTIONS", "/open"),
            ("GET", "/nothing"), ("POST", "/v1/session"),
        ] {
            let answer = await answer(head(method, target, "a", with: fields))
            #expect(answer.status == 403)
            #expect(answer.text.contains("/problems/forbidden"))
            #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test("the service's own pages, bookmarks and programs may call")
    func own() async {
        for fields in [
            [], [("Sec-Fetch-Site", "none")], [("Sec-Fetch-Site", "same-origin")],
            [("Origin", "http://localhost"), ("Sec-Fetch-Site", "same-origin")],
        ] {
            #expect(await answer(head("GET", "/things/a", "r", with: fields)).status == 200)
        }
    }

    @Test("a page that is named may call with a token, and sees every answer, errors too")
    func named() async {
        let page = [("Origin", "https://a.example"), ("Sec-Fetch-Site", "cross-site")]
        for (method, target, token, status) in [
            ("GET", "/things/a", "r", 200), ("GET", "/things/lost", "r", 404),
            ("PUT", "/things/a", "a", 200), ("PUT", "/things/a", "r", 403),
            ("GET", "/things/a", "x", 401), ("GET", "/nothing", nil, 404),
        ] as [(String, String, String?, Int)] {
            let answer = await answer(head(method, target, token, with: page))
            #expect(answer.status == status)
            #expect(answer.headers["Access-Control-Allow-Origin"] == "https://a.example")
            #expect(answer.headers["Vary"] == "Origin")
            #expect(answer.headers["Access-Control-Allow-Credentials"] == nil)
        }
    }

    @Test("a browser that asks first is told what the path takes")
    func preflight() async {
        let page = ("Origin", "https://a.example")
        let asking = [page, ("Access-Control-Request-Method", "PUT")]
        let answer = await answer(head("OPTIONS", "/things/a", with: asking))
        #expect(answer.status == 204)
        #expect(answer.headers["Access-Control-Allow-Origin"] == "https://a.example")
        #expect(answer.headers["Access-Control-Allow-Methods"] == "GET, PUT")
        #expect(
            answer.headers["Access-Control-Allow-Headers"]
                == "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID")
        #expect(answer.headers["Access-Control-Max-Age"] == "7200")
        #expect(answer.headers["Vary"] == "Origin")
        // Who does not ask for that is told the methods.
        let plain = await self.answer(head("OPTIONS", "/things/a", with: [page]))
        #expect(plain.headers["Allow"] == "GET, PUT, HEAD, OPTIONS")
        #expect(plain.headers["Access-Control-Allow-Methods"] == nil)
        #expect(await self.answer(head("OPTIONS", "/nothing", with: asking)).status == 404)
        let stranger = [("Origin", "https://b.example"), ("Access-Control-Request-Method", "PUT")]
        #expect(await self.answer(head("OPTIONS", "/things/a", with: stranger)).status == 403)
    }

    @Test("every answer has what keeps it data")
    func headers() async {
        for (method, target) in [
            ("GET", "/open"), ("GET", "/nothing"), ("GET", "/things/a"), ("OPTIONS", "/open"),
            ("DELETE", "/v1/session"),
        ] {
            let answer = await answer(head(method, target))
            #expect(
                answer.headers.values("Content-Security-Policy")
                    == [
                        "default-src 'none'; base-uri 'none'; form-action 'none'; "
                            + "frame-ancestors 'none'"
                    ])
            #expect(answer.headers.values("X-Content-Type-Options") == ["nosniff"])
            #expect(answer.headers.values("Referrer-Policy") == ["no-referrer"])
            #expect(answer.headers.values("Cross-Origin-Resource-Policy") == ["same-origin"])
        }
    }
}
