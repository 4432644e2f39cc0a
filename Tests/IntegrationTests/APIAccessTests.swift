import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Tokens and sessions", .enabled(if: Machine.slowness == 1, "is not about the kernel"))
    struct APIAccessTests {
        @Test("each call is for those that the contract says, before its body is taken")
        func scopes() async throws {
            let scene = try await TokenScene()
            let open = ["/", "/app.js", "/openapi.yaml", "/healthz", "/readyz"]
            let read = [
                "/v1/policies", "/v1/policies/a", "/v1/policies/a/versions",
                "/v1/policies/a/versions/1", "/v1/events?timeout=0", "/v1/processes",
                "/v1/processes/a", "/v1/functions?q=pipe", "/v1/kernel", "/v1/status", "/metrics",
                "/v1/session",
            ]
            let changes = [
                ("POST", "/v1/policies"), ("POST", "/v1/policies?dry_run=validate"),
                ("PUT", "/v1/policies/a"), ("PATCH", "/v1/policies/a"),
                ("DELETE", "/v1/policies/a"), ("POST", "/v1/policies:batch"),
            ]
            let table =
                open.map { ("GET", $0, [nil, "wrong", TokenScene.read]) }
                + read.map { ("GET", $0, [TokenScene.read, TokenScene.admin]) }
                + changes.map { ($0.0, $0.1, [TokenScene.admin]) }
            for (method, path, allowed) in table {
                for token in [nil, "wrong", TokenScene.read, TokenScene.admin] {
                    let answer = try await scene.send(method, path, token)
                    let isRefused = [401, 403].contains(answer.status)
                    let isAllowed = allowed.contains(token) || token == TokenScene.admin
                    #expect(isRefused != isAllowed, "\(method) \(path) \(token ?? "-")")
                    guard isRefused else { continue }
                    #expect(answer.status == (token == TokenScene.read ? 403 : 401))
                    let challenge = try #require(answer.headers["www-authenticate"])
                    #expect(challenge.hasPrefix("Bearer realm=\"martlet\""))
                    #expect(challenge.contains("invalid_token") == (token == "wrong"))
                    #expect(
                        challenge.contains("insufficient_scope") == (token == TokenScene.read))
                    #expect(answer.headers["content-type"] == "application/problem+json")
                    #expect(try answer.json["status"] == .number(answer.status))
                }
            }
            // The body of a stranger is not waited for.
            let answer = try await blocking { [port = scene.service.port] in
                let connection = try Connection(port: port)
                try connection.request(
                    "POST", "/v1/policies",
                    headers: [("Content-Length", "100"), ("Expect", "100-continue")])
                return try connection.head()
            }
            #expect(answer.status == 401)
            // Wrong tokens are told of now and then, and no token ever.
            let log = scene.service.log
            let told = log.split(separator: "\n").filter { $0.contains("wrong token") }
            #expect(told.first?.contains("wrong token from 127.0.0.1:") == true, "\(log)")
            #expect(told.count < 5)
            #expect(!log.contains(TokenScene.admin) && !log.contains(TokenScene.read))
        }

        @Test("SIGHUP reads the tokens again, and a bad file changes nothing")
        func reload() async throws {
            let scene = try await TokenScene()
            let status = { (token: String) in
                try await scene.send("GET", "/v1/status", token).status
            }
            let (old, new) = (TokenScene.read, "another-0123456789abcdef")
            #expect(try await [status(old), status(new)] == [200, 401])
            try await scene.reload("read", "eye:\(new)\n")
            #expect(try await [status(old), status(new)] == [401, 200])
            try await scene.reload("read", "eye:\(old)\nshort\n")
            #expect(try await [status(old), status(new)] == [401, 200])
            let line = "the tokens stay as they were: \(scene.folder.path)/read:2: a token has 16"
            #expect(scene.service.log.contains(line))
            try await scene.reload("read", "eye:\(new)\n")
            try await scene.reload("admin", "root:\(old)\n")
            #expect(
                try await [status(old), status(new), status(TokenScene.admin)] == [200, 200, 401])
            #expect(!scene.service.log.contains(old) && !scene.service.log.contains(new))
        }

        @Test("whether the service is ready is for anybody, and the names of policies are not")
        func readiness() async throws {
            let folder = try TestFolder()
            let tokens = try folder.write(Array(TokenScene.read.utf8), as: "read", mode: 0o600)
            let service = try await ServiceProcess.start(
                ["--read-token-file", tokens], policies: ["secret": "kind: x"])
            let stranger = try await service.http.send("GET", "/readyz").json
            let reason: JSON = "a policy was not loaded; a token tells which"
            #expect(stranger == ["status": "degraded", "reasons": [reason]])
            let reader = try await service.http.send(
                "GET", "/readyz", headers: [("Authorization", "Bearer \(TokenScene.read)")]
            ).json
            #expect(reader["status"] == "degraded")
            #expect(reader["reasons"]?[0]?.text?.hasPrefix("policy secret: ") == true)
        }

        @Test("a service does not start with tokens that others may read, or without any")
        func starts() async throws {
            let folder = try TestFolder()
            for (text, mode, reason) in [
                (
                    TokenScene.read, 0o644,
                    "has the mode 644, so others can get at the tokens: chmod 600"
                ),
                ("# none\n", 0o600, "holds no token; write one: openssl rand -hex 32 >"),
                ("x", 0o600, "tokens:1: a token has 16 characters at least"),
            ] as [(String, mode_t, String)] {
                let path = try folder.write(Array(text.utf8), as: "tokens", mode: mode)
                for option in ["--admin-token-file", "--read-token-file"] {
                    let error = await #expect(throws: HarnessError.self) {
                        _ = try await ServiceProcess.start([option, path])
                    }
                    #expect("\(String(describing: error))".contains("the tokens cannot be used: "))
                    #expect("\(String(describing: error))".contains(reason))
                }
            }
            for origin in ["*", "https://a.example/"] {
                let error = await #expect(throws: HarnessError.self) {
                    _ = try await ServiceProcess.start(["--cors-origin", origin])
                }
                #expect("\(String(describing: error))".contains("--cors-origin: "))
            }
        }

        @Test(
            "a session's cookie brings the stream, and changes only what a page of the service asks"
        )
        func session() async throws {
            let scene = try await TokenScene()
            let begun = try await scene.send("POST", "/v1/session", TokenScene.admin, body: "")
            #expect(begun.status == 201)
            #expect(try begun.json == ["scope": "admin", "name": "root", "session": true])
            let field = try #require(begun.headers["set-cookie"])
            let cookie = ("Cookie", String(field.prefix { $0 != ";" }))
            #expect(
                field.drop { $0 != ";" } == "; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict")
            let stream = try await EventSubscriber(
                port: scene.service.port, query: "type=policy", headers: [cookie])

            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(Int(getpid())))).yaml
            let own = ("Origin", "http://127.0.0.1")
            let add = { (fields: [(String, String)]) in
                try await scene.send("POST", "/v1/policies", nil, headers: fields, body: policy)
            }
            #expect(try await add([cookie]).status == 403)
            #expect(try await add([cookie, ("Origin", "http://evil.example")]).status == 403)
            #expect(try await add([cookie, own, ("Sec-Fetch-Site", "same-site")]).status == 403)
            #expect(try await add([cookie, own]).status == 201)
            #expect(try await stream.nextEvent().json["policy"]?["name"] == "pipes")

            let status = {
                try await scene.send("GET", "/v1/status", nil, headers: [cookie]).status
            }
            #expect(try await status() == 200)
            try await scene.reload("admin", "root:another-0123456789abcdef\n")
            #expect(try await status() == 401)
        }

        @Test("without token files nobody is asked, and there is nothing to sign in with")
        func without() async throws {
            let service = try await ServiceProcess.start()
            let caller = try await service.http.send("GET", "/v1/session")
            #expect(try caller.json == ["scope": "admin", "name": .null, "session": false])
            let begun = try await service.http.send("POST", "/v1/session", body: [])
            #expect(begun.status == 409)
            #expect(try begun.json["type"] == "/problems/no-tokens")
            service.kill(SIGHUP)
            #expect(try await service.http.send("GET", "/healthz").status == 200)
            service.kill(SIGTERM)
            #expect(try await service.ending() == .exited(0))
        }
    }
}
