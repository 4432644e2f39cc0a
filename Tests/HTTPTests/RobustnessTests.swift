import Glibc
import HTTP
import RawClient
import Synchronization
import Testing

/// Two descriptors for each of a thousand connections, in one process.
func allowManyDescriptors() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 16_384)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

extension HTTPSuite {
    @Suite("Clients that misbehave")
    struct RobustnessTests {
        @Test("1,000 idle connections do not keep another from being served")
        func idleConnections() async throws {
            allowManyDescriptors()
            let daemon = try startDaemon()
            try await blocking {
                let idle = try (0..<1000).map { _ in try Client(daemon) }
                let start = ContinuousClock.now
                #expect(try Client(daemon).get("/a").status == 200)
                #expect(ContinuousClock.now - start < .seconds(1))
                #expect(try idle[999].get("/b").status == 200)
            }
        }

        @Test("a connection beyond the limit is served when another one is closed")
        func connectionLimit() async throws {
            var limits = Limits()
            limits.threads = 1
            limits.connections = 4
            let daemon = try startDaemon(limits: limits)
            try await blocking {
                var clients = try (0..<4).map { _ in try Client(daemon) }
                for client in clients { #expect(try client.get("/").status == 200) }
                let waiting = try Client(daemon)
                try waiting.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
                clients.removeLast()
                #expect(try waiting.readResponse().text == "GET /late\n")
            }
        }

        @Test(
            "half a request leaves nothing behind",
            arguments: [
                "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n12345",
            ])
        func halfRequest(bytes: String) async throws {
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    Issue.record("\(request.body) was passed on")
                    return echo(request)
                }), limits: .patient)
            try await blocking {
                for resets in [false, true] {
                    let client = try Client(daemon)
                    if resets { client.resetOnClose() }
                    try client.send(bytes)
                }
                let client = try Client(daemon)
                try client.send(bytes)
                client.finishSending()
                _ = client.readToEnd()
            }
            #expect(eventually { daemon.aliveExchanges == 0 })
        }

        @Test("a body longer than its Content-Length is not part of the request")
        func shortLength() async throws {
            let daemon = try startDaemon()
            try await blocking {
                let client = try Client(daemon)
                try client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcdef\r\n\r\n")
                #expect(try client.readResponse().text == "POST /\nabc")
                let rest = String(decoding: client.readToEnd(), as: UTF8.self)
                #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 400 "))
            }
        }

        @Test("what is not HTTP is answered with an error, or closed", arguments: Garbage.allCases)
        func garbage(kind: Garbage) async throws {
            let bytes = kind.rawValue.replacing(
                "LONG", with: String(repeating: "x", count: 100_000))
            var limits = Limits()
            limits.silence = 1
            let daemon = try startDaemon(limits: limits)
            let answer = try await blocking {
                let client = try Client(daemon)
                try? client.send(bytes)
                client.finishSending()
                return String(decoding: client.readToEnd(), as: UTF8.self)
            }
            #expect(
                answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"))
            #expect(try await blocking { try Client(daemon).get("/").status } == 200)
        }

        @Test("random bytes never stop the service")
        func randomBytes() async throws {
            let daemon = try startDaemon()
            try await blocking {
                var generator = SystemRandomNumberGenerator()
                for _ in 0..<200 {
                    let client = try Client(daemon)
                    let count = Int.random(in: 1...400, using: &generator)
                    var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator)
                    }
                    if Bool.random() { bytes = Array("POST / HTTP/1.1\r\n".utf8) + bytes }
                    try? client.send(bytes + Array("\r\n\r\n".utf8))
                }
                #expect(try Client(daemon).get("/").status == 200)
            }
            #expect(eventually { daemon.aliveExchanges == 0 && daemon.openSockets == 1 })
        }

        @Test("a client that leaves before its answer does no harm")
        func leavesEarly() async throws {
            let lifecycle = Lifecycle(), answers = Lifecycle()
            let gate = Gate()
            let daemon = try startDaemon(
                Script(onRequest: { _ in
                    answers.opened.add(1, ordering: .sequentiallyConsistent)
                    await gate.pass()
                    return stream(Flood(lifecycle))
                }))
            try await blocking {
                for index in 0..<100 {
                    let client = try Client(daemon)
                    if index % 2 == 0 { client.resetOnClose() }
                    try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                }
                // A reset may overtake its request, so not all of them are seen.
                #expect(eventually { answers.openedCount >= 50 })
                gate.open()
                #expect(
                    eventually {
                        lifecycle.closedCount == answers.openedCount && daemon.aliveExchanges == 0
                    })
            }
        }
    }
}

/// Requests that are none.
enum Garbage: String, CaseIterable {
    case zeros = "\0\0\0\0\r\n\r\n"
    case noTarget = "GET\r\n\r\n"
    case noHost = "GET / HTTP/1.1\r\n\r\n"
    case tls = "\u{16}\u{3}\u{1}\r\n\r\n"
    case noColon = "GET / HTTP/1.1\r\nHost a\r\n\r\n"
    case futureVersion = "GET / HTTP/9.9\r\nHost: a\r\n\r\n"
    case noNumber = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"
    case overflow = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"
    case longHeader = "GET / HTTP/1.1\r\nHost: a\r\nX: LONG\r\n\r\n"
    case longTarget = "GET /LONG HTTP/1.1\r\nHost: a\r\n\r\n"
}
