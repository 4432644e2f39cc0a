import HTTP
import RawClient
import Testing

extension HTTPSuite {
    @Suite("Body limits")
    struct BodyLimitTests {
        private let megabyte = 1024 * 1024

        @Test(
            "a client that sends all of a body that is too large sees the 413",
            arguments: [
                "Content-Length: 2097152", "Transfer-Encoding: chunked",
            ])
        func tooLarge(framing: String) async throws {
            let daemon = try startDaemon()
            let size = 2 * megabyte
            try await blocking {
                let client = try Client(daemon)
                try client.send("POST /big HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
                if framing.hasSuffix("chunked") {
                    try client.send("200000\r\n")
                    try client.send([UInt8](repeating: 65, count: size))
                    try client.send("\r\n0\r\n\r\n")
                } else {
                    try client.send([UInt8](repeating: 65, count: size))
                }
                let response = try client.readResponse()
                #expect(response.status == 413)
                #expect(response.text == "at most 1048576")
                // The connection is still in step.
                #expect(try client.get("/next").text == "GET /next\n")
            }
        }

        @Test("a body of exactly the limit is accepted")
        func exactly() async throws {
            let daemon = try startDaemon()
            let size = megabyte
            let response = try await blocking {
                let client = try Client(daemon)
                try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                try client.send([UInt8](repeating: 66, count: size))
                return try client.readResponse()
            }
            #expect(response.status == 200)
            #expect(response.body.count == size + "POST /\n".utf8.count)
        }

        @Test("a client that asks first is refused before it sends")
        func expectation() async throws {
            let daemon = try startDaemon()
            let response = try await blocking {
                let client = try Client(daemon)
                try client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2097152\r\n"
                        + "Expect: 100-continue\r\n\r\n")
                return try client.readResponse()
            }
            #expect(response.status == 413)
        }

        @Test("a client that asks first, and may, is told to go on")
        func grantedExpectation() async throws {
            let daemon = try startDaemon()
            try await blocking {
                let client = try Client(daemon)
                try client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                        + "Expect: 100-continue\r\n\r\n")
                #expect(try client.readHead().status == 100)
                try client.send("abc")
                #expect(try client.readResponse().text == "POST /\nabc")
            }
        }

        @Test("a refused request is answered after its body, and never passed on")
        func refusal() async throws {
            let daemon = try startDaemon(
                Script(
                    onAdmit: { $0.path == "/no" ? .refuse(text(401, "no")) : nil }))
            try await blocking {
                let client = try Client(daemon)
                let size = 300_000
                try client.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                try client.send([UInt8](repeating: 66, count: size))
                #expect(try client.readResponse().text == "no")
                #expect(try client.get("/no").status == 401)
                #expect(try client.get("/yes").status == 200)
            }
        }

        @Test("a refused body that goes on for too long is cut off")
        func endless() async throws {
            var limits = Limits()
            limits.discardedBody = 1_000_000
            let daemon = try startDaemon(Script(bodyLimit: 10), limits: limits)
            try await blocking {
                let client = try Client(daemon)
                try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 65, count: 65_536)
                #expect(throws: ClientError.self) {
                    for _ in 0..<1000 { try client.send(chunk + Array("\r\n".utf8)) }
                }
            }
        }
    }
}
