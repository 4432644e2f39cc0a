import Glibc
import Testing

extension IntegrationSuite {
    @Suite("Stopping")
    struct StopTests {
        @Test("SIGTERM ends the service within a second, and every stream in order")
        func terminate() async throws {
            let scene = try await Scene()
            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid)))
            let events = try await scene.trace(policy)
            let lines = try await scene.service.events(of: "pipes", form: .lines)
            let idle = try await scene.service.events(of: "nothing")
            let pair = try await scene.caller.call("pipe2 o:2 0").arrays[0]
            for stream in [events, lines] {
                scene.pipe2("pipes", pair).check(try await stream.nextEvent())
            }

            let start = ContinuousClock.now
            scene.service.kill(SIGTERM)
            let ending = try await scene.service.ending()
            #expect(ContinuousClock.now - start < .seconds(1) * Machine.slowness)
            #expect(ending == .exited(0))
            for stream in [events, lines, idle] { #expect(try await stream.next() == nil) }
        }

        /// No bound on the time: an unoptimised build takes seconds to read a full ring.
        @Test("SIGTERM detaches everything while 8 threads make calls that are reported")
        func terminateUnderLoad() async throws {
            let scene = try await Scene()
            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid)))
            let events = try await scene.trace(policy)
            let programs = try await programs(of: "pipes", in: scene)
            _ = try await scene.caller.obey("stress 8 0")
            _ = try await events.take(100)
            scene.service.kill(SIGTERM)
            #expect(try await scene.service.ending() == .exited(0))
            _ = try await scene.caller.obey("calm")
            try await expectGone(programs, scene.caller)
        }

        @Test("after SIGKILL nothing stays attached, and the next service works")
        func kill() async throws {
            let scene = try await Scene()
            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid)))
            _ = try await scene.trace(policy)
            let programs = try await programs(of: "pipes", in: scene)
            for program in programs {
                #expect(try await scene.caller.obey("program \(program)") == "yes")
            }
            scene.service.kill(SIGKILL)
            #expect(try await scene.service.ending() == .killed(by: SIGKILL))
            try await expectGone(programs, scene.caller)

            let next = try await ServiceProcess.start()
            try await next.add(policy.yaml)
            let events = try await next.events(of: "pipes")
            let pair = try await scene.caller.call("pipe2 o:2 0").arrays[0]
            #expect(try await events.nextEvent().values(0) == pair)
        }

        private func programs(of policy: String, in scene: Scene) async throws -> [Int] {
            let hooks = try await scene.service.status(policy)["hooks"]
            let ids = hooks?[0]?["programs"]?.elements?.compactMap { $0["id"]?.number } ?? []
            #expect(!ids.isEmpty)
            return ids
        }

        /// The kernel frees a program a moment after nobody uses it any more.
        private func expectGone(_ programs: [Int], _ caller: Syscaller) async throws {
            let deadline = ContinuousClock.now + Deadline.usual
            for program in programs {
                while try await caller.obey("program \(program)") == "yes" {
                    try #require(ContinuousClock.now < deadline, "program \(program) stays")
                }
            }
        }
    }
}
