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

        @Test("records of calls and of processes that find the ring full")
        func ring() async throws {
            let scene = try await Scene()
            let service = scene.service
            try await service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            // Nobody reads while the kernel writes.
            service.kill(SIGSTOP)
            let calls = 40_000
            _ = try await scene.caller.storm(threads: 2, calls: calls)
            _ = try await scene.caller.exec("pipe2 o:2 0", count: 50, in: "/")
            service.kill(SIGCONT)
            let records = try await expectLoss("kernel_ring_full", service)
            _ = try await expectLoss("kernel_process_record", service)
            let hook = try await service.status("pipes")["hooks"]?[0]?["events"]
            #expect(hook?["lost_ring_full"]?.number == records)
            #expect((hook?["sent"]?.number ?? 0) + records == 2 * calls)
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
            kill(pid_t(child), SIGKILL)
            _ = try await waiting
            #expect(try await expectLoss("kernel_entry_missed", service) == 1)
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
            try await group.with(service.pid) { try await service.add(policy.yaml) }
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
