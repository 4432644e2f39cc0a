import Testing

extension IntegrationSuite {
    /// The kernel removes what a hook does not use, so its programs say by their size what is left.
    @Suite("A hook's programs hold only what its policy uses")
    struct SpecialisationTests {
        /// Bytes of a hook's programs, the one at entry first, as the kernel runs them.
        private func sizes(
            _ scene: Scene, _ args: [String], result: String? = nil, selectors: [[String]],
            more: [String] = []
        ) async throws -> [Int] {
            // Few programs on the machine call openat2, so a hook without selectors harms none.
            let hook = PolicyDocument.Hook(
                call: "sys_openat2", args: args, result: result, selectors: selectors, more: more)
            let status = try await scene.service.add(PolicyDocument("sized", hook).yaml)
            try await scene.service.delete("sized")
            let programs = status["hooks"]?[0]?["programs"]?.elements ?? []
            return try programs.map { try #require($0["translated_bytes"]?.number) }
        }

        @Test("each use adds to the program, and nothing else does")
        func sizes() async throws {
            let scene = try await Scene()
            let int = "{index: 0, type: int}"
            let text = "{index: 1, type: string}"
            let array = "{index: 2, type: int32_arr, sizeArgIndex: 4}"
            let one = PolicyDocument.only(scene.caller.pid)
            let eight = PolicyDocument.only(1, 2, 3, 4, 5, 6, 7, 8)
            let everything = [[String]](
                repeating: [String](
                    repeating: "{operator: NotIn, followForks: true, values: [1, 2, 3, 4, 5]}",
                    count: 2), count: 5)

            let least = try await sizes(scene, [], selectors: [])
            let withInt = try await sizes(scene, [int], selectors: [])
            let withPID = try await sizes(scene, [int], selectors: one)
            let withPIDs = try await sizes(scene, [int], selectors: eight)
            let family = PolicyDocument.family(scene.caller.pid)
            let withForks = try await sizes(scene, [int], selectors: family)
            let withText = try await sizes(scene, [int, text], selectors: one)
            let withArray = try await sizes(scene, [int, text, array], selectors: one)
            let all = try await sizes(
                scene, [int, text, array, "{index: 3, type: size_t}"],
                result: "{index: 0, type: int}", selectors: everything)
            // One program where the entry is enough, two where the result is reported.
            let single = [least, withInt, withPID, withPIDs, withForks, withText, withArray]
            #expect(single.allSatisfy { $0.count == 1 })
            #expect(all.count == 2)
            #expect(least[0] < withInt[0])
            #expect(withInt[0] < withPID[0])
            #expect(withPID[0] < withForks[0])
            #expect(withPID[0] < withPIDs[0])
            #expect(withPID[0] < withText[0])
            #expect(withText[0] < withArray[0])
            #expect(withInt[0] < Self.mostForAnInt)
            #expect(withInt[0] * 5 < all[0])
            #expect(withInt[0] * 5 < all[1])
        }

        /// A little more than an entry that reports one integer takes.
        private static let mostForAnInt = 1584

        @Test("what only events show costs the program nothing")
        func texts() async throws {
            let scene = try await Scene()
            let selectors = PolicyDocument.only(scene.caller.pid)
            let plain = try await sizes(scene, ["{index: 0, type: int}"], selectors: selectors)
            let labelled = try await sizes(
                scene, ["{index: 0, type: int, label: descriptor}"], selectors: selectors,
                more: ["message: \"opened\"", "tags: [files, opens]"])
            #expect(plain == labelled)
        }

        @Test("arguments that are not read leave no trace")
        func nop() async throws {
            let scene = try await Scene()
            let selectors = PolicyDocument.only(scene.caller.pid)
            let without = try await sizes(scene, ["{index: 0, type: int}"], selectors: selectors)
            let with = try await sizes(
                scene, ["{index: 0, type: int}", "{index: 1, type: nop}", "{index: 2, type: nop}"],
                selectors: selectors)
            #expect(without == with)
        }
    }
}
