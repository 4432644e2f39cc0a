import Dispatch
import Glibc
import HTTP
import RawClient
import Synchronization
import Testing

extension HTTPSuite {
    @Suite("Stopping")
    struct StopTests {
        @Test("stop takes less than a second amid 1,000 subscribers, floods and open requests")
        func stopUnderLoad() async throws {
            allowManyDescriptors()
            let idle = Lifecycle(), floods = Lifecycle()
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    switch request.path {
                    case "/idle": return stream(Idle(idle))
                    case "/flood": return stream(Flood(floods))
                    default:
                        // Still at work when the daemon gives up waiting.
                        while !Task.isCancelled { await Task.yield() }
                        return stream(Flood(floods))
                    }
                }))
            try await blocking {
                var clients: [Client] = []
                for path in Array(repeating: "/idle", count: 1000)
                    + Array(repeating: "/flood", count: 50) + Array(repeating: "/wait", count: 3)
                {
                    let client = try Client(daemon, receiveBuffer: 4096)
                    try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                    clients.append(client)
                }
                let half = try Client(daemon)
                try half.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
                #expect(eventually { idle.openedCount == 1000 && floods.openedCount == 50 })
                let start = ContinuousClock.now
                daemon.stop()
                #expect(ContinuousClock.now - start < .seconds(1))
                #expect(idle.closedCount == 1000)
                #expect(eventually { floods.closedCount == 53 })
                #expect(eventually { daemon.aliveExchanges == 0 })
                // Idle subscribers got the end of their bodies, not a reset.
                let body = String(decoding: clients[0].readToEnd(), as: UTF8.self)
                #expect(body.hasSuffix("\r\n\r\n0\r\n\r\n"))
            }
        }

        @Test("stop lets a response that is being made be sent")
        func stopWaits() async throws {
            let gate = Gate(), idle = Lifecycle()
            var limits = Limits()
            limits.drainMilliseconds = 60_000
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    if request.path == "/idle" { return stream(Idle(idle)) }
                    await gate.pass()
                    return echo(request)
                }), limits: limits)
            try await blocking {
                let subscriber = try Client(daemon)
                try subscriber.send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
                let client = try Client(daemon)
                try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually { gate.waitingCount == 1 && idle.openedCount == 1 })
                let stopped = DispatchGroup()
                DispatchQueue.global().async(group: stopped) { daemon.stop() }
                // Its stream ends, so the stop has begun, and has but the response to wait for.
                #expect(try subscriber.readResponse().body.isEmpty)
                gate.open()
                #expect(try client.readResponse().text == "GET /slow\n")
                #expect(stopped.wait(timeout: .now() + 10) == .success)
                #expect(throws: ClientError.self) { try Client(daemon) }
            }
        }

        @Test("a stream sends what its source still has before it ends")
        func stopDrains() async throws {
            let source = Numbers()
            let daemon = try startDaemon(Script(onRequest: { _ in stream(source) }))
            try await blocking {
                let client = try Client(daemon)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(eventually { source.lifecycle.openedCount == 1 })
                for _ in 0..<10_000 { source.produce() }
                DispatchQueue.global().async { daemon.stop() }
                #expect(try client.readResponse().body.count == 80_000)
            }
        }

        @Test("stopping while clients come and go neither hangs nor leaks", arguments: 0..<10)
        func stopAmidTraffic(round: Int) async throws {
            let lifecycle = Lifecycle()
            let requests = Counter()
            var limits = Limits()
            limits.drainMilliseconds = 50
            let daemon = try startDaemon(
                Script(onRequest: { request in
                    requests.count.add(1, ordering: .relaxed)
                    if request.path == "/s" { return stream(Idle(lifecycle)) }
                    if request.path == "/f" { return stream(Flood(lifecycle)) }
                    return echo(request)
                }), limits: limits)
            try await blocking {
                let group = DispatchGroup()
                for path in ["/a", "/s", "/f", "/a"] {
                    DispatchQueue.global().async(group: group) {
                        while let client = try? Client(daemon) {
                            guard
                                (try? client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")) != nil
                            else { return }
                            _ = try? client.readHead()
                        }
                    }
                }
                #expect(eventually { requests.value >= 10 + round * 7 })
                let start = ContinuousClock.now
                daemon.stop()
                #expect(ContinuousClock.now - start < .seconds(1))
                #expect(group.wait(timeout: .now() + 15) == .success)
            }
            #expect(eventually { daemon.aliveExchanges == 0 })
            #expect(lifecycle.closedCount >= lifecycle.openedCount)
        }

        @Test(
            "stopping while requests come that libmicrohttpd refuses by itself crashes nothing",
            arguments: 0..<10)
        func stopAmidNonsense(round: Int) async throws {
            let daemon = try startDaemon()
            let refusals = Counter()
            try await blocking {
                let group = DispatchGroup()
                for _ in 0..<4 {
                    DispatchQueue.global().async(group: group) {
                        while let client = try? Client(daemon) {
                            let text = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"
                            guard (try? client.send(text)) != nil else { return }
                            _ = try? client.readHead()
                            refusals.count.add(1, ordering: .relaxed)
                        }
                    }
                }
                #expect(eventually { refusals.value >= 5 + round * 3 })
                daemon.stop()
                #expect(group.wait(timeout: .now() + 15) == .success)
            }
            #expect(daemon.aliveExchanges == 0)
        }

        @Test("stopping twice, and dropping, is harmless")
        func stopTwice() async throws {
            let daemon = try startDaemon()
            await withDiscardingTaskGroup { group in
                for _ in 0..<3 { group.addTask { daemon.stop() } }
            }
        }
    }
}

private final class Counter: Sendable {
    let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }
}

/// Never has anything.
private final class Idle: ByteSource {
    private let lifecycle: Lifecycle

    init(_ lifecycle: Lifecycle) { self.lifecycle = lifecycle }

    func opened(_ waker: Waker) { lifecycle.opened.add(1, ordering: .sequentiallyConsistent) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ByteSourceRead { .idle }

    func closed() { lifecycle.closed.add(1, ordering: .sequentiallyConsistent) }
}
