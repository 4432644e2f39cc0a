import Dispatch
import HTTP
import RawClient
import Synchronization
import Testing

extension HTTPSuite {
    @Suite("Streamed bodies")
    struct StreamTests {
        @Test("a small piece leaves at once, and the end ends the body")
        func smallPieces() async throws {
            let source = Numbers()
            let daemon = try startDaemon(Script(onRequest: { _ in stream(source) }))
            try await blocking {
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.readHead().headers["transfer-encoding"] == "chunked")
                for number in UInt8(0)..<20 {
                    let start = ContinuousClock.now
                    source.produce()
                    #expect(try client.readChunk() == [number, 0, 0, 0, 0, 0, 0, 0])
                    #expect(ContinuousClock.now - start < .milliseconds(100))
                }
                source.finish()
                #expect(try client.readChunk() == nil)
                #expect(eventually { source.lifecycle.closedCount == 1 })
                #expect(source.lifecycle.openedCount == 1)
            }
        }

        @Test("100,000 wake-ups from four threads lose nothing and keep the order")
        func manyWakes() async throws {
            let source = Numbers()
            let daemon = try startDaemon(Script(onRequest: { _ in stream(source) }))
            let body = try await blocking {
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let producers = DispatchGroup()
                for _ in 0..<4 {
                    DispatchQueue.global().async(group: producers) {
                        for _ in 0..<25_000 { source.produce() }
                    }
                }
                producers.notify(queue: .global()) { source.finish() }
                return try client.readResponse().body
            }
            #expect(body.count == 800_000)
            let isInOrder = body.withUnsafeBytes { bytes in
                (0..<100_000).allSatisfy {
                    bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) == UInt64($0)
                }
            }
            #expect(isInOrder)
        }

        @Test("a wake-up that races with parking is not lost")
        func wakeRace() async throws {
            let source = Numbers()
            let daemon = try startDaemon(Script(onRequest: { _ in stream(source) }))
            try await blocking {
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.readHead()
                let noise = Noise()
                DispatchQueue.global().async {
                    while !noise.isOver.load(ordering: .relaxed) { source.wakeForNothing() }
                }
                defer { noise.isOver.store(true, ordering: .relaxed) }
                // Each number is produced just when its predecessor was sent: while it parks.
                for number in UInt64(0)..<20_000 {
                    source.produce()
                    let chunk = try client.readChunk()
                    #expect(chunk?.first == UInt8(truncatingIfNeeded: number))
                }
            }
        }

        @Test("one that never reads does not slow another at full speed")
        func slowNeighbour() async throws {
            let daemon = try startDaemon(Script(onRequest: { _ in stream(Flood()) }))
            try await blocking {
                let deaf = try (0..<10).map { _ in try Client(daemon, receiveBuffer: 4096) }
                for client in deaf { try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                var received = 0
                while received < 100_000_000 { received += try client.readSome().count }
                withExtendedLifetime(deaf) {}
            }
        }

        @Test("one that goes away is closed when it is next written to", arguments: [false, true])
        func vanishing(resets: Bool) async throws {
            let source = Numbers()
            let daemon = try startDaemon(Script(onRequest: { _ in stream(source) }))
            try await blocking {
                do {
                    let client = try Client(daemon)
                    if resets { client.resetOnClose() }
                    try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = try client.readHead()
                    #expect(eventually { source.lifecycle.openedCount == 1 })
                }
                #expect(source.lifecycle.closedCount == 0)
                #expect(
                    eventually {
                        source.produce()
                        return source.lifecycle.closedCount == 1
                    })
                #expect(eventually { daemon.aliveExchanges == 0 })
                // After the end a wake-up does nothing.
                source.produce()
                source.wakeForNothing()
                daemon.stop()
                source.wakeForNothing()
            }
            #expect(source.lifecycle.closedCount == 1)
        }

        @Test("HTTP/1.0 gets a body that ends with the connection")
        func oldProtocol() async throws {
            let source = Numbers()
            let daemon = try startDaemon(Script(onRequest: { _ in stream(source) }))
            let bytes = try await blocking {
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n")
                for _ in 0..<1000 { source.produce() }
                #expect(eventually { source.lifecycle.openedCount == 1 })
                source.finish()
                return client.readToEnd()
            }
            #expect(bytes.suffix(8) == [231, 3, 0, 0, 0, 0, 0, 0])
        }

        @Test("a HEAD closes a source that it never opens")
        func head() async throws {
            let source = Numbers()
            let daemon = try startDaemon(Script(onRequest: { _ in stream(source) }))
            _ = try await blocking { try Client(daemon).get("/", method: "HEAD") }
            #expect(eventually { source.lifecycle.closedCount == 1 })
            #expect(source.lifecycle.openedCount == 0)
        }

        @Test("a stream outlives the limit of silence, and the next request has it again")
        func silence() async throws {
            var limits = Limits()
            limits.silence = 1
            let source = Flood()
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/s" ? stream(source) : echo($0) }), limits: limits)
            try await blocking {
                let subscriber = try Client(daemon, receiveBuffer: 4096)
                try subscriber.send("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
                let loris = try Client(daemon)
                try loris.send("GET / HTTP/1.1\r\nHo")
                // MHD closes it without an answer, or with a 408.
                let start = ContinuousClock.now
                _ = loris.readToEnd()
                #expect(ContinuousClock.now - start > .milliseconds(500))
                let second = try Client(daemon)
                try second.send("GET / HTTP/1.1\r\nHo")
                _ = second.readToEnd()
                #expect(source.lifecycle.closedCount == 0)
                source.isFinished.store(true, ordering: .relaxed)
                _ = try subscriber.readResponse()
                #expect(try subscriber.get("/after").text == "GET /after\n")
                #expect(subscriber.readToEnd().isEmpty)
            }
        }
    }
}

/// Says when background noise is to end.
private final class Noise: Sendable {
    let isOver = Atomic(false)
}
