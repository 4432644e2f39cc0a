import Glibc
import HTTP
import RawClient
import Synchronization
import Testing

extension HTTPSuite {
    @Suite("Broken TLS")
    struct TLSDamageTests {
        private let scene: TLSScene

        init() throws { scene = try TLSScene() }

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
                }), tls: scene.files, limits: limits)
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
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test(
            "a handshake that stops in the middle costs nothing until it is cut off",
            arguments: [Damage.halfHello, .silence])
        func stalled(kind: Damage) async throws {
            var limits = Limits.patient
            limits.reception = 2
            limits.threads = 1
            let clock = Mutex(clockid_t())
            let daemon = try startDaemon(
                Script(onAdmit: { _ in
                    // Of the thread that serves all connections.
                    clock.withLock { _ = pthread_getcpuclockid(pthread_self(), &$0) }
                    return nil
                }), tls: scene.files, limits: limits)
            let spent = { @Sendable in
                var time = timespec()
                #expect(clock_gettime(clock.withLock { $0 }, &time) == 0)
                return Duration.seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
            }
            try await blocking {
                try TLSScene.expectWorking(daemon)
                let client = try Client(daemon)
                let before = spent()
                try kind.send(by: client)
                #expect(client.hasEnded(within: 30_000))
                #expect(spent() - before < .milliseconds(200))
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test("a stop ends a stream in order amid handshakes that never end")
        func stop() async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { _ in HTTPTests.stream(source) }), tls: scene.files)
            try await blocking {
                let silent = try (0..<10).map { _ in try Client(daemon) }
                let client = try TLSScene.client(daemon)
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
