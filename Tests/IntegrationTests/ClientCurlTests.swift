import Testing

extension IntegrationSuite {
    @Suite("The stream in curl", .requiresCurl)
    struct ClientCurlTests {
        private static let lines = "Accept: application/x-ndjson"

        @Test("each event is there when its call has returned", arguments: [[], ["--compressed"]])
        func serverSentEvents(options: [String]) async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let curl = try ClientProgram.curl(options + [scene.stream()])
            #expect(try await curl.entry()?["retry"] == "2000")
            #expect(try await curl.entry()?["event"] == "policy")
            for _ in 0..<10 {
                let descriptors = try await scene.caller.call("pipe2 o:2 0").arrays[0]
                let entry = try await curl.entry() ?? [:]
                #expect(entry["event"] == "process_kprobe")
                let data = try JSON(parsing: (entry["data"] ?? "").utf8)
                #expect(data["process_kprobe"]?["args"] == .pipe2(descriptors))
            }
        }

        @Test("each line is there when its call has returned", arguments: [[], ["--compressed"]])
        func lines(options: [String]) async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let curl = try ClientProgram.curl(options + ["-H", Self.lines, scene.stream()])
            #expect(try await curl.json()["policy"]?["name"] == "pipes")
            for _ in 0..<10 {
                let descriptors = try await scene.caller.call("pipe2 o:2 0").arrays[0]
                #expect(try await curl.json()["process_kprobe"]?["args"] == .pipe2(descriptors))
            }
        }

        @Test("behind a cut connection Last-Event-ID goes on with each event once, in order")
        func resume() async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let relay = try Relay(to: scene.service.port)
            let first = try ClientProgram.curl([scene.stream(through: relay.port)])
            _ = try await first.entry()
            #expect(try await first.entry()?["event"] == "policy")
            var called = try await scene.calls(5)
            var entries: [[String: String]] = []
            while entries.count < 5 { entries.append(try #require(try await first.entry())) }
            relay.cutNext()
            called += try await scene.calls(5)
            while let entry = try await first.entry() { entries.append(entry) }
            #expect(entries.count == 5, "the sixth came in part")
            // CURLE_PARTIAL_FILE, or CURLE_RECV_ERROR where the bytes between were lost.
            #expect([.exited(18), .exited(56)].contains(try await first.ending()))

            let id = try #require(entries.last?["id"])
            let second = try ClientProgram.curl([
                "-H", "Last-Event-ID: \(id)", scene.stream(through: relay.port),
            ])
            #expect(try await second.entry()?["id"] == id, "a stream opens with its place")
            called += try await scene.calls(5)
            while entries.count < called.count {
                entries.append(try #require(try await second.entry()))
            }
            #expect(try entries.map(Self.descriptors) == called)
            #expect(Set(entries.map { $0["id"] }).count == called.count)
            #expect(relay.connections == 2)
        }

        @Test("behind a cut connection since= goes on with the line of a time")
        func resumeLines() async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let relay = try Relay(to: scene.service.port)
            let options = ["-H", Self.lines]
            let first = try ClientProgram.curl(options + [scene.stream(through: relay.port)])
            #expect(try await first.json()["policy"]?["name"] == "pipes")
            var called = try await scene.calls(5)
            var events: [JSON] = []
            while events.count < 5 { events.append(try await first.json()) }
            relay.cutNext()
            called += try await scene.calls(5)
            while let line = try await first.line() { events.append(try JSON(parsing: line.utf8)) }
            #expect(events.count == 5, "the sixth came in part")

            let time = try #require(events.last?["time"]?.text)
            let second = try ClientProgram.curl(options + [scene.stream(since: time)])
            #expect(try await second.json() == events.last, "the one of the time comes again")
            while events.count < called.count { events.append(try await second.json()) }
            #expect(events.map { $0["process_kprobe"]?["args"] } == called.map { .pipe2($0) })
        }

        private static func descriptors(_ entry: [String: String]) throws -> [Int] {
            let data = try JSON(parsing: (entry["data"] ?? "").utf8)
            return Event(name: entry["event"] ?? "", json: data).values(0) ?? []
        }
    }
}
