import Testing

extension IntegrationSuite {
    @Suite("The stream in Python", .requiresPython)
    struct ClientPythonTests {
        @Test("a library that connects again by itself has each event once, in order")
        func resume() async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let relay = try Relay(to: scene.service.port, cuttingEvent: 6)
            let program = ClientProgram.repository + "Tests/Clients/events.py"
            let client = try ClientProgram(
                ClientProgram.python, [program, scene.stream(through: relay.port)])
            #expect(try await client.json()["name"] == "policy")
            var called: [[Int]] = []
            var seen: [JSON] = []
            for _ in 0..<10 {
                called.append(try await scene.caller.call("pipe2 o:2 0").arrays[0])
            }
            while seen.count < called.count { seen.append(try await client.json()) }
            for _ in 0..<5 {
                called.append(try await scene.caller.call("pipe2 o:2 0").arrays[0])
                seen.append(try await client.json())
            }
            #expect(seen.allSatisfy { $0["name"] == "process_kprobe" })
            #expect(
                seen.map { $0["data"]?["process_kprobe"]?["args"] } == called.map { .pipe2($0) })
            #expect(Set(seen.compactMap { $0["id"]?.text }).count == called.count)
        }
    }
}
