import HTTP
import RawClient
import Testing

extension HTTPSuite {
    @Suite("Peers that take nothing")
    struct TakingTests {
        /// Gives a peer one second instead of a minute.
        private var limits: Limits {
            var limits = Limits()
            limits.acknowledgement = 1
            return limits
        }

        @Test("one that has stopped reading is cut off, and its source closed")
        func deaf() async throws {
            let source = Flood()
            let daemon = try startDaemon(
                Script(onRequest: { _ in stream(source) }), limits: limits)
            try await blocking {
                let client = try Client(daemon, receiveBuffer: 4096)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually { source.lifecycle.openedCount == 1 })
                #expect(
                    eventually(within: .seconds(30)) {
                        source.lifecycle.closedCount == 1 && daemon.aliveExchanges == 0
                    })
                withExtendedLifetime(client) {}
            }
        }

        @Test("one that vanished without a word is found by what it is sent next")
        func vanished() async throws {
            let source = Numbers()
            let daemon = try startDaemon(
                Script(onRequest: { _ in stream(source) }), limits: limits)
            try await blocking {
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.readHead()
                #expect(eventually { source.lifecycle.openedCount == 1 })
                try client.vanish()
                #expect(
                    eventually(within: .seconds(30)) {
                        // As heartbeats do.
                        source.produce()
                        return source.lifecycle.closedCount == 1 && daemon.aliveExchanges == 0
                    })
                withExtendedLifetime(client) {}
            }
        }

        @Test("one that has nothing to take may be silent for longer")
        func idle() async throws {
            let (idle, deaf) = (Numbers(), Flood())
            let daemon = try startDaemon(
                Script(onRequest: { $0.path == "/idle" ? stream(idle) : stream(deaf) }),
                limits: limits)
            try await blocking {
                let client = try Client(daemon)
                try client.send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.readHead()
                // The time that another needs to be cut off is the time that this one is idle.
                let other = try Client(daemon, receiveBuffer: 4096)
                try other.send("GET /deaf HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually(within: .seconds(30)) { deaf.lifecycle.closedCount == 1 })
                idle.produce()
                #expect(try client.readChunk() == [0, 0, 0, 0, 0, 0, 0, 0])
            }
        }
    }
}
