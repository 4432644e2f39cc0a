import Testing

extension IntegrationSuite {
    @Suite("What policies cost, and what is left of them")
    struct LeakTests {
        @Test(
            "policies that came and went leave nothing behind",
            .timeLimit(.minutes(3 * Machine.slowness)))
        func comingAndGoing() async throws {
            let scene = try await Scene()
            let usual = PolicyDocument(
                "fleeting", .pipe2(PolicyDocument.only(scene.caller.pid)))
            // Both programs, a map for each thread's records and a follow set: one in twenty,
            // because deleting it takes the kernel five times as long.
            let hook = PolicyDocument.Hook(
                call: "sys_openat",
                args: ["{index: 1, type: string}", "{index: 2, type: int}"],
                result: "{index: 0, type: int}", selectors: PolicyDocument.family(scene.caller.pid))
            let policy = PolicyDocument("fleeting", hook)
            func cycle(_ count: Int) async throws -> Footprint {
                for number in 0..<count {
                    try await scene.service.add(number % 20 == 0 ? policy.yaml : usual.yaml)
                    try await scene.service.delete("fleeting")
                }
                return try await Footprint.settled(of: scene.service.pid)
            }
            // Once, so that the service has done all that it does at start.
            let empty = try await cycle(1)
            try await scene.service.add(policy.yaml)
            let loaded = try Footprint(of: scene.service.pid)
            #expect(loaded.programs > empty.programs)
            #expect(loaded.maps > empty.maps)
            #expect(loaded.attachments > empty.attachments)
            try await scene.service.delete("fleeting")

            // The first cycles fill caches and the log of events.
            let warm = try await cycle(Machine.repetitions(100))
            let after = try await cycle(Machine.repetitions(900))
            #expect(after.descriptors == empty.descriptors)
            #expect(after.programs == empty.programs)
            #expect(after.maps == empty.maps)
            #expect(after.attachments == empty.attachments)
            #expect(after.resident - warm.resident < Self.memorySlack)
        }

        /// The log keeps two events of each cycle; 900 cycles that leaked 4 kB each would show.
        private static let memorySlack = 4 * 1024 * 1024
    }
}
