import Dispatch
import Foundation
import HTTP
import RawClient
import Testing
import Tracing

@testable import API

extension StreamSuite {
    @Suite("What subscribers get")
    struct StreamServiceTests {
        @Test("the stream opens with the time to wait and an id, and has events as they come")
        func events() async throws {
            let scene = try StreamScene()
            try await blocking {
                let client = try scene.subscriber()
                let head = try client.readHead()
                #expect(head.status == 200)
                #expect(head.headers["content-type"] == "text/event-stream")
                #expect(head.headers["cache-control"] == "no-store")
                #expect(head.headers["x-accel-buffering"] == "no")
                #expect(head.headers["vary"] == "Accept, Accept-Encoding")
                #expect(head.headers["content-encoding"] == nil)
                #expect(try client.text(until: "\n\n") == "retry: 2000\nid: 5f-0\n\n")
                scene.append(pid: 3)
                #expect(
                    try client.text(until: "\n\n") == """
                        id: 5f-1
                        event: process_kprobe
                        data: {"process_kprobe":{"process":{"pid":3,"binary":"/bin/a"},\
                        "function_name":"do_it"},"time":"T"}


                        """)
            }
        }

        @Test("values of one filter are alternatives, and filters must all agree")
        func filters() async throws {
            let scene = try StreamScene()
            scene.append(pid: 1, binary: "/bin/a", function: "__x64_sys_pipe2")
            scene.append(pid: 2, binary: "/bin/ab", function: "do_it", policy: 8)
            scene.append(pid: 3, binary: "/opt/\"q\"", function: "do_it")
            scene.append(pid: 4, binary: "/opt/b", function: "do_that")
            let table = [
                ("pid=1&pid=4", [1, 4]), ("binary=/bin/a", [1]), ("binary=/opt/%22q%22", [3]),
                ("binary_prefix=/bin/&binary_prefix=/opt/b", [1, 2, 4]),
                ("function=sys_pipe2", [1]), ("function=do_it&binary_prefix=/opt", [3]),
                ("policy=files", [2]), ("policy=pipes&function=do_it&pid=3&pid=2", [3]),
                ("type=process_exec", []), ("type=process_exec&type=process_kprobe", [1, 2, 3, 4]),
            ]
            try await blocking {
                for (query, expected) in table {
                    let client = try scene.subscriber(
                        "?since=oldest&timeout=60&\(query)&fields=process.pid",
                        headers: "Accept: application/x-ndjson\r\n")
                    #expect(try client.readHead().headers["content-type"] == "application/x-ndjson")
                    // What comes last is taken by every filter, so the stream is read to there.
                    let lines = expected.map {
                        #"{"process_kprobe":{"process":{"pid":\#($0)}},"time":"T"}"# + "\n"
                    }
                    if let last = lines.last {
                        #expect(try client.text(until: last) == lines.joined(), "\(query)")
                    }
                }
            }
        }

        @Test("a limit ends the stream behind so many events, a timeout after so many seconds")
        func ends() async throws {
            let scene = try StreamScene()
            for pid in 1...5 as ClosedRange<UInt32> { scene.append(pid: pid) }
            try await blocking {
                let limited = try scene.subscriber("?since=5f-1&limit=2&fields=process.pid")
                let text = try limited.readResponse().text
                #expect(text.matches(of: /"pid":(\d)/).map(\.1) == ["2", "3"])
                let timed = try scene.subscriber("?timeout=1")
                _ = try timed.readHead()
                #expect(try timed.text(until: "\n\n").hasPrefix("retry: 2000\n"))
                #expect(try timed.readChunk() == nil)
                #expect(eventually { scene.log.subscriberCount == 0 })
            }
        }

        @Test("a time takes the events since then, and says that there may have been more")
        func since() async throws {
            let scene = try StreamScene()
            let start = scene.log.start
            for offset in [10, 20, 30] as [UInt64] {
                scene.append(pid: UInt32(offset), time: start + offset * 1_000_000_000)
            }
            let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            @Sendable func time(_ offset: Double) -> String {
                Date(timeIntervalSince1970: Double(start) / 1e9 + offset).formatted(format)
            }
            try await blocking {
                let later = try scene.subscriber("?since=\(time(15))&limit=2").readResponse().text
                #expect(!later.contains("event: gap"))
                #expect(later.matches(of: /"pid":(\d+)/).map(\.1) == ["20", "30"])
                let before = try scene.subscriber("?since=\(time(-60))&limit=1").readResponse().text
                #expect(
                    before.contains(
                        #"data: {"gap":{"reason":"restart","lost":null,"requested":"\#(time(-60))""#
                    ))
                #expect(before.contains(#""pid":10"#))
            }
        }

        @Test("a subscriber that asks for gzip gets each event at once, compressed")
        func gzip() async throws {
            let scene = try StreamScene()
            try await blocking {
                let client = try scene.subscriber(headers: "Accept-Encoding: br, gzip;q=0.5\r\n")
                #expect(try client.readHead().headers["content-encoding"] == "gzip")
                var bytes: [UInt8] = []
                /// Reads on until there are so many events.
                func text(_ events: Int) throws -> String {
                    while true {
                        let text = String(decoding: gunzip(bytes) ?? [], as: UTF8.self)
                        let ends = text.split(separator: "\n\n").count - 1
                        if text.hasSuffix("\n\n"), ends == events { return text }
                        guard let chunk = try client.readChunk() else { return "the end" }
                        bytes += chunk
                    }
                }
                #expect(try text(0) == "retry: 2000\nid: 5f-0\n\n")
                for pid in 1...3 as ClosedRange<UInt32> {
                    scene.append(pid: pid)
                    #expect(
                        try text(Int(pid)).hasSuffix(
                            """
                            id: 5f-\(pid)
                            event: process_kprobe
                            data: {"process_kprobe":{"process":{"pid":\(pid),"binary":"/bin/a"},\
                            "function_name":"do_it"},"time":"T"}


                            """))
                }
            }
        }

        @Test("heartbeats say the id to resume after, and what every stage has counted")
        func heartbeats() async throws {
            let counters = StageCounters(
                lost: [.kernelRingFull: 3, .undecodable: 2], filtered: 5, logOverwritten: 7,
                events: 11)
            let scene = try StreamScene(heartbeat: .milliseconds(20), counters: counters)
            scene.append()
            try await blocking {
                for accept in ["text/event-stream", "application/x-ndjson"] {
                    let client = try scene.subscriber(
                        "?type=policy", headers: "Accept: \(accept)\r\n")
                    _ = try client.readHead()
                    // The first may come before anything was counted.
                    let text = try client.text(until: #""undecodable":2"#)
                    let line = try #require(text.split(separator: "\n").last)
                    let beginning = """
                        {"heartbeat":{"id":"5f-1","counters":{"events":11,"filtered":5,\
                        "log_overwritten":7,"lost":{"kernel_ring_full":3,\
                        "kernel_pending_full":0,"kernel_entry_missed":0,\
                        "kernel_return_missed":0,"kernel_skipped":0,"cut_off":0,\
                        "kernel_unfollowed":0,"kernel_process_record":0,"undecodable":2,"orphaned":0,\
                        "subscriber_overtaken":0}}},"time":"
                        """
                    let data = accept == "text/event-stream" ? "data: " : ""
                    #expect(line.hasPrefix(data + beginning))
                }
            }
        }
    }
}
