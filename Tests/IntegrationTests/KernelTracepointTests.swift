import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Tracepoints of the kernel")
    struct KernelTracepointTests {
        /// Adds a policy with one hook on a tracepoint, and subscribes to its events.
        private func trace(
            _ event: String, args: [String], selectors: [[String]], more: [String] = [],
            in scene: Scene
        ) async throws -> EventSubscriber {
            let hook = PolicyDocument.Hook(
                call: event, args: args, selectors: selectors, more: more)
            var policy = PolicyDocument("passing", hook)
            policy.section = "tracepoints"
            let status = try await scene.service.add(policy.yaml)
            #expect(status["hooks"]?[0]?["function"]?.text == event)
            #expect(status["warnings"] == [])
            return try await EventSubscriber(
                port: scene.service.port, query: "type=process_tracepoint&policy=passing")
        }

        /// What the event of the caller must say.
        private func passing(_ event: String, args: JSON?, in scene: Scene) -> ExpectedCall {
            let parts = event.split(separator: "/").map(String.init)
            var expected = scene.call("passing", "", args: args)
            expected.site = .tracepoint(subsystem: parts[0], event: parts[1])
            return expected
        }

        @Test("a field that says where its text is comes as text, with message and tags")
        func text() async throws {
            let scene = try await Scene()
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let event = "sched/sched_process_exec"
            let events = try await trace(
                event,
                args: [
                    "{index: 4, type: data_loc, label: filename}", "{index: 5, label: pid}",
                    "{index: 6, type: int64}",
                ], selectors: PolicyDocument.family(scene.caller.pid),
                more: ["message: \"a new program\"", "tags: [exec, sched]"], in: scene)
            for _ in 0..<3 {
                let pid = try await scene.caller.exec("close 99", in: folder)[0]
                var expected = passing(
                    event,
                    args: [
                        ["string_arg": .string(scene.callerFacts.binary), "label": "filename"],
                        .int(pid, label: "pid"), ["long_arg": .string("\(pid)")],
                    ], in: scene)
                expected.message = "a new program"
                expected.tags = ["exec", "sched"]
                expected.parent = scene.callerFacts
                expected.process = scene.callerFacts.forked(pid, between: scene.start)
                expected.process.cwd = folder
                expected.process.arguments = "once 0 close 99"
                expected.check(try await events.nextEvent())
            }
        }

        @Test("fields without a type are read as the kernel declares them")
        func declared() async throws {
            let scene = try await Scene()
            let event = "sched/sched_process_fork"
            // A text in the record on some kernels, and elsewhere on others.
            let events = try await trace(
                event,
                args: (4...7).map { "{index: \($0)}" },
                selectors: PolicyDocument.only(scene.caller.pid), in: scene)
            for _ in 0..<3 {
                let pid = try await scene.caller.fork("close 99").pid
                passing(
                    event,
                    args: [
                        ["string_arg": "syscaller"], .int(scene.caller.pid),
                        ["string_arg": "syscaller"], .int(pid),
                    ], in: scene
                ).check(try await events.nextEvent())
            }
        }

        @Test("a system call's tracepoint has the call's number and parameters")
        func systemCall() async throws {
            let scene = try await Scene()
            let event = "syscalls/sys_enter_pipe2"
            let events = try await trace(
                event,
                args: [
                    "{index: 4, type: int, label: number}", "{index: 5, label: fildes}",
                    "{index: 6, type: int, label: flags}",
                ], selectors: PolicyDocument.only(scene.caller.pid), in: scene)
            for (address, flags) in [(0, 0), (1, 0x80000), (4096, -1)] {
                try await scene.caller.call("pipe2 \(address) \(flags)")
                passing(
                    event,
                    args: [
                        .int(Self.pipe2, label: "number"),
                        ["size_arg": .string("\(address)"), "label": "fildes"],
                        .int(flags, label: "flags"),
                    ], in: scene
                ).check(try await events.nextEvent())
            }
        }

        #if arch(x86_64)
            private static let pipe2 = 293
        #else
            private static let pipe2 = 59
        #endif

        @Test("a raw tracepoint has the parameters that the kernel passes")
        func raw() async throws {
            let scene = try await Scene()
            // TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm)
            let event = "sched/sched_process_exec"
            let events = try await trace(
                event, args: ["{index: 1, label: old_pid}", "{index: 0, type: uint64}"],
                selectors: PolicyDocument.family(scene.caller.pid), more: ["raw: true"], in: scene)
            let status = try await scene.service.status("passing")
            #expect(status["hooks"]?[0]?["method"] == "raw_tp")
            let pid = try await scene.caller.exec("close 99", in: "/")[0]
            let reported = try await events.nextEvent()
            // The kernel's address of the task, which nobody else can know.
            let task = reported.call?["args"]?[1]?["size_arg"]?.text ?? ""
            #expect(try #require(UInt64(task)) >= 0x8000_0000_0000_0000)
            var expected = passing(
                event, args: [.int(pid, label: "old_pid"), ["size_arg": .string(task)]], in: scene)
            expected.parent = scene.callerFacts
            expected.process = scene.callerFacts.forked(pid, between: scene.start)
            expected.process.cwd = "/"
            expected.process.flags = "execve rootcwd clone"
            expected.process.arguments = "once 0 close 99"
            expected.check(reported)
        }

        @Test("a tracepoint that is not there, and a field too many, are refused at their place")
        func refused() async throws {
            let scene = try await Scene()
            for (event, args, pointer, hint) in [
                ("sched/sched_process_exek", [], "event", "sched/sched_process_exec"),
                ("sched/sched_process_exec", ["{index: 99}"], "args/0/index", "its fields: "),
                ("sched/sched_process_exec", ["{index: 3}"], "args/0/index", "every event has"),
            ] {
                let hook = PolicyDocument.Hook(
                    call: event, args: args, selectors: PolicyDocument.only(scene.caller.pid))
                var policy = PolicyDocument("no", hook)
                policy.section = "tracepoints"
                let answer = try await scene.service.http.send(
                    "POST", "/v1/policies", body: Array(policy.yaml.utf8))
                #expect(answer.status == 422)
                let problems = try answer.json["errors"]
                #expect(problems?.elements?.count == 1)
                #expect(problems?[0]?["pointer"]?.text == "/spec/tracepoints/0/" + pointer)
                #expect(problems?[0]?["hint"]?.text?.contains(hint) == true)
            }
        }
    }
}
