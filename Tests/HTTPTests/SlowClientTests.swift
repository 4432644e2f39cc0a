import Foundation
import HTTP
import RawClient
import Testing

extension HTTPSuite {
    @Suite("Clients that take their time, and clients that go")
    struct SlowClientTests {
        /// Where a request is when it goes on byte by byte.
        enum Place: String, CaseIterable {
            case target = "GET /"
            case headerName = "GET / HTTP/1.1\r\nHost: a\r\nX"
            case headerValue = "GET / HTTP/1.1\r\nHost: a\r\nX: "
            case body = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
            case chunkSize = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            case chunk =
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
        }

        @Test("a request that never ends is cut off, however often a byte comes")
        func neverEnds() async throws {
            var limits = Limits()
            limits.reception = 1
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    Issue.record("\(request.path) was passed on")
                    return echo(request)
                }), limits: limits)
            try await blocking {
                var clients = try Place.allCases.map { place in
                    let client = try Client(daemon)
                    try client.send(place.rawValue)
                    return client
                }
                // Each of them could go on for longer than the test.
                for _ in 0..<900 where !clients.isEmpty {
                    clients.removeAll { $0.hasEnded(within: 10) }
                    for client in clients { try? client.send("0") }
                }
                #expect(clients.isEmpty)
            }
            #expect(eventually { daemon.aliveExchanges == 0 })
            #expect(eventually { daemon.openSockets == 1 })
        }

        @Test("whoever waits for the service, or has nothing to ask, has as long as there is")
        func waiting() async throws {
            var limits = Limits()
            limits.reception = 1
            let gate = Gate()
            let numbers = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    if request.path == "/stream" { return stream(numbers) }
                    if request.path == "/slow" { await gate.pass() }
                    return echo(request)
                }), limits: limits)
            try await blocking {
                let (asked, streaming, idle) = (
                    try Client(daemon), try Client(daemon), try Client(daemon)
                )
                try asked.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
                try streaming.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try streaming.readHead().status == 200)
                #expect(try idle.get("/1").text == "GET /1\n")
                // Whoever is late ends after 1.3 seconds.
                let late = try Client(daemon)
                #expect(late.hasEnded(within: 10_000))
                #expect(try idle.get("/2").text == "GET /2\n")
                numbers.produce()
                #expect(try streaming.readChunk() == [0, 0, 0, 0, 0, 0, 0, 0])
                gate.open()
                #expect(try asked.readResponse().text == "POST /slow\nx")
                numbers.finish()
                #expect(try streaming.readChunk() == nil)
            }
        }

        @Test("10,000 clients that leave half a request take nothing from those who stay")
        func halfOpen() async throws {
            let daemon = try startDaemon(limits: .patient)
            let request = Array(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345".utf8)
            try await blocking {
                for number in 1...10_000 {
                    let client = try Client(daemon)
                    // Resets leave no TIME_WAIT, and no port without its turn.
                    if number % 4 != 0 { client.resetOnClose() }
                    try client.send(Array(request.prefix(number % request.count)))
                    if number % 1000 == 0 { #expect(try Client(daemon).get("/").status == 200) }
                }
            }
            #expect(eventually { daemon.aliveExchanges == 0 })
            #expect(eventually { daemon.openSockets == 1 })
        }

        @Test("an end that comes with the last bytes is noticed at once", arguments: [false, true])
        func endWithLastBytes(isComplete: Bool) async throws {
            let daemon = try startDaemon(limits: .patient)
            try await blocking {
                let client = try Client(daemon)
                try client.send("GET /a HTTP/1.1\r\nHost: a\r\n" + (isComplete ? "\r\n" : ""))
                client.finishSending()
                let answer = String(decoding: client.readToEnd(), as: UTF8.self)
                #expect(answer.hasSuffix("GET /a\n") == isComplete)
            }
            #expect(eventually { daemon.openSockets == 1 })
        }

        @Test("who opens as many connections as an address may leaves others room")
        func oneAddress() async throws {
            var limits = Limits()
            limits.threads = 1
            limits.connections = 8
            limits.connectionsPerAddress = 3
            let daemon = try startDaemon(limits: limits)
            try await blocking {
                var greedy = try (0..<3).map { _ in try Client(daemon) }
                for client in greedy { #expect(try client.get("/").status == 200) }
                for _ in 0..<20 {
                    let refused = try Client(daemon)
                    try? refused.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(refused.readToEnd().isEmpty)
                }
                for host in 2...4 as ClosedRange<UInt32> {
                    #expect(try Client(daemon, host: host).get("/").status == 200)
                }
                for client in greedy { #expect(try client.get("/").status == 200) }
                greedy.removeLast()
                #expect(eventually { (try? Client(daemon).get("/").status) == 200 })
            }
        }
    }
}

extension Daemon {
    /// Sockets of this process at the daemon's first port: its listener, and the connections that it has.
    var openSockets: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { CInt($0) }.count { descriptor in
            var name = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(descriptor, $0, &size)
                }
            }
            return status == 0 && name.sin_family == sa_family_t(AF_INET)
                && UInt16(bigEndian: name.sin_port) == addresses[0].tcp?.port
        }
    }
}
