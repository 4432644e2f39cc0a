import HTTP
import RawClient
import Synchronization
import Testing

extension HTTPSuite {
    @Suite("Requests and responses")
    struct ExchangeTests {
        @Test("a GET is answered")
        func get() async throws {
            let daemon = try startDaemon()
            let response = try await blocking { try Client(daemon).get("/a") }
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "text/plain")
            #expect(response.text == "GET /a\n")
        }

        @Test("a body that comes in many small writes is put together")
        func smallWrites() async throws {
            let daemon = try startDaemon()
            let body = (0..<500).map { "piece \($0)\n" }
            let response = try await blocking {
                let client = try Client(daemon)
                let length = body.joined().utf8.count
                try client.send("POST /b HTTP/1.1\r\nHo")
                try client.send("st: a\r\nContent-Length: \(length)\r\n\r\n")
                for piece in body { try client.send(piece) }
                return try client.readResponse()
            }
            #expect(response.text == "POST /b\n" + body.joined())
        }

        @Test("a chunked body is put together")
        func chunkedBody() async throws {
            let daemon = try startDaemon()
            let response = try await blocking {
                let client = try Client(daemon)
                try client.send("PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<100 { try client.send("3\r\nabc\r\n") }
                try client.send("0\r\n\r\n")
                return try client.readResponse()
            }
            #expect(response.text == "PUT /c\n" + String(repeating: "abc", count: 100))
        }

        @Test("a HEAD gets the headers only")
        func head() async throws {
            let daemon = try startDaemon()
            try await blocking {
                let client = try Client(daemon)
                let response = try client.get("/h", method: "HEAD")
                #expect(response.headers["content-length"] == "8")
                // The next response starts right after: there was no body.
                #expect(try client.get("/g").text == "GET /g\n")
            }
        }

        @Test("pipelined requests are answered in order")
        func pipelining() async throws {
            let daemon = try startDaemon()
            try await blocking {
                let client = try Client(daemon)
                try client.send(
                    (0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                for index in 0..<50 {
                    #expect(try client.readResponse().text == "GET /\(index)\n")
                }
            }
        }

        @Test("a response may come much later, from another thread")
        func lateResponse() async throws {
            let gate = Gate()
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    await gate.pass()
                    return await Task.detached { echo(request) }.value
                }))
            try await blocking {
                let clients = try (0..<20).map { _ in try Client(daemon) }
                for client in clients { try client.send("GET /l HTTP/1.1\r\nHost: a\r\n\r\n") }
                #expect(eventually { gate.waitingCount == 20 })
                gate.open()
                for client in clients { #expect(try client.readResponse().text == "GET /l\n") }
            }
        }

        @Test("path, segments and query are decoded")
        func decoding() async throws {
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    let query = request.query.map { "\($0.name)=\($0.value)" }
                    return text(
                        200, ([request.path] + request.segments + query).joined(separator: "|"))
                }))
            let target = "/v1/a%2Fb%20%C3%A9%zz+?x=1&x=2&empty&sp=a+b%2B%26&z=%00e"
            let response = try await blocking { try Client(daemon).get(target) }
            #expect(
                response.text
                    == "/v1/a/b é%zz+|v1|a/b é%zz+|x=1|x=2|empty=|sp=a b+&|z=\0e")
        }

        @Test("an encoded NUL does not cut the path")
        func encodedNUL() async throws {
            let daemon = try startDaemon()
            let response = try await blocking { try Client(daemon).get("/a%00b") }
            #expect(response.text == "GET /a\0b\n")
        }

        @Test("many headers arrive, and are found in any case")
        func manyHeaders() async throws {
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    let headers = request.headers
                    let repeated = headers.values("REPEATED").joined(separator: ",")
                    return text(
                        200, "\(headers.fields.count) \(headers["x-199"] ?? "") \(repeated)")
                }))
            let response = try await blocking {
                let client = try Client(daemon)
                let fields = (0..<200).map { "X-\($0): value \($0)\r\n" }.joined()
                try client.send(
                    "GET / HTTP/1.1\r\nHost: a\r\n\(fields)Repeated: 1\r\nrepeated: 2\r\n\r\n")
                return try client.readResponse()
            }
            #expect(response.text == "203 value 199 1,2")
        }

        @Test("a peer and a number come with every request")
        func identity() async throws {
            let daemon = try startDaemon(
                Script(onRequest: { text(200, "\($0.peer) \($0.id)") }))
            try await blocking {
                let client = try Client(daemon)
                #expect(try client.get("/").text.hasPrefix("127.0.0.1:"))
                #expect(try client.get("/").text.hasSuffix(" 2"))
            }
        }

        @Test("IPv6 is served, and its peer stands in brackets")
        func ipv6() async throws {
            let daemon = try startDaemon(
                Script(onRequest: { text(200, "\($0.peer)") }), on: "[::1]:0")
            let response = try await blocking { try Client(daemon).get("/") }
            #expect(response.text.hasPrefix("[::1]:"))
        }

        @Test("a response header that would split the response is left out, and a message says so")
        func headerInjection() async throws {
            let messages = Messages()
            let daemon = try startDaemon(
                Script(onRequest: { _ in
                    Response(status: 200, headers: ["X-A": "1\r\nX-B: 2", "X-C": "3"])
                }), onMessage: { messages.add($0) })
            let response = try await blocking { try Client(daemon).get("/") }
            #expect(response.headers["x-a"] == nil)
            #expect(response.headers["x-b"] == nil)
            #expect(response.headers["x-c"] == "3")
            #expect(messages.all == ["left out the response header 'X-A': it is not valid there"])
        }

        @Test("libmicrohttpd's own messages arrive formatted")
        func messages() async throws {
            let messages = Messages()
            let daemon = try startDaemon(onMessage: { messages.add($0) })
            _ = try await blocking {
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.1\r\n\r\n")
                return try client.readHead()
            }
            #expect(eventually { !messages.all.isEmpty })
            #expect(messages.all.allSatisfy { !$0.hasSuffix("\n") && !$0.contains("%") })
        }
    }
}

/// What a daemon said.
private final class Messages: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
