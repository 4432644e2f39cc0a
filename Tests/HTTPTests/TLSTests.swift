import HTTP
import RawClient
import Testing

extension HTTPSuite {
    @Suite("TLS")
    struct TLSTests {
        private let identity: TLSIdentity

        init() throws {
            let folder = try TestFolder()
            let (certificate, key) = try folder.certificate("own")
            identity = try TLSIdentity(certificateFile: certificate, keyFile: key)
        }

        private static func client(_ daemon: Daemon, receiveBuffer: CInt? = nil) throws -> Client {
            let client = try Client(daemon, receiveBuffer: receiveBuffer)
            try client.startTLS()
            return client
        }

        /// Checks that the service answers, and has nothing left of those that went before.
        private static func expectWorking(_ daemon: Daemon) throws {
            do {
                let client = try Self.client(daemon)
                #expect(try client.get("/after").text == "GET /after\n")
            }
            #expect(eventually { daemon.aliveExchanges == 0 })
        }

        @Test("requests over TLS say so, and a Unix socket beside them stays plain")
        func requests() async throws {
            let folder = try TestFolder()
            let daemon = try startDaemon(
                Script(onRequest: { text(200, "\($0.isTLS) \($0.peer.address)") }),
                on: "127.0.0.1:0", "unix:\(folder.path)/s", tls: identity)
            try await blocking {
                let client = try Self.client(daemon)
                for _ in 0..<3 { #expect(try client.get("/").text == "true 127.0.0.1") }
                let local = try Client(daemon, listener: 1)
                #expect(try local.get("/").text.hasPrefix("false unix:uid="))
            }
        }

        @Test("a body of a megabyte comes whole, and goes back whole")
        func bodies() async throws {
            let daemon = try startDaemon(tls: identity)
            try await blocking {
                let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
                let client = try Self.client(daemon)
                try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
                try client.send(body)
                #expect(try client.readResponse().body == Array("POST /\n".utf8) + body)
                try Self.expectWorking(daemon)
            }
        }

        @Test(
            "versions before 1.2 are refused", arguments: ["TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"])
        func versions(version: String) async throws {
            let daemon = try startDaemon(tls: identity)
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
                try Self.expectWorking(daemon)
            }
        }

        @Test("a stream wakes from every pause, and its end ends the body")
        func stream() async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: identity)
            try await blocking {
                let client = try Self.client(daemon)
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
                try Self.expectWorking(daemon)
            }
        }

        @Test("a stream that is faster than its reader loses nothing and keeps the order")
        func slowReader() async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: identity)
            try await blocking {
                let client = try Self.client(daemon, receiveBuffer: 4096)
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
                try Self.expectWorking(daemon)
            }
        }

        @Test("one that has stopped reading is cut off")
        func deaf() async throws {
            var limits = Limits()
            limits.acknowledgement = 1
            let source = Flood()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: identity, limits: limits)
            try await blocking {
                let client = try Self.client(daemon, receiveBuffer: 4096)
                try client.send("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually { source.lifecycle.openedCount == 1 })
                #expect(eventually(within: .seconds(30)) { source.lifecycle.closedCount == 1 })
                withExtendedLifetime(client) {}
                try Self.expectWorking(daemon)
            }
        }

        @Test(
            "a subscriber that goes without a word of TLS is found by what it is sent next",
            arguments: [false, true])
        func hangUp(resets: Bool) async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? HTTPTests.stream(source) : echo($0) }),
                tls: identity)
            try await blocking {
                do {
                    let client = try Self.client(daemon)
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
                try Self.expectWorking(daemon)
            }
        }

        @Test(
            "what is no TLS, or stops in the middle of it, leaves nothing",
            arguments: Damage.allCases)
        func damage(kind: Damage) async throws {
            var limits = Limits()
            limits.silence = 1
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    if request.path != "/after" { Issue.record("\(request.path) was passed on") }
                    return echo(request)
                }), tls: identity, limits: limits)
            try await blocking {
                for resets in [false, true] {
                    let client = try Client(daemon)
                    if resets { client.resetOnClose() }
                    try kind.send(by: client)
                }
                let client = try Client(daemon)
                try kind.send(by: client)
                client.finishSending()
                let answer = client.readToEnd()
                #expect(!String(decoding: answer, as: UTF8.self).contains("HTTP/1"))
                try Self.expectWorking(daemon)
            }
        }

        @Test("a stop ends a stream in order amid handshakes that never end")
        func stop() async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { _ in HTTPTests.stream(source) }), tls: identity)
            try await blocking {
                let silent = try (0..<10).map { _ in try Client(daemon) }
                let client = try Self.client(daemon)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually { source.lifecycle.openedCount == 1 })
                source.produce()
                daemon.stop()
                #expect(try client.readResponse().body == [0, 0, 0, 0, 0, 0, 0, 0])
                #expect(daemon.aliveExchanges == 0)
                withExtendedLifetime(silent) {}
            }
        }
    }
}

/// What comes to a TLS listener, and is not what it waits for.
enum Damage: CaseIterable {
    /// Nothing at all.
    case silence
    /// The first bytes of a ClientHello: its header says that more follows.
    case halfHello
    /// A request without TLS.
    case plain
    /// Bytes of no protocol.
    case garbage
    /// A record of application data that says it is longer than it is.
    case halfRecord
    /// A record that nobody encrypted.
    case forgedRecord
    /// The end of the connection, without TLS's own, in half a head.
    case halfHead
    /// The same in half a body, and in half a record.
    case halfBody

    /// Says it to a server that has not heard of this client yet.
    func send(by client: Client) throws {
        switch self {
        case .silence, .halfHello, .plain, .garbage: break
        case .halfRecord, .forgedRecord: try client.startTLS()
        case .halfHead:
            try client.startTLS()
            try client.send("GET / HTTP/1.1\r\nHo")
        case .halfBody:
            try client.startTLS()
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
        }
        try client.sendBeneathTLS(bytes)
    }

    private var bytes: [UInt8] {
        switch self {
        case .silence, .halfHead: []
        // handshake, TLS 1.0, 512 bytes; ClientHello, 508 bytes, TLS 1.2
        case .halfHello: [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]
        case .plain: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        case .garbage: (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        // application data, TLS 1.2, 1024 bytes
        case .halfRecord, .halfBody: [0x17, 3, 3, 4, 0, 1, 2, 3]
        case .forgedRecord: [0x17, 3, 3, 0, 32] + [UInt8](repeating: 0x55, count: 32)
        }
    }
}
