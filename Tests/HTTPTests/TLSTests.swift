import HTTP
import RawClient
import Testing

extension HTTPSuite {
    @Suite("TLS")
    struct TLSTests {
        private let scene: TLSScene

        init() throws { scene = try TLSScene() }

        @Test("requests over TLS say so, and a Unix socket beside them stays plain")
        func requests() async throws {
            let folder = try TestFolder()
            let daemon = try startDaemon(
                Script(onRequest: { text(200, "\($0.isTLS) \($0.peer.address)") }),
                on: "127.0.0.1:0", "unix:\(folder.path)/s", tls: scene.files)
            try await blocking {
                let client = try TLSScene.client(daemon)
                for _ in 0..<3 { #expect(try client.get("/").text == "true 127.0.0.1") }
                let local = try Client(daemon, listener: 1)
                #expect(try local.get("/").text.hasPrefix("false unix:uid="))
            }
        }

        @Test("requests that come in one record are all answered, in order")
        func pipelining() async throws {
            let daemon = try startDaemon(tls: scene.files)
            try await blocking {
                let client = try TLSScene.client(daemon)
                let requests = (0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
                try client.send(requests.joined())
                for number in 0..<20 {
                    #expect(try client.readResponse().text == "GET /\(number)\n")
                }
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test("a body of a megabyte comes whole, and goes back whole")
        func bodies() async throws {
            let daemon = try startDaemon(tls: scene.files)
            try await blocking {
                let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
                let client = try TLSScene.client(daemon)
                try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
                try client.send(body)
                #expect(try client.readResponse().body == Array("POST /\n".utf8) + body)
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test(
            "versions before 1.2 are refused", arguments: ["TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"])
        func versions(version: String) async throws {
            let daemon = try startDaemon(tls: scene.files)
            try await blocking {
                let client = try Client(daemon)
                let priorities = "NORMAL:-VERS-ALL:+VERS-\(version)"
                if version == "TLS1.2" || version == "TLS1.3" {
                    try client.startTLS(priorities: priorities)
                    #expect(try client.get("/").status == 200)
                } else {
                    let error = #expect(throws: ClientError.self) {
                        try client.startTLS(priorities: priorities)
                    }
                    // libmicrohttpd 0.9.75 closes without the alert that says why.
                    #expect(
                        error?.description
                            == "handshake: The TLS connection was non-properly terminated.")
                }
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test("a stream wakes from every pause, and its end ends the body")
        func stream() async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: scene.files)
            try await blocking {
                let client = try TLSScene.client(daemon)
                try client.send("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.readHead().status == 200)
                for number in UInt8(0)..<200 {
                    source.produce()
                    #expect(try client.readChunk() == [number, 0, 0, 0, 0, 0, 0, 0])
                }
                source.finish()
                #expect(try client.readChunk() == nil)
                // The next request of the same connection.
                #expect(try client.get("/next").text == "GET /next\n")
                #expect(source.lifecycle.closedCount == 1)
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test("a stream that is faster than its reader loses nothing and keeps the order")
        func slowReader() async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: scene.files)
            try await blocking {
                let client = try TLSScene.client(daemon, receiveBuffer: 4096)
                try client.send("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
                // Far more than the kernel and libmicrohttpd hold for a connection.
                for _ in 0..<1_000_000 { source.produce() }
                source.finish()
                let body = try client.readResponse().body
                #expect(body.count == 8_000_000)
                let isInOrder = body.withUnsafeBytes { bytes in
                    (0..<bytes.count / 8).allSatisfy {
                        bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) == UInt64($0)
                    }
                }
                #expect(isInOrder)
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test("one that has stopped reading is cut off")
        func deaf() async throws {
            var limits = Limits()
            limits.acknowledgement = 1
            let source = Flood()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: scene.files, limits: limits)
            try await blocking {
                let client = try TLSScene.client(daemon, receiveBuffer: 4096)
                try client.send("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually { source.lifecycle.openedCount == 1 })
                #expect(eventually(within: .seconds(30)) { source.lifecycle.closedCount == 1 })
                withExtendedLifetime(client) {}
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test(
            "a subscriber that goes without a word of TLS is found by what it is sent next",
            arguments: [false, true])
        func hangUp(resets: Bool) async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: scene.files)
            try await blocking {
                do {
                    let client = try TLSScene.client(daemon)
                    if resets { client.resetOnClose() }
                    try client.send("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = try client.readHead()
                }
                #expect(source.lifecycle.closedCount == 0)
                #expect(
                    eventually {
                        source.produce()
                        return source.lifecycle.closedCount == 1
                    })
                try TLSScene.expectWorking(daemon)
            }
        }
    }
}
