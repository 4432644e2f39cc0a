import Testing

extension IntegrationSuite {
    @Suite("What pages may do", .enabled(if: Machine.slowness == 1, "is not about the kernel"))
    struct APIPageTests {
        private static let paths = [
            "/", "/app.js", "/styles/base.css", "/favicon.svg", "/docs/policy.md",
            "/policies/pipe2.yaml", "/openapi.yaml", "/healthz", "/readyz", "/metrics",
            "/v1/policies", "/v1/policies/none", "/v1/policies/none/versions",
            "/v1/policies/none/versions/1", "/v1/processes", "/v1/processes/none", "/v1/kernel",
            "/v1/functions?q=pipe", "/v1/status", "/v1/session", "/v1/events?timeout=0",
            "/v1/policies:batch", "/nowhere",
        ]

        @Test("every answer has what keeps hostile data data, and no page of others sees one")
        func headers() async throws {
            let service = try await ServiceProcess.start()
            let viewer =
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            let nothing =
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            for path in Self.paths {
                for method in ["GET", "HEAD", "OPTIONS", "POST"] {
                    let answer = try await service.http.send(method, path)
                    let isFile =
                        ["GET", "HEAD"].contains(method) && Self.paths[..<7].contains(path)
                    #expect(
                        answer.headers["content-security-policy"] == (isFile ? viewer : nothing),
                        "\(method) \(path)")
                    #expect(answer.headers["x-content-type-options"] == "nosniff")
                    #expect(answer.headers["referrer-policy"] == "no-referrer")
                    #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
                    let others = answer.headers.keys.filter { $0.hasPrefix("access-control") }
                    #expect(others.isEmpty, "\(method) \(path)")
                }
                for (name, value) in [
                    ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
                    ("Origin", "http://evil.example"),
                ] {
                    let refused = try await service.http.send(
                        "GET", path, headers: [(name, value)])
                    #expect(refused.status == 403, "\(path) \(name)")
                    #expect(try refused.json["type"] == "/problems/forbidden")
                    let others = refused.headers.keys.filter { $0.hasPrefix("access-control") }
                    #expect(others.isEmpty, "\(path)")
                }
            }
        }

        @Test("a page of a named origin calls with a token, follows the stream and sees errors")
        func named() async throws {
            let origin = "https://tools.example:8443"
            let scene = try await TokenScene(["--cors-origin", origin])
            let page = [("Origin", origin), ("Sec-Fetch-Site", "cross-site")]
            let asked = try await scene.send(
                "OPTIONS", "/v1/policies/a", nil,
                headers: page + [
                    ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "authorization,content-type"),
                ])
            #expect(asked.status == 204)
            #expect(asked.headers["access-control-allow-origin"] == origin)
            #expect(asked.headers["access-control-allow-methods"] == "GET, PUT, PATCH, DELETE")
            #expect(
                asked.headers["access-control-allow-headers"]
                    == "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID")
            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(1))).yaml
            let begun = try await scene.send("POST", "/v1/session", TokenScene.admin, body: "")
            let cookie = try #require(begun.headers["set-cookie"]).prefix { $0 != ";" }
            let table: [(String, String, String?, [(String, String)], String?, Int)] = [
                ("POST", "/v1/policies", TokenScene.admin, page, policy, 201),
                ("GET", "/v1/policies/none", TokenScene.read, page, nil, 404),
                ("GET", "/v1/policies", nil, page, nil, 401),
                ("GET", "/v1/policies", nil, page + [("Cookie", String(cookie))], nil, 401),
                ("DELETE", "/v1/policies/pipes", TokenScene.read, page, nil, 403),
                ("GET", "/", nil, page, nil, 200),
            ]
            for (method, path, token, headers, body, status) in table {
                let answer = try await scene.send(
                    method, path, token, headers: headers, body: body)
                #expect(answer.status == status, "\(method) \(path)")
                #expect(answer.headers["access-control-allow-origin"] == origin)
                #expect(answer.headers["access-control-allow-credentials"] == nil)
                #expect(
                    answer.headers["access-control-expose-headers"]
                        == "ETag, Location, Retry-After, WWW-Authenticate")
                #expect(answer.headers["vary"]?.contains("Origin") == true)
            }
            let stream = try await EventSubscriber(
                port: scene.service.port, query: "since=oldest&type=policy",
                headers: page + [("Authorization", "Bearer \(TokenScene.read)")])
            #expect(stream.head.headers["access-control-allow-origin"] == origin)
            #expect(stream.head.headers["x-content-type-options"] == "nosniff")
            #expect(
                stream.head.headers["content-security-policy"]?.hasPrefix("default-src 'none'")
                    == true)
            #expect(stream.head.headers["vary"] == "Accept, Accept-Encoding, Origin")
            #expect(try await stream.nextEvent().json["policy"]?["name"] == "pipes")

            let stranger = [("Origin", "https://tools.example")]
            let refused = try await scene.send("GET", "/", nil, headers: stranger)
            #expect(refused.status == 403)
            #expect(refused.headers["access-control-allow-origin"] == nil)
            #expect(refused.headers["vary"] == "Origin")
            let own = try await scene.send("GET", "/v1/policies", TokenScene.read)
            #expect(own.headers["access-control-allow-origin"] == nil)
        }
    }
}
