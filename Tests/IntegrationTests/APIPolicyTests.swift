import Testing

extension IntegrationSuite {
    @Suite("Policies over HTTP")
    struct APIPolicyTests {
        private let document = PolicyDocument("pipes", .pipe2(PolicyDocument.only(1))).yaml

        @Test("a policy is added, found, listed, read as it was sent, and deleted")
        func life() async throws {
            let service = try await ServiceProcess.start()
            let added = try await service.http.send(
                "POST", "/v1/policies",
                headers: [("Content-Type", "application/yaml; charset=utf-8")],
                body: Array(document.utf8))
            #expect(added.status == 201)
            #expect(added.headers["location"] == "/v1/policies/pipes")
            #expect(added.headers["etag"] == (try added.json["etag"]?.text))
            #expect(added.headers["content-type"] == "application/json")
            let status = try added.json
            #expect(status["name"] == "pipes")
            #expect(status["state"] == "enabled")
            #expect(status["error"] == .null)
            #expect(status["warnings"] == [])
            #expect(status["hooks"]?[0]?["pointer"] == "/spec/kprobes/0")
            #expect(
                status["created"]?.text?.wholeMatch(
                    of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/) != nil)

            let found = try await service.http.send("GET", "/v1/policies/pipes")
            #expect(found.headers["etag"] == added.headers["etag"])
            #expect(try found.json["name"] == "pipes")
            let head = try await service.http.send("HEAD", "/v1/policies/pipes")
            #expect(head.status == 200)
            #expect(head.headers["etag"] == added.headers["etag"])
            let yaml = try await service.http.send(
                "GET", "/v1/policies/pipes", headers: [("Accept", "application/yaml")])
            #expect(yaml.text == document)
            let list = try await service.http.send("GET", "/v1/policies").json
            #expect(list["count"] == 1)
            #expect(list["policies"]?[0]?["name"] == "pipes")

            try await service.delete("pipes")
            #expect(try await service.http.send("GET", "/v1/policies/pipes").status == 404)
            #expect(try await service.http.send("DELETE", "/v1/policies/pipes").status == 404)
            #expect(try await service.http.send("GET", "/v1/policies").json["count"] == 0)
        }

        @Test("a document may be JSON, and may come without a type")
        func json() async throws {
            let service = try await ServiceProcess.start()
            let json = """
                {"apiVersion":"cilium.io/v1alpha1","kind":"TracingPolicy",\
                "metadata":{"name":"pipes"},"spec":{"kprobes":[{"call":"sys_pipe2",\
                "syscall":true,"selectors":[{"matchPIDs":[{"operator":"In","values":[1]}]}]}]}}
                """
            for headers in [[("Content-Type", "application/json")], []] {
                let response = try await service.http.send(
                    "POST", "/v1/policies", headers: headers, body: Array(json.utf8))
                #expect(response.status == 201)
                try await service.delete("pipes")
            }
        }

        @Test("what its author may want to know comes with the status")
        func warnings() async throws {
            let service = try await ServiceProcess.start()
            let status = try await service.add(
                PolicyDocument(
                    "cut",
                    .init(
                        call: "sys_pipe2", args: ["{index: 0, type: int}"],
                        selectors: PolicyDocument.only(1))
                ).yaml)
            let warning = status["warnings"]?[0]
            #expect(warning?["severity"] == "warning")
            #expect(warning?["pointer"] == "/spec/kprobes/0/args/0/type")
            #expect(warning?["line"] == 10)
            #expect(status["warnings"]?.elements?.count == 1)
        }

        @Test(
            "the stream tells additions and deletions in the order in which they happened",
            .timeLimit(.minutes(1)))
        func order() async throws {
            let scene = try await Scene()
            let service = scene.service
            let body = Array(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml.utf8)
            let rounds = 40
            // A client that adds the policy again while the last deletion still waits for events.
            async let additions: Void = {
                var added = 0
                while added < rounds {
                    let response = try await service.http.send("POST", "/v1/policies", body: body)
                    if response.status == 201 { added += 1 }
                }
            }()
            async let deletions: Void = {
                var deleted = 0
                while deleted < rounds {
                    let response = try await service.http.send("DELETE", "/v1/policies/pipes")
                    if response.status == 204 { deleted += 1 }
                }
            }()
            _ = try await (additions, deletions)
            let stream = try await EventSubscriber(
                port: service.port, query: "type=policy&since=oldest")
            let states = try await stream.take(2 * rounds)
                .map { $0.json["policy"]?["state"]?.text ?? "" }
            #expect(states == (0..<rounds).flatMap { _ in ["enabled", "deleted"] })
        }

        @Test("the same policy added by many at once is added once")
        func race() async throws {
            let service = try await ServiceProcess.start()
            let body = Array(document.utf8)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await service.http.send("POST", "/v1/policies", body: body).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
            }
            #expect(statuses == [201] + Array(repeating: 409, count: 7))
            try await service.delete("pipes")
            try await service.expectWorking("after a race")
        }
    }
}
