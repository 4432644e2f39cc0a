import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Requests that are refused, and clients that misbehave")
    struct APIProtocolTests {
        private struct Row {
            let method: String
            let target: String
            var headers: [(String, String)] = []
            let status: Int
            let type: String
        }

        @Test("what is no request of this API is refused with its own status")
        func refused() async throws {
            let service = try await ServiceProcess.start()
            let rows = [
                Row(method: "GET", target: "/nowhere", status: 404, type: "not-found"),
                Row(
                    method: "GET", target: "/v1/policies/no", status: 404, type: "no-such-policy"),
                Row(
                    method: "DELETE", target: "/v1/policies/none", status: 404,
                    type: "no-such-policy"),
                Row(
                    method: "GET", target: "/../etc/passwd", status: 404, type: "not-found"),
                Row(
                    method: "GET", target: "/modules/%2e%2e/index.html", status: 404,
                    type: "not-found"),
                Row(method: "GET", target: "v1/policies", status: 400, type: "bad-target"),
                Row(method: "GET", target: "*", status: 400, type: "bad-target"),
                Row(
                    method: "GET", target: "http://127.0.0.1/nowhere", status: 404,
                    type: "not-found"),
                // What a page of a rebound name would be asked for by a proxy, and halves of it.
                Row(
                    method: "GET", target: "http://evil.example/v1/policies",
                    headers: [("Host", "evil.example")], status: 403, type: "forbidden"),
                Row(
                    method: "GET", target: "http://evil.example/v1/policies", status: 400,
                    type: "bad-target"),
                Row(
                    method: "DELETE", target: "http://127.0.0.1/v1/policies/a",
                    headers: [("Host", "evil.example")], status: 400, type: "bad-target"),
                Row(
                    method: "POST", target: "http://127.0.0.1/v1/policies",
                    headers: [("Origin", "http://evil.example")], status: 403, type: "forbidden"),
                Row(
                    method: "CONNECT", target: "127.0.0.1:80",
                    headers: [("Host", "127.0.0.1:80")], status: 501, type: "no-tunnels"),
                Row(
                    method: "GET", target: "/v1/events?colour=red", status: 400, type: "bad-query"),
                Row(
                    method: "POST", target: "/v1/policies?dryrun=load",
                    headers: [("Content-Length", "0")], status: 400, type: "bad-query"),
                Row(
                    method: "PUT", target: "/v1/policies/a?dry_run=yes",
                    headers: [("Content-Length", "0")], status: 400, type: "bad-query"),
                Row(
                    method: "PUT", target: "/v1/policies/a", headers: [("Content-Length", "0")],
                    status: 400, type: "unreadable-policy"),
                Row(
                    method: "PATCH", target: "/v1/policies/a", headers: [("Content-Length", "0")],
                    status: 422, type: "bad-patch"),
                Row(method: "PUT", target: "/v1/policies/a", status: 411, type: "length-required"),
                Row(method: "POST", target: "/v1/policies", status: 411, type: "length-required"),
                Row(
                    method: "PATCH", target: "/v1/policies/a", status: 411, type: "length-required"
                ),
                Row(
                    method: "GET", target: "/v1/policies", headers: [("Accept", "text/html")],
                    status: 406, type: "not-acceptable"),
                Row(
                    method: "GET", target: "/v1/events", headers: [("Accept", "application/json")],
                    status: 406, type: "not-acceptable"),
                Row(
                    method: "GET", target: "/healthz",
                    headers: [("X", String(repeating: "x", count: 17_000))], status: 431,
                    type: "headers-too-large"),
                Row(
                    method: "GET", target: "/healthz", headers: [("Host", "evil.example")],
                    status: 403, type: "forbidden"),
                Row(
                    method: "GET", target: "/v1/events",
                    headers: [("Host", "rebound.example:\(service.port)")], status: 403,
                    type: "forbidden"),
                Row(
                    method: "GET", target: "/v1/events",
                    headers: [("Origin", "http://evil.example")], status: 403, type: "forbidden"),
                Row(
                    method: "POST", target: "/v1/policies", headers: [("Origin", "null")],
                    status: 403, type: "forbidden"),
            ]
            for row in rows {
                let response = try await service.http.send(
                    row.method, row.target, headers: row.headers)
                let what = Comment(rawValue: "\(row.method) \(row.target)")
                #expect(response.status == row.status, what)
                #expect(response.headers["content-type"] == "application/problem+json", what)
                #expect(try response.json["type"]?.text == "/problems/" + row.type, what)
            }
            try await service.expectWorking("after refusals")
        }

        @Test("what is asked for by a URI is the same as by its path, for the audit log as well")
        func absolute() async throws {
            let service = try await ServiceProcess.start()
            let base = "http://localhost:\(service.port)"
            let host = ("Host", "localhost:\(service.port)")
            let policy = PolicyDocument("works", .pipe2(PolicyDocument.only(1))).yaml
            let added = try await service.http.send(
                "POST", base + "/v1/policies", headers: [host, ("Origin", base)],
                body: Array(policy.utf8))
            #expect(added.status == 201)
            #expect(added.headers["location"] == "/v1/policies/works")
            let list = try await service.http.send("GET", base + "/v1/policies", headers: [host])
            #expect(try list.json["policies"]?[0]?["name"] == "works")
            let stream = try await service.http.send(
                "GET", base + "/v1/events?type=policy&since=oldest&limit=1", headers: [host])
            #expect(stream.text.contains("event: policy\n"))
            let viewer = try await service.http.send("GET", base, headers: [host])
            #expect(viewer.headers["content-type"]?.hasPrefix("text/html") == true)
            for target in ["*", base] {
                let options = try await service.http.send("OPTIONS", target, headers: [host])
                #expect(options.status == 204)
                #expect(options.headers["allow"] == "DELETE, GET, PATCH, POST, PUT, HEAD, OPTIONS")
            }
            let path = base + "/v1/policies/works"
            #expect(try await service.http.send("DELETE", path, headers: [host]).status == 204)
            let lines = service.log.split(separator: "\n").filter { $0.contains("martlet.audit") }
            #expect(lines.count == 2)
            #expect(lines.first?.contains(/method=POST .* policy="works" .*status=201/) == true)
            #expect(lines.last?.contains(/method=DELETE .* policy="works" .*status=204/) == true)
        }

        @Test("another method is 405 with those that are served")
        func methods() async throws {
            let service = try await ServiceProcess.start()
            let table = [
                ("PUT", "/v1/policies", "GET, POST, HEAD, OPTIONS"),
                ("PATCH", "/v1/policies", "GET, POST, HEAD, OPTIONS"),
                ("POST", "/v1/policies/a", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
                ("POST", "/v1/events", "GET, HEAD, OPTIONS"),
                ("DELETE", "/metrics", "GET, HEAD, OPTIONS"), ("POST", "/", "GET, HEAD, OPTIONS"),
            ]
            for (method, path, allowed) in table {
                let response = try await service.http.send(method, path)
                #expect(response.status == 405)
                #expect(response.headers["allow"] == allowed)
                #expect(try response.json["type"]?.text == "/problems/method-not-allowed")
            }
        }

        @Test("a body that is announced as too large is refused before it is sent")
        func announced() async throws {
            let service = try await ServiceProcess.start()
            let answer = try await blocking { [port = service.port] in
                let connection = try Connection(port: port)
                try connection.request(
                    "POST", "/v1/policies",
                    headers: [
                        ("Content-Type", "application/yaml"), ("Content-Length", "2097152"),
                        ("Expect", "100-continue"),
                    ])
                return try connection.head()
            }
            #expect(answer.status == 413)
            try await service.expectWorking("after an announcement")
        }

        @Test("clients that leave in the middle of a request leave nothing behind")
        func halves() async throws {
            let service = try await ServiceProcess.start()
            let whole = """
                POST /v1/policies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\
                Content-Type: application/yaml\r\n\r\napiVersion: cilium.io
                """
            try await blocking { [port = service.port] in
                for length in stride(from: 1, through: whole.utf8.count, by: 7) {
                    try Connection(port: port).send(Array(whole.utf8.prefix(length)))
                }
            }
            try await service.expectWorking("after halves")
        }

        @Test("a thousand idle connections do not keep a policy from being added")
        func idle() async throws {
            try raiseDescriptorLimit()
            let service = try await ServiceProcess.start()
            let connections = try await blocking { [port = service.port] in
                Idle(try (0..<1_000).map { _ in try Connection(port: port) })
            }
            let start = ContinuousClock.now
            try await service.expectWorking("beside idle connections")
            #expect(ContinuousClock.now - start < .seconds(5) * Machine.slowness)
            #expect(connections.count == 1_000)
        }

        @Test("a subscriber that never reads costs another nothing")
        func silent() async throws {
            let scene = try await Scene()
            try await scene.service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            let calls = 5_000
            let target = "/v1/events?type=process_kprobe&policy=pipes&limit=\(2 * calls)"
            let silent = try await blocking { [port = scene.service.port] in
                let connection = try Connection(port: port)
                try connection.request("GET", target)
                _ = try connection.head()
                return Idle([connection])
            }
            let reading = Task {
                try await scene.service.http.send(
                    "GET", target, headers: [("Accept", "application/x-ndjson")])
            }
            // The subscriber is there when the service counts it.
            try await scene.service.expectMetric("martlet_subscribers", 2)
            let pairs = try await scene.caller.storm(threads: 2, calls: calls)
            let response = try await reading.value
            let lines = response.body.split(separator: 10)
            #expect(lines.count == 2 * calls)
            #expect(Set(lines).count == lines.count)
            #expect(pairs.values.reduce(0) { $0 + $1.count } == 2 * calls)
            #expect(silent.count == 1)
        }
    }
}

/// Connections that only have to be there.
private final class Idle: @unchecked Sendable {
    // Sendable: nobody uses what is in it.
    private let connections: [Connection]

    init(_ connections: [Connection]) { self.connections = connections }

    var count: Int { connections.count }
}

private func raiseDescriptorLimit() throws {
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(files, &limit) == 0 else { throw HarnessError.call("getrlimit") }
    limit.rlim_cur = limit.rlim_max
    guard setrlimit(files, &limit) == 0 else { throw HarnessError.call("setrlimit") }
}

extension ServiceProcess {
    /// The samples of /metrics by name and labels.
    func metrics() async throws -> [String: Double] {
        let text = try await http.send("GET", "/metrics").text
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<space])] = Double(line[space...].dropFirst())
        }
        return samples
    }

    /// Waits until a sample has this value.
    func expectMetric(_ name: String, _ value: Double) async throws {
        let deadline = ContinuousClock.now + Deadline.usual
        while try await metrics()[name] != value {
            guard ContinuousClock.now < deadline else {
                throw HarnessError("\(name) is \(String(describing: try await metrics()[name]))")
            }
            await Task.yield()
        }
    }
}
