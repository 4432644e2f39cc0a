import Testing

extension IntegrationSuite {
    @Suite("The contract of the stream")
    struct APIStreamTests {
        private let document = PolicyDocument("changes", .pipe2(PolicyDocument.only(1))).yaml

        /// Makes two `policy` events each time.
        private func change(_ service: ServiceProcess, times: Int) async throws {
            for _ in 0..<times {
                try await service.add(document)
                try await service.delete("changes")
            }
        }

        private func states(_ events: [Event]) -> [String?] {
            events.map { $0.json["policy"]?["state"]?.text }
        }

        @Test("ids carry the run and increase by one, whatever the events are")
        func identifiers() async throws {
            let service = try await ServiceProcess.start()
            let stream = try await EventSubscriber(port: service.port)
            #expect(stream.head.headers["content-type"] == "text/event-stream")
            #expect(stream.head.headers["cache-control"] == "no-store")
            try await change(service, times: 10)
            let end = try await stop(service)
            let events = try await stream.take { $0.json["policy"]?["name"]?.text == end }
            #expect(events.count { $0.name == "policy" } == 21)
            let ids = events.compactMap(\.identifier)
            #expect(ids.count == events.count)
            #expect(Set(ids.map(\.boot)).count == 1)
            let first = try #require(ids.first?.sequence)
            #expect(ids.map(\.sequence) == Array(first..<first + ids.count))
        }

        /// Adds one more policy, whose name ends what a test reads.
        private func stop(_ service: ServiceProcess) async throws -> String {
            try await service.add(PolicyDocument("end", .pipe2(PolicyDocument.only(1))).yaml)
            return "end"
        }

        @Test("a heartbeat moves the place of a stream that matches nothing")
        func heartbeat() async throws {
            let service = try await ServiceProcess.start(["--no-process-events"])
            let quiet = try await EventSubscriber(port: service.port, query: "type=process_exec")
            try await change(service, times: 2)
            let beat = try #require(try await quiet.next(within: .seconds(25) * Machine.slowness))
            #expect(beat.name == "heartbeat")
            let id = try #require(beat.id)
            #expect(id.hasSuffix("-4"), "it stands behind the four events that were left out")
            #expect(beat.json["heartbeat"]?["id"] == .string(id))
            let lost = beat.json["heartbeat"]?["counters"]?["lost"]?.members
            #expect(lost?.isEmpty == false)
            #expect(lost?.values.allSatisfy { $0 == 0 } == true)
            let resumed = try await EventSubscriber(port: service.port, query: "since=\(id)")
            let end = try await stop(service)
            let event = try #require(try await resumed.next())
            #expect(event.json["policy"]?["name"]?.text == end)
        }

        @Test("a subscriber resumes after any event, by header or by query")
        func resume() async throws {
            let service = try await ServiceProcess.start()
            try await change(service, times: 3)
            let all = try await EventSubscriber(
                port: service.port, query: "type=policy&since=oldest&limit=6")
            let events = try await all.take(6)
            #expect(
                states(events) == [
                    "enabled", "deleted", "enabled", "deleted", "enabled", "deleted",
                ])
            #expect(try await all.next() == nil, "the limit ends the stream")
            for seen in 0..<6 {
                let id = try #require(events[seen].id)
                for (query, headers) in [
                    ("since=\(id)", []), ("since=now", [("Last-Event-ID", id)]),
                ] {
                    let left = 5 - seen
                    let stream = try await EventSubscriber(
                        port: service.port, query: "type=policy&limit=\(left + 1)&" + query,
                        headers: headers)
                    #expect(try await stream.take(left).map(\.id) == events.suffix(left).map(\.id))
                }
            }
        }

        @Test("an id of another run gets a gap, then everything that is held")
        func otherRun() async throws {
            let service = try await ServiceProcess.start()
            try await change(service, times: 1)
            let stream = try await EventSubscriber(
                port: service.port, query: "type=policy", headers: [("Last-Event-ID", "deadbeef-7")]
            )
            let events = try await stream.take(3)
            #expect(events[0].name == "gap")
            #expect(events[0].json["gap"]?["reason"]?.text == "restart")
            #expect(events[0].json["gap"]?["requested"]?.text == "deadbeef-7")
            #expect(events[0].json["gap"]?["lost"] == .null)
            #expect(states(Array(events.dropFirst())) == ["enabled", "deleted"])
        }

        @Test("lines are the bytes of the data of server-sent events")
        func forms() async throws {
            let scene = try await Scene()
            try await scene.service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            for _ in 0..<5 { try await scene.caller.call("pipe2 o:2 0") }
            let target = "/v1/events?policy=pipes&since=oldest&limit=6"
            let events = try await scene.service.http.send("GET", target)
            let lines = try await scene.service.http.send(
                "GET", target, headers: [("Accept", "application/x-ndjson")])
            #expect(lines.headers["content-type"] == "application/x-ndjson")
            let data = events.text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
            #expect(data.count == 6)
            #expect(lines.text == data.map { $0.dropFirst("data: ".count) + "\n" }.joined())
        }

        @Test("filters by type, policy and process take what they name and nothing else")
        func filters() async throws {
            let scene = try await Scene()
            let other = try await Syscaller()
            let both = PolicyDocument.only(scene.caller.pid, other.pid)
            for name in ["first", "second"] {
                try await scene.service.add(PolicyDocument(name, .pipe2(both)).yaml)
            }
            try await scene.caller.call("pipe2 o:2 0")
            try await other.call("pipe2 o:2 0")
            func seen(_ query: String, _ count: Int) async throws -> [String] {
                let stream = try await EventSubscriber(
                    port: scene.service.port, query: query + "&since=oldest&limit=\(count)")
                return try await stream.take(count).map { event in
                    let pid = event.call?["process"]?["pid"]?.number
                    let policy = event.call?["policy_name"] ?? event.json["policy"]?["name"]
                    return "\(event.name) \(policy?.text ?? "-") \(pid ?? 0)"
                }.sorted()
            }
            let (mine, theirs) = (scene.caller.pid, other.pid)
            #expect(
                try await seen("type=policy", 2) == ["policy first 0", "policy second 0"])
            #expect(
                try await seen("policy=second&type=process_kprobe", 2)
                    == ["process_kprobe second \(mine)", "process_kprobe second \(theirs)"].sorted()
            )
            #expect(
                try await seen("pid=\(theirs)&type=process_kprobe", 2)
                    == ["process_kprobe first \(theirs)", "process_kprobe second \(theirs)"])
            #expect(
                try await seen("pid=\(mine)&policy=first&type=process_kprobe&type=policy", 1)
                    == ["process_kprobe first \(mine)"])
        }
    }
}

extension Event {
    /// The two parts of its id.
    var identifier: (boot: String, sequence: Int)? {
        let parts = (id ?? "").split(separator: "-")
        guard parts.count == 2, let sequence = Int(parts[1]) else { return nil }
        return (String(parts[0]), sequence)
    }
}
