import Testing

extension IntegrationSuite {
    @Suite("The stream in Python", .requiresPython)
    struct ClientPythonTests {
        @Test("a library that connects again by itself has each event once, in order")
        func resume() async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let relay = try Relay(to: scene.service.port)
            let program = ClientProgram.repository + "Tests/Clients/events.py"
            let client = try ClientProgram(
                ClientProgram.python, [program, scene.stream(through: relay.port)])
            #expect(try await client.json()["name"] == "policy")
            var called = try await scene.calls(5)
            var seen: [JSON] = []
            while seen.count < called.count { seen.append(try await client.json()) }
            relay.cutNext()
            called += try await scene.calls(5)
            while seen.count < called.count { seen.append(try await client.json()) }
            #expect(relay.connections == 2)
            called += try await scene.calls(5)
            while seen.count < called.count { seen.append(try await client.json()) }
            #expect(seen.allSatisfy { $0["name"] == "process_kprobe" })
            #expect(
                seen.map { $0["data"]?["process_kprobe"]?["args"] } == called.map { .pipe2($0) })
            #expect(Set(seen.compactMap { $0["id"]?.text }).count == called.count)
        }
    }
}
