import Foundation
import Testing

extension IntegrationSuite {
    @Suite("What is lost is counted by the stage that loses it")
    struct APICounterTests {
        /// A loss, in `/v1/status`.
        private func lost(_ stage: String, _ service: ServiceProcess) async throws -> Int {
            let status = try await service.http.send("GET", "/v1/status").json
            return try #require(status["counters"]?["lost"]?[stage]?.number)
        }

        /// Waits until a stage has counted something, and checks that all who say so agree.
        private func expectLoss(_ stage: String, _ service: ServiceProcess) async throws -> Int {
            let deadline = ContinuousClock.now + Deadline.usual
            while try await lost(stage, service) == 0 {
                guard ContinuousClock.now < deadline else {
                    throw HarnessError("nothing was counted as \(stage)")
                }
            }
            let count = try await lost(stage, service)
            #expect(try await service.metric("lost_total{stage=\"\(stage)\"}") == count)
            return count
        }

        /// A subscriber that may miss something, and whom no event suits.
        private func subscriber(
            _ query: String, _ service: ServiceProcess
        ) async throws -> EventSubscriber {
            try await EventSubscriber(port: service.port, query: query)
        }

        /// Reads gaps until they have told of `count` losses at a stage, and returns the last one.
        @discardableResult
        private func expectGaps(
            _ stage: String, _ count: Int, _ subscriber: EventSubscriber, besides: Set<String> = []
        ) async throws -> Event? {
            var told = 0
            var last: Event?
            while told < count {
                let event = try await subscriber.next { $0.name == "gap" }
                let reason = event.json["gap"]?["reason"]?.text ?? ""
                guard reason == stage else {
                    #expect(besides.contains(reason))
                    continue
                }
                told += event.json["gap"]?["lost"]?.number ?? 0
                last = event
            }
            #expect(told == count)
            return last
        }

        @Test("records of calls and of processes that find the ring full")
        func ring() async throws {
            // All that the ring holds stays in the log, so that nothing else is missing.
            let scene = try await Scene(["--event-log-size", "128MiB"])
            let service = scene.service
            try await service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            let ofCalls = try await subscriber("policy=pipes&function=nothing", service)
            let ofLives = try await subscriber("type=process_exec&binary=/nowhere", service)
            let ofBoth = try await subscriber("binary=/nowhere", service)
            let ofPolicies = try await subscriber("type=policy", service)
            // Nobody reads while the kernel writes.
            service.kill(SIGSTOP)
            let calls = 40_000
            _ = try await scene.caller.storm(threads: 2, calls: calls)
            _ = try await scene.caller.exec("pipe2 o:2 0", count: 50, in: "/")
            service.kill(SIGCONT)
            // An answer that waits until the ring was read: there is room again.
            _ = try await service.http.send("GET", "/v1/processes?limit=1")
            let records = try await expectLoss("kernel_ring_full", service)
            let lives = try await expectLoss("kernel_process_record", service)
            let (full, life) = ("kernel_ring_full", "kernel_process_record")
            let last = try #require(try await expectGaps(full, records, ofCalls))
            try await expectGaps(life, lives, ofLives)
            try await expectGaps(full, records, ofBoth, besides: [life])
            let contract = try Contract(
                yaml: try await service.http.send("GET", "/openapi.yaml").text)
            #expect(contract.problems(last.json, "Gap") == [])
            try await expectOnce(full, records, after: last, service)
            let hook = try await service.status("pipes")["hooks"]?[0]?["events"]
            #expect(hook?["lost_ring_full"]?.number == records)
            #expect((hook?["sent"]?.number ?? 0) + records == 2 * calls)
            let next = try await ofPolicies.next { $0.name != "heartbeat" }
            #expect(next.json["policy"]?["state"] == "disabled", "it can miss nothing")
        }

