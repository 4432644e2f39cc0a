import Testing

extension IntegrationSuite {
    @Suite("The audit log")
    struct APIAuditTests {
        /// What a line says, without its time and the port of the peer.
        private static func lines(_ service: ServiceProcess) -> [String] {
            let form = /[0-9T:+\-]+ notice martlet\.audit: (.*)/
            let varying = /(peer=127\.0\.0\.1:[0-9]+|request=[0-9]+)[ ]/
            return service.log.split(separator: "\n").compactMap { line -> String? in
                line.wholeMatch(of: form).map { match in
                    String(match.1).replacing(varying, with: "").replacing(" [API]", with: ":")
                }
            }
        }

        @Test(
            "each change is a line on standard error, with who, what, the document and the outcome")
        func changes() async throws {
            // The log's level is for everything else.
            let scene = try await TokenScene(["--log-level", "error"])
            let pids = PolicyDocument.only(1)
            let one = PolicyDocument("pipes", .pipe2(pids)).yaml
            let two = one + "# again\n"
            let other = PolicyDocument("other", .pipe2(pids)).yaml
            let admin = TokenScene.admin
            let tag = { (answer: HTTPResponse) in
                try #require(answer.headers["etag"]).replacing("\"", with: "")
            }
            let path = "/v1/policies/pipes"
            let first = try tag(try await scene.send("POST", "/v1/policies", admin, body: one))
            let second = try tag(try await scene.send("PUT", path, admin, body: two))
            #expect(first != second && first.count == 64)
            let hostile = "/v1/policies/a%22%0A2026-01-01T00:00:00+0000%20notice%20martlet.audit"
            let requests: [(String, String, String?, String?)] = [
                ("PATCH", path, admin, #"{"enabled":false}"#),
                ("PUT", path + "?version=1", admin, ""),
                ("POST", "/v1/policies", admin, one), ("POST", "/v1/policies", admin, "kind: x"),
                ("DELETE", path, TokenScene.read, nil), ("DELETE", hostile, admin, nil),
                ("POST", "/v1/policies:batch", admin, two + "---\n" + other),
                ("POST", "/v1/policies?dry_run=load", admin, one), ("DELETE", path, nil, nil),
                ("GET", path, admin, nil), ("DELETE", path, admin, nil),
                ("POST", "/v1/session", TokenScene.read, ""),
            ]
            for (method, path, token, body) in requests {
                _ = try await scene.send(method, path, token, body: body)
            }
            let set = try await scene.send("GET", "/v1/policies", admin).json["policies"]
            let otherDigest = set?[0]?["etag"]?.text?.replacing("\"", with: "") ?? ""
            // printf "kind: x" | sha256sum
            let invalid = "4bce612c899210219b827c9887a338b2a87473f22e611a4fe63c454fc181c4c2"
            let expected = [
                "method=POST policy=\"pipes\" sha256=\(first) status=201 version=1 who=root: add",
                "method=PUT policy=\"pipes\" sha256=\(second) status=200 version=2 who=root: replace",
                "method=PATCH mode=monitor_only policy=\"pipes\" sha256=\(second) state=disabled "
                    + "status=200 version=2 who=root: patch",
                "method=PUT policy=\"pipes\" sha256=\(first) status=200 version=3 who=root: rollback",
                "method=POST sha256=\(first) status=409 who=root: add refused",
                "method=POST sha256=\(invalid) status=422 who=root: add refused",
                "method=DELETE policy=\"pipes\" status=403 who=eye: delete refused",
                "method=DELETE policy=\"a\\\"\\n2026-01-01T00:00:00+0000 notice martlet.audit\" "
                    + "status=404 who=root: delete refused",
                "method=POST policy=\"pipes\" sha256=\(second) status=200 version=4 who=root: batch",
                "method=POST policy=\"other\" sha256=\(otherDigest) status=200 version=1 who=root: batch",
                "method=DELETE policy=\"pipes\" sha256=\(second) status=204 version=4 who=root: delete",
                "method=POST status=201 who=eye: begin_session",
            ]
            #expect(Self.lines(scene.service) == expected)
        }

        @Test("without tokens it is nobody that asks, from where they ask")
        func nobody() async throws {
            let service = try await ServiceProcess.start()
            _ = try await service.http.send("DELETE", "/v1/policies/none")
            let line = try #require(
                service.log.split(separator: "\n").first {
                    $0.contains("martlet.audit")
                })
            #expect(
                line.contains(/peer=127\.0\.0\.1:[0-9]+ policy="none" request=1 status=404 who=-/))
        }
    }
}
