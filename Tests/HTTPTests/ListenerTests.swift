import Dispatch
import HTTP
import RawClient
import Testing

extension HTTPSuite {
    @Suite("Several listeners")
    struct ListenerTests {
        @Test("all are served by one responder, which is told where a request came by")
        func oneResponder() async throws {
            let folder = try TestFolder()
            let daemon = try startDaemon(
                Script(onRequest: { text(200, "\($0.id) \($0.listener?.description ?? "")") }),
                on: "127.0.0.1:0", "[::1]:0", "unix:\(folder.path)/s")
            #expect(daemon.addresses.map(\.tcp?.host) == ["127.0.0.1", "::1", nil])
            #expect(daemon.addresses.allSatisfy { $0.tcp?.port != 0 })
            try await blocking {
                for (index, address) in daemon.addresses.enumerated() {
                    let answer = try Client(daemon, listener: index).get("/")
                    #expect(answer.text == "\(index + 1) \(address)")
                }
            }
            await Task.detached { daemon.stop() }.value
            for index in 0..<3 {
                #expect(throws: ClientError.self) { try Client(daemon, listener: index) }
            }
        }

        @Test("an address that is taken leaves nothing of the others")
        func taken() throws {
            let folder = try TestFolder()
            let other = try startDaemon()
            let taken = other.addresses[0]
            let error = #expect(throws: HTTPError.self) {
                try startDaemon(on: "unix:\(folder.path)/s", "127.0.0.1:0", taken.description)
            }
            #expect(error?.operation == .bind(taken))
            #expect(try folder.names == [])
        }

        @Test("a stop drains all of them at the same time")
        func stop() async throws {
            let folder = try TestFolder()
            let (gate, sources) = (Gate(), [Numbers(), Numbers()])
            var limits = Limits()
            limits.drainMilliseconds = 60_000
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    if request.path == "/0" { return stream(sources[0]) }
                    if request.path == "/1" { return stream(sources[1]) }
                    await gate.pass()
                    return echo(request)
                }), on: "127.0.0.1:0", "unix:\(folder.path)/s", limits: limits)
            try await blocking {
                let subscribers = try (0..<2).map { try Client(daemon, listener: $0) }
                for (index, subscriber) in subscribers.enumerated() {
                    try subscriber.send("GET /\(index) HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(eventually { sources[index].lifecycle.openedCount == 1 })
                }
                let clients = try (0..<2).map { try Client(daemon, listener: $0) }
                for client in clients { try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n") }
                #expect(eventually { gate.waitingCount == 2 })
                let stopped = DispatchGroup()
                DispatchQueue.global().async(group: stopped) { daemon.stop() }
                // Both streams end while each listener has a response that it waits for.
                for subscriber in subscribers {
                    #expect(try subscriber.readResponse().body.isEmpty)
                }
                gate.open()
                for client in clients { #expect(try client.readResponse().text == "GET /slow\n") }
                #expect(stopped.wait(timeout: .now() + 10) == .success)
                #expect(try folder.names == [])
                #expect(daemon.aliveExchanges == 0)
            }
        }
    }
}