        /// Who comes later is told of the same; who goes on behind it is not.
        private func expectOnce(
            _ stage: String, _ count: Int, after last: Event, _ service: ServiceProcess
        ) async throws {
            let late = try await subscriber("since=oldest&policy=pipes&function=nothing", service)
            try await expectGaps(stage, count, late)
            let resumed = try await EventSubscriber(
                port: service.port, query: "type=policy&type=process_tracepoint",
                headers: [("Last-Event-ID", try #require(last.id))])
            #expect(try await service.patch("pipes", #"{"enabled": false}"#).status == 200)
            let next = try await resumed.next { $0.name != "heartbeat" }
            #expect(next.json["policy"]?["state"] == "disabled")
        }

        @Test("a return whose entry came before the policy")
        func entry() async throws {
            let scene = try await Scene()
            let (service, caller) = (scene.service, scene.caller)
            let child = try await caller.startChild()
            async let waiting = caller.call("wait4 \(child) o:1 0 0")
            try await untilInCall(61, caller.pid)
            try await service.add(
                PolicyDocument(
                    "waits",
                    .init(
                        call: "sys_wait4", args: ["{index: 1, type: int32_arr, size: 1}"],
                        result: "{index: 0, type: int}",
                        selectors: PolicyDocument.only(caller.pid))
                ).yaml)
            let subscriber = try await subscriber("type=process_kprobe&binary=/nowhere", service)
            kill(pid_t(child), SIGKILL)
            _ = try await waiting
            #expect(try await expectLoss("kernel_entry_missed", service) == 1)
            try await expectGaps("kernel_entry_missed", 1, subscriber)
        }

        @Test(
            "calls whose entry there is no memory to keep",
            .enabled(if: MemoryGroup.areThere, "needs a memory cgroup below /sys/fs/cgroup"))
        func memory() async throws {
            let scene = try await Scene()
            let (service, caller) = (scene.service, scene.caller)
            let group = try MemoryGroup()
            // What is read at entry waits for the return in memory of the thread.
            let policy = PolicyDocument(
                "kept",
                .init(
                    call: "sys_pipe2",
                    args: ["{index: 0, type: int32_arr}", "{index: 1, type: int, label: flags}"],
                    result: "{index: 0, type: int}", selectors: PolicyDocument.only(caller.pid)))
            try await group.with(service.pid) { _ = try await service.add(policy.yaml) }
            let subscriber = try await subscriber("policy=kept&function=nothing", service)
            var calls = 0
            let deadline = ContinuousClock.now + Deadline.usual
            // What the kernel gives back late is room again.
            repeat {
                try group.useUp()
                _ = try await caller.storm(threads: 4, calls: 100)
                calls += 400
            } while try await self.lost("kernel_pending_full", service) == 0
                && ContinuousClock.now < deadline
            let lost = try await expectLoss("kernel_pending_full", service)
            // Their returns find no entry.
            #expect(try await expectLoss("kernel_entry_missed", service) == lost)
            // So they are told of once, by that.
            try await expectGaps("kernel_entry_missed", lost, subscriber)
            let hook = try await service.status("kept")["hooks"]?[0]?["events"]
            #expect(hook?["lost_pending_full"]?.number == lost)
            #expect((hook?["sent"]?.number ?? 0) + lost == calls)

            try group.release()
            let events = try await service.events(of: "kept")
            // Programs take memory from what the kernel sets aside for them in advance: a call that
            // finds nothing is lost, and has the kernel do so again.
            let sent = hook?["sent"]?.number
            var more = 0
            repeat {
                try await caller.call("pipe2 i:7,8 \(O_CLOEXEC)")
                more += 1
            } while try await service.status("kept")["hooks"]?[0]?["events"]?["sent"]?.number
                == sent
                && ContinuousClock.now < deadline
            #expect(try await self.lost("kernel_pending_full", service) == lost + more - 1)
            scene.call(
                "kept", "__x64_sys_pipe2",
                args: [.values([7, 8]), .int(Int(O_CLOEXEC), label: "flags")], result: .int(0)
            ).check(try await events.next { $0.call?["process"]?["tid"]?.number == caller.pid })
        }

        @Test(
            "children of followed processes that there is no memory to remember",
            .enabled(if: MemoryGroup.areThere, "needs a memory cgroup below /sys/fs/cgroup"))
        func followed() async throws {
            let group = try MemoryGroup()
            let scene = try await group.with(Int(getpid())) { try await Scene() }
            let (service, caller) = (scene.service, scene.caller)
            for pid in [service.pid, caller.pid] { try await group.with(pid) {} }
            let hook = PolicyDocument.Hook.pipe2(PolicyDocument.family(caller.pid))
            try await service.add(PolicyDocument("family", hook).yaml)
            let subscriber = try await subscriber("policy=family&function=nothing", service)
            let deadline = ContinuousClock.now + Deadline.usual
            // Each stays, and needs a place; what the kernel gives back late is room again.
            repeat {
                try group.useUp()
                for _ in 0..<50 { _ = try await caller.startChild() }
            } while try await self.lost("kernel_unfollowed", service) == 0
                && ContinuousClock.now < deadline
            let lost = try await expectLoss("kernel_unfollowed", service)
            try await expectGaps("kernel_unfollowed", lost, subscriber)
            try group.release()
        }

        /// Waits until a process is inside a system call of this number.
        private func untilInCall(_ number: Int, _ pid: Int) async throws {
            let deadline = ContinuousClock.now + Deadline.usual
            while try !String(contentsOfFile: "/proc/\(pid)/syscall", encoding: .utf8)
                .hasPrefix("\(number) ")
            {
                guard ContinuousClock.now < deadline else {
                    throw HarnessError("process \(pid) does not call \(number)")
                }
                await Task.yield()
            }
        }
    }
}
