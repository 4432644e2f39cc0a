import Foundation
import Glibc
import Testing

extension IntegrationSuite {
    @Suite("Another version of a policy, without a gap and without a duplicate")
    struct ReplacementTests {
        /// Functions by what there is, or a system call by its tracepoint.
        ///
        /// Not kprobe.multi: it has room for the returns of two calls per CPU, and eight threads
        /// make more.
        static let targets =
            AttachMethods.ofFunctions.isEmpty
            ? [("sys_pipe2", "tracepoint")]
            : AttachMethods.ofFunctions.filter { $0 != "kprobe.multi" }.map { ("do_pipe2", $0) }

        private func version(
            _ label: String, of target: (call: String, method: String), for pid: Int
        ) -> PolicyDocument {
            var hook = PolicyDocument.Hook.pipe2(PolicyDocument.only(pid))
            hook.call = target.call
            hook.isSystemCall = target.call.hasPrefix("sys_")
            hook.args[1] = "{index: 1, type: int, label: \(label)}"
            var policy = PolicyDocument("changing", hook)
            policy.options = ["attach-method": target.method]
            return policy
        }

        @Test("each call of 8 threads is reported once, by one version", arguments: targets)
        func everyCall(call: String, method: String) async throws {
            let (threads, calls) = (8, Machine.repetitions(1250) * 2)
            let versions = Machine.slowness > 1 ? 20 : 100
            // All of the events, however slow the reader is.
            let scene = try await Scene(["--event-log-size", "64MiB"])
            let target = (call, method)
            try await scene.service.add(version("a", of: target, for: scene.caller.pid).yaml)
            let events = try await scene.service.events(of: "changing")
            async let made = scene.caller.storm(threads: threads, calls: calls, pause: 1000)
            async let reported = events.takeEvents(threads * calls)
            for number in 0..<versions {
                let label = number.isMultiple(of: 2) ? "b" : "a"
                try await scene.service.replace(version(label, of: target, for: scene.caller.pid))
            }
            var byThread: [Int: [[Int]]] = [:]
            var labels: [String: Int] = [:]
            for event in try await reported {
                let thread = try #require(event.call?["process"]?["tid"]?.number)
                byThread[thread, default: []].append(try #require(event.values(0)))
                let label = event.call?["args"]?[1]?["label"]?.text ?? "none"
                labels[label, default: 0] += 1
                #expect(event.call?["args"]?[1]?["int_arg"] == 0)
                #expect(event.call?["return"] == .int(0))
            }
            #expect(byThread == (try await made))
            #expect(Set(labels.keys) == ["a", "b"])
            try await expectEveryCall(
                scene.service, made: threads * calls, pairs: method.hasPrefix("kprobe"))
        }

        @Test("flat out, the versions together report each call once", arguments: targets)
        func flatOut(call: String, method: String) async throws {
            let scene = try await Scene()
            let target = (call, method)
            try await scene.service.add(version("a", of: target, for: scene.caller.pid).yaml)
            _ = try await scene.caller.obey("stress 8 0")
            for number in 0..<100 {
                let label = number.isMultiple(of: 2) ? "b" : "a"
                try await scene.service.replace(version(label, of: target, for: scene.caller.pid))
            }
            let made = try #require(Int(try await scene.caller.obey("calm")))
            #expect(made > 1000)
            try await expectEveryCall(
                scene.service, made: made, pairs: method.hasPrefix("kprobe"))
        }

        /// Every call is an event, or counted by the stage that has lost it.
        ///
        /// The kernel itself keeps few calls of millions from a program, and says so: while a
        /// thread is inside bpf(2), it skips tracing programs on that CPU.
        private func expectEveryCall(_ service: ServiceProcess, made: Int, pairs: Bool) async throws
        {
            // Deleted, all versions have said their last.
            try await service.delete("changing")
            func lost(_ stage: String) async throws -> Int {
                try #require(try await service.metric("lost_total{stage=\"\(stage)\"}"))
            }
            let events = try #require(try await service.metric("records_sent_total"))
            let skipped =
                pairs
                ? try await lost("kernel_entry_missed") + lost("kernel_return_missed")
                    + lost("cut_off")
                : try await lost("kernel_skipped")
            let full = try await lost("kernel_ring_full")
            #expect(events + full + skipped == made, "\(events) + \(full) + \(skipped)")
            #expect(skipped <= made / 10_000)
            for stage in ["kernel_pending_full", "orphaned", "undecodable"] {
                #expect(try await lost(stage) == 0, "\(stage)")
            }
        }

        @Test("a call that is under way is the version's that saw its entry")
        func underWay() async throws {
            let scene = try await Scene()
            let (folder, fifo, words) = try Self.blockingOpen()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func version(_ label: String) -> PolicyDocument {
                PolicyDocument(
                    "opens",
                    .init(
                        call: "sys_openat",
                        args: ["{index: 1, type: string, label: \(label)}"],
                        result: "{index: 0, type: int}",
                        selectors: PolicyDocument.family(scene.caller.pid)))
            }
            let child = try await scene.caller.startChild()
            try await scene.service.add(version("old").yaml)
            let events = try await scene.service.events(of: "opens")
            async let outcome = scene.caller.call(words, generation: 1)
            try await Self.waitUntilBlocked(child)
            try await scene.service.replace(version("newer"))
            // The third version needs the place of the first, and waits for what that has begun.
            async let third = scene.service.replace(version("new"))
            let writer = open(fifo, O_WRONLY)
            defer { close(writer) }
            let result = try await outcome.result
            let event = try await events.nextEvent()
            #expect(event.call?["args"] == [["string_arg": .string(fifo), "label": "old"]])
            #expect(event.call?["return"] == .int(result))
            #expect(try await third["version"] == 3)
            #expect(try await scene.service.metric(#"lost_total{stage="cut_off"}"#) == 0)
            // The next one is the new version's.
            let next = try await scene.caller.call("openat -100 s:2f6465762f6e756c6c 0")
            let after = try await events.nextEvent()
            #expect(after.call?["args"] == [["string_arg": "/dev/null", "label": "new"]])
            #expect(after.call?["return"] == .int(next.result))
        }

        @Test("what is under way for longer than the grace period is cut off, and counted")
        func cutOff() async throws {
            let scene = try await Scene()
            let (folder, fifo, words) = try Self.blockingOpen()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            // A hook that the next version does not have, so nothing of it stays attached.
            let child = try await scene.caller.startChild()
            let opens = PolicyDocument(
                "changing",
                .init(
                    call: "sys_openat", args: ["{index: 1, type: string}"],
                    result: "{index: 0, type: int}",
                    selectors: PolicyDocument.family(scene.caller.pid)))
            let pipes = PolicyDocument("changing", .pipe2(PolicyDocument.only(scene.caller.pid)))
            try await scene.service.add(opens.yaml)
            async let outcome = scene.caller.call(words, generation: 1)
            try await Self.waitUntilBlocked(child)
            try await scene.service.replace(pipes)
            let events = try await scene.service.events(of: "changing")
            let stage = #"lost_total{stage="cut_off"}"#
            try await Self.wait { try await scene.service.metric(stage) == 1 }
            let writer = open(fifo, O_WRONLY)
            defer { close(writer) }
            #expect(try await outcome.number == 0)
            let pair = try await scene.caller.call("pipe2 o:2 0")
            let event = try await events.nextEvent()
            scene.pipe2("changing", pair.arrays[0]).check(event)
        }

        @Test("a policy is off, and on again, from the next call on")
        func switching() async throws {
            let scene = try await Scene()
            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid)))
            let events = try await scene.trace(policy)
            for _ in 0..<20 {
                let first = try await scene.caller.call("pipe2 o:2 0")
                scene.pipe2("pipes", first.arrays[0]).check(try await events.nextEvent())
                try await scene.service.setEnabled("pipes", false)
                try await scene.caller.call("pipe2 o:2 0")
                try await scene.service.setEnabled("pipes", true)
                let last = try await scene.caller.call("pipe2 o:2 0")
                scene.pipe2("pipes", last.arrays[0]).check(try await events.nextEvent())
            }
        }

        @Test("where the new version does not load, the old one never stopped")
        func refused() async throws {
            let scene = try await Scene()
            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid)))
            let events = try await scene.trace(policy)
            let before = try Footprint(of: scene.service.pid)
            var broken = policy
            broken.hooks[0].call = "sys_no_such_call"
            let answer = try await scene.service.http.send(
                "PUT", "/v1/policies/pipes", headers: [("Content-Type", "application/yaml")],
                body: Array(broken.yaml.utf8))
            #expect(answer.status == 422)
            let outcome = try await scene.caller.call("pipe2 o:2 0")
            scene.pipe2("pipes", outcome.arrays[0]).check(try await events.nextEvent())
            let after = try Footprint(of: scene.service.pid)
            #expect(after.programs == before.programs)
            #expect(after.maps == before.maps)
            #expect(after.attachments == before.attachments)
        }

        // MARK: - Blocking

        /// A FIFO in a folder of its own, and the call that waits for its writer.
        private static func blockingOpen() throws -> (folder: String, fifo: String, words: String) {
            let folder = try temporaryFolder()
            let fifo = folder + "/fifo"
            guard mkfifo(fifo, 0o600) == 0 else { throw HarnessError.call("mkfifo") }
            let hex = fifo.utf8.map { String($0, radix: 16) }.joined()
            return (folder, fifo, "openat -100 s:\(hex) 0")
        }

        /// Waits until a process is inside openat(2).
        private static func waitUntilBlocked(_ process: Int) async throws {
            try await wait {
                let call = try String(contentsOfFile: "/proc/\(process)/syscall", encoding: .utf8)
                return call.hasPrefix("257 ")
            }
        }

        private static func wait(until holds: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + Deadline.usual
            while try await !holds() {
                guard ContinuousClock.now < deadline else {
                    throw HarnessError("what was waited for did not come")
                }
            }
        }
    }
}
