import Testing

extension IntegrationSuite {
    @Suite("Policies side by side")
    struct PolicyTests {
        @Test("two policies on one call both report it, and deleting one leaves the other")
        func sideBySide() async throws {
            let scene = try await Scene()
            let selectors = PolicyDocument.only(scene.caller.pid)
            for name in ["first", "second"] {
                try await scene.service.add(PolicyDocument(name, .pipe2(selectors)).yaml)
            }
            let events = try await scene.service.events(of: "first", "second")

            let both = try await scene.caller.call("pipe2 o:2 0").arrays[0]
            var reported: Set<String> = []
            for event in try await events.take(2) {
                let policy = try #require(event.call?["policy_name"]?.text)
                reported.insert(policy)
                scene.pipe2(policy, both).check(event)
            }
            #expect(reported == ["first", "second"])

            try await scene.service.delete("first")
            // The stream has one order, so each of these would come after one that must not come.
            for _ in 0..<3 {
                let one = try await scene.caller.call("pipe2 o:2 0").arrays[0]
                scene.pipe2("second", one).check(try await events.nextEvent())
            }

            // The name is free again, and what comes under it is a new policy.
            let hook = PolicyDocument.Hook(call: "sys_pipe2", selectors: selectors)
            try await scene.service.add(PolicyDocument("first", hook).yaml)
            try await scene.service.delete("second")
            _ = try await scene.caller.call("pipe2 o:2 0")
            scene.call("first", "__x64_sys_pipe2", args: nil)
                .check(try await events.nextEvent())
        }

        @Test("the hooks of one policy report each its own call")
        func severalHooks() async throws {
            let scene = try await Scene()
            let selectors = PolicyDocument.only(scene.caller.pid)
            let pair = PolicyDocument.Hook(
                call: "sys_socketpair", args: ["{index: 3, type: int32_arr, returnCopy: true}"],
                selectors: selectors, more: ["message: \"a pair\""])
            let events = try await scene.trace(PolicyDocument("both", .pipe2(selectors), pair))
            let ends = try await scene.caller.call("socketpair 1 1 0 o:2").arrays[0]
            let pipe = try await scene.caller.call("pipe2 o:2 0").arrays[0]
            var expected = scene.call(
                "both", "__x64_sys_socketpair", args: [.values(ends)])
            expected.message = "a pair"
            expected.check(try await events.nextEvent())
            scene.pipe2("both", pipe).check(try await events.nextEvent())
        }

        @Test("a policy may come and go while 8 threads make the calls that it reports")
        func comesAndGoesUnderLoad() async throws {
            let scene = try await Scene()
            let policy = PolicyDocument("busy", .pipe2(PolicyDocument.only(scene.caller.pid)))
            _ = try await scene.caller.obey("stress 8 0")
            let before = try Footprint(of: scene.service.pid)
            for _ in 0..<10 {
                let events = try await scene.trace(policy)
                // Not only attached: it reports. A subscriber this slow is told of gaps, too.
                let event = try await events.next { $0.name == "process_kprobe" }
                #expect(event.call?["process"]?["pid"]?.number == scene.caller.pid)
                try await scene.service.delete("busy")
            }
            let after = try Footprint(of: scene.service.pid)
            let calls = try #require(Int(try await scene.caller.obey("calm")))
            #expect(calls > 1000)
            #expect(after.maps == before.maps)
            #expect(after.programs == before.programs)
            #expect(after.attachments == before.attachments)

            #expect(try await scene.service.http.send("GET", "/readyz").status == 200)
            // What is new reports as ever.
            let events = try await scene.trace(policy)
            let pair = try await scene.caller.call("pipe2 o:2 0").arrays[0]
            scene.pipe2("busy", pair).check(try await events.nextEvent())
        }
    }
}
