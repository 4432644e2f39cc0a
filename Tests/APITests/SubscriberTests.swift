import Dispatch
import HTTP
import RawClient
import Testing
import Tracing

@testable import API

extension StreamSuite {
    @Suite("Subscribers, well-meaning and not")
    struct SubscriberTests {
        @Test("more than a limit are refused until one leaves")
        func total() async throws {
            let scene = try StreamScene(
                heartbeat: .milliseconds(20), limits: .init(total: 3, perAddress: 9))
            try await blocking {
                var clients = try (0..<3).map { _ in try scene.subscriber() }
                for client in clients { #expect(try client.readHead().status == 200) }
                let refused = try scene.subscriber().readResponse()
                #expect(refused.status == 429)
                #expect(refused.headers["retry-after"] == "5")
                #expect(refused.headers["content-type"] == "application/problem+json")
                #expect(
                    refused.text == """
                        {"type":"/problems/too-many-subscribers","title":"Too many subscribers",\
                        "status":429,"detail":"3 streams are open, which is all that are allowed; \
                        close one, or come back later"}

                        """)
                #expect(scene.subscribers.refused == 1)
                #expect(scene.subscribers.count == 3)
                clients.removeFirst()
                #expect(eventually { scene.subscribers.count == 2 })
                #expect(try scene.subscriber().readHead().status == 200)
            }
        }

        @Test("one address has a limit of its own")
        func perAddress() async throws {
            let scene = try StreamScene(limits: .init(total: 9, perAddress: 2))
            try await blocking {
                let clients = try (0..<2).map { _ in try scene.subscriber() }
                for client in clients { #expect(try client.readHead().status == 200) }
                let refused = try scene.subscriber().readResponse()
                #expect(refused.status == 429)
                #expect(refused.text.contains("2 streams are open from 127.0.0.1"))
            }
            // Others are let in.
            _ = try scene.subscribers.admit(from: "127.0.0.2")
        }

        @Test("a place that is given back can be taken again, by address")
        func seats() throws {
            let subscribers = Subscribers(limits: .init(total: 2, perAddress: 1))
            for _ in 0..<3 {
                let first = try subscribers.admit(from: "a")
                let second = try subscribers.admit(from: "b")
                #expect(subscribers.count == 2)
                #expect(throws: Problem.self) { try subscribers.admit(from: "a") }
                withExtendedLifetime((first, second)) {}
            }
            #expect(subscribers.count == 0)
            #expect(subscribers.refused == 3)
        }

        @Test("what is refused for another reason, or has no body, takes no place")
        func refused() async throws {
            let scene = try StreamScene(limits: .init(total: 1, perAddress: 1))
            try await blocking {
                #expect(try scene.subscriber("?pid=x").readResponse().status == 400)
                let head = try Client(scene.daemon)
                try head.send("HEAD /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try head.readHead().status == 200)
                #expect(eventually { scene.subscribers.count == 0 })
                #expect(try scene.subscriber().readHead().status == 200)
            }
        }

        @Test("one that reconnects in a loop, ending each time without a word, leaves nothing")
        func loop() async throws {
            let scene = try StreamScene(heartbeat: .milliseconds(20))
            try await blocking {
                for round in 0..<300 {
                    let client = try scene.subscriber("?since=oldest")
                    if round % 3 == 0 { client.resetOnClose() }
                    if round % 2 == 0 { _ = try client.readHead() }
                    scene.append()
                }
                #expect(eventually { scene.subscribers.count == 0 })
                #expect(eventually { scene.daemon.aliveExchanges == 0 })
                #expect(scene.log.subscriberCount == 0)
            }
        }

        @Test("one whose token is withdrawn, or whose session ends, sees no more after a heartbeat")
        func withdrawn() async throws {
            let files = try AccessScene()
            let access = try files.control(read: "\(secret("a"))\n\(secret("b"))")
            let scene = try StreamScene(heartbeat: .milliseconds(20), access: access)
            let head = RequestHead(
                method: "POST", target: "/", headers: ["Authorization": "Bearer \(secret("b"))"])
            let cookie = try access.beginSession(head).cookie.prefix { $0 != ";" }
            let leaving = RequestHead(
                method: "DELETE", target: "/", headers: ["Cookie": String(cookie)])
            try await blocking {
                let clients = try [
                    "Authorization: Bearer \(secret("a"))", "Authorization: Bearer \(secret("b"))",
                    "Cookie: \(cookie)",
                ].map { try scene.subscriber(headers: $0 + "\r\n") }
                for client in clients { #expect(try client.readHead().status == 200) }
                #expect(try scene.subscriber().readHead().status == 401)
                #expect(scene.subscribers.count == 3)
                try files.write(secret("b"), as: "read")
                access.reload()
                while try clients[0].readChunk() != nil {}
                #expect(eventually { scene.subscribers.count == 2 })
                _ = access.endSession(leaving)
                while try clients[2].readChunk() != nil {}
                #expect(eventually { scene.subscribers.count == 1 })
                // The third goes on.
                scene.append(pid: 4711)
                #expect(try clients[1].text(until: "\"pid\":4711").contains("\"pid\":4711"))
            }
        }

        @Test("one that vanished is found by a heartbeat")
        func vanished() async throws {
            let scene = try StreamScene(heartbeat: .milliseconds(20), acknowledgement: 1)
            try await blocking {
                let client = try scene.subscriber()
                _ = try client.readHead()
                try client.vanish()
                #expect(eventually { scene.subscribers.count == 0 })
                withExtendedLifetime(client) {}
            }
        }

        @Test("one that stops reading, and one that reads a byte at a time, hold up nobody")
        func slow() async throws {
            let scene = try StreamScene(logBytes: 1 << 19)
            try await blocking {
                let deaf = try scene.subscriber(receiveBuffer: 4096)
                let slow = try scene.subscriber(receiveBuffer: 4096)
                let quick = try scene.subscriber("?type=process_kprobe")
                _ = try quick.readHead()
                #expect(eventually { scene.subscribers.count == 3 })
                _ = try quick.text(until: "\n\n")
                var text = ""
                for number in 1...20_000 as ClosedRange<UInt32> {
                    scene.append(pid: number)
                    guard number % 500 == 0 else { continue }
                    while !text.hasSuffix("\n\n") || !text.contains("\"pid\":\(number),") {
                        text += String(decoding: try #require(try quick.readChunk()), as: UTF8.self)
                    }
                    #expect(!text.contains("event: gap"))
                    #expect(text.matches(of: /"pid":/).count == 500)
                    text = ""
                    _ = try slow.readByte()
                }
                #expect(scene.log.counters.overwritten > 0)
                withExtendedLifetime((deaf, slow)) {}
            }
        }
    }
}
