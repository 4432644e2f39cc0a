import Glibc
import Testing

extension IntegrationSuite {
    /// Every policy here is for children of the test's own process, which makes the calls.
    @Suite("Actions: signals to the caller, and calls that are not reported")
    struct ActionTests {
        private static let kill = "{action: Sigkill}"
        private static let flags = "{index: 1, type: int, label: flags}"
        private static let int = "{index: 0, type: int}"

        /// A policy for the caller and its children.
        private static func policy(
            _ scene: Scene, _ actions: String, result: String? = nil
        ) -> PolicyDocument {
            let hook = PolicyDocument.Hook(
                call: "sys_pipe2", args: [flags], result: result,
                selectors: PolicyDocument.family(scene.caller.pid))
            return PolicyDocument("acts", hook.acting(actions))
        }

        /// What the event of a child's pipe2 must say.
        private static func expected(
            _ scene: Scene, _ child: Int, action: String = "SIGKILL", enforcement: String?,
            result: JSON? = nil
        ) -> ExpectedCall {
            var call = scene.call(
                by: child, "acts", "__x64_sys_pipe2", args: [.int(0, label: "flags")],
                result: result)
            call.action = "KPROBE_ACTION_" + action
            call.enforcement = enforcement
            return call
        }

        /// What a selector's actions came to, but for what is 0.
        private static func counts(_ scene: Scene, selector: Int = 0) async throws -> [String: Int]
        {
            let status = try await scene.service.status("acts")
            let names = ["post", "nopost", "signal", "monitor_signal", "failed_signal"]
            var counts: [String: Int] = [:]
            for name in names {
                let found = status["hooks"]?[0]?["selectors"]?[selector]?[name]?.number
                let count = try #require(found, "\(name)")
                if count > 0 { counts[name] = count }
            }
            return counts
        }

        @Test(
            "a caller is killed, and the event has the call's result",
            arguments: AttachMethods.ofSystemCalls)
        func killed(method: String) async throws {
            let scene = try await Scene()
            var policy = Self.policy(scene, Self.kill, result: Self.int)
            policy.options = ["attach-method": method]
            let status = try await scene.service.add(policy.yaml)
            #expect(status["mode"] == "enforce")
            #expect(status["hooks"]?[0]?["method"] == .string(method))
            let events = try await scene.service.events(of: "acts")
            for _ in 0..<3 {
                let (child, status) = try await scene.caller.attempt("pipe2 o:2 0")
                #expect(status == WaitStatus(SIGKILL))
                Self.expected(scene, child, enforcement: "enforced", result: .int(0))
                    .check(try await events.nextEvent())
            }
            #expect(try await Self.counts(scene) == ["post": 3, "signal": 3])
            let counters = try await scene.service.status("acts")["hooks"]?[0]?["events"]
            #expect(counters?["sent"] == 3)
            for name in ["lost_ring_full", "lost_pending_full", "missed_entry", "missed_return"] {
                #expect(counters?[name] == 0, "\(name)")
            }
        }

        @Test(
            "the caller of a kernel function is killed, whatever attaches the program",
            .requiresFunctionHooks, arguments: AttachMethods.ofFunctions, [nil, int])
        func killedInFunction(method: String, result: String?) async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook.function(
                "do_pipe2", [Self.flags], result: result,
                PolicyDocument.family(scene.caller.pid))
            var policy = PolicyDocument("acts", hook.acting(Self.kill))
            policy.options = ["attach-method": method]
            let events = try await scene.trace(policy)
            let (child, status) = try await scene.caller.attempt("pipe2 o:2 0")
            #expect(status == WaitStatus(SIGKILL))
            var expected = Self.expected(
                scene, child, enforcement: "enforced", result: result == nil ? nil : .int(0))
            expected.site = .function("do_pipe2")
            expected.check(try await events.nextEvent())
            #expect(try await Self.counts(scene) == ["post": 1, "signal": 1])
        }

        @Test("whoever passes a tracepoint is killed")
        func killedAtTracepoint() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook(
                call: "syscalls/sys_enter_pipe2", args: ["{index: 6, type: int}"],
                selectors: PolicyDocument.family(scene.caller.pid))
            var policy = PolicyDocument("acts", hook.acting(Self.kill))
            policy.section = "tracepoints"
            try await scene.service.add(policy.yaml)
            let events = try await EventSubscriber(
                port: scene.service.port, query: "type=process_tracepoint&policy=acts")
            let (child, status) = try await scene.caller.attempt("pipe2 o:2 0")
            #expect(status == WaitStatus(SIGKILL))
            var expected = Self.expected(scene, child, enforcement: "enforced")
            expected.site = .tracepoint(subsystem: "syscalls", event: "sys_enter_pipe2")
            expected.args = [.int(0)]
            expected.check(try await events.nextEvent())
        }

        @Test("whoever passes a raw tracepoint is killed")
        func killedAtRawTracepoint() async throws {
            let scene = try await Scene()
            var hook = PolicyDocument.Hook(
                call: "sched/sched_process_exec", args: ["{index: 1, type: int}"],
                selectors: PolicyDocument.family(scene.caller.pid))
            hook.more = ["raw: true"]
            var policy = PolicyDocument("acts", hook.acting(Self.kill))
            policy.section = "tracepoints"
            try await scene.service.add(policy.yaml)
            let events = try await EventSubscriber(
                port: scene.service.port, query: "type=process_tracepoint&policy=acts")
            let child = try #require(try await scene.caller.start(["exec:/proc/self/exe"]).last)
            #expect(try await scene.caller.end(child) == WaitStatus(SIGKILL))
            let event = try await events.nextEvent()
            #expect(event.call?["process"]?["pid"] == .number(child))
            #expect(event.call?["event"] == "sched_process_exec")
            #expect(event.call?["action"] == "KPROBE_ACTION_SIGKILL")
            #expect(event.call?["enforcement"] == "enforced")
        }

        @Test("a call that would wait is not waited for: the caller is killed as it comes in")
        func killedBeforeItWaits() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook(
                call: "sys_read", args: [Self.int], result: Self.int,
                selectors: PolicyDocument.family(scene.caller.pid))
            // Not the caller itself, which reads its commands.
            var policy = PolicyDocument("acts", hook.acting(Self.kill))
            policy.hooks[0].selectors[0].append(
                "{operator: NotIn, values: [\(scene.caller.pid)]}")
            let events = try await scene.trace(policy)
            // Nobody writes to it while its answer is awaited.
            let (child, status) = try await scene.caller.attempt("read 0 o:1 1")
            #expect(status == WaitStatus(SIGKILL))
            let event = try await events.nextEvent()
            #expect(event.call?["process"]?["pid"] == .number(child))
            #expect(event.call?["enforcement"] == "enforced")
            // ERESTARTSYS: the kernel was about to look at signals.
            #expect(event.call?["return"] == .int(-512))
        }

        @Test("signals are sent in their order, and the last action is the one that events name")
        func several() async throws {
            let scene = try await Scene()
            let events = try await scene.trace(
                Self.policy(
                    scene,
                    "{action: Signal, argSig: \(SIGURG)}, {action: Signal, argSig: \(SIGUSR2)}"))
            let (child, status) = try await scene.caller.attempt("pipe2 o:2 0")
            #expect(status == WaitStatus(SIGUSR2))
            Self.expected(scene, child, action: "SIGNAL", enforcement: "enforced")
                .check(try await events.nextEvent())
            #expect(try await Self.counts(scene) == ["post": 1, "signal": 2])
        }

        @Test("a signal that the caller ignores leaves it alive, and Post is the last action")
        func ignored() async throws {
            let scene = try await Scene()
            let events = try await scene.trace(
                Self.policy(scene, "{action: Signal, argSig: \(SIGURG)}, {action: Post}"))
            let (child, status) = try await scene.caller.attempt("pipe2 o:2 0")
            #expect(status == WaitStatus(0))
            Self.expected(scene, child, action: "POST", enforcement: "enforced")
                .check(try await events.nextEvent())
        }

        @Test("what is not to be reported is done and counted, and makes no event")
        func silent() async throws {
            let scene = try await Scene()
            let events = try await scene.trace(
                Self.policy(scene, Self.kill + ", {action: NoPost}", result: Self.int))
            for _ in 0..<3 {
                let (_, status) = try await scene.caller.attempt("pipe2 o:2 0")
                #expect(status == WaitStatus(SIGKILL))
            }
            #expect(try await Self.counts(scene) == ["nopost": 3, "signal": 3])
            let counters = try await scene.service.status("acts")["hooks"]?[0]?["events"]
            #expect(counters?["sent"] == 0)
            // What comes after them shows that there is nothing of them.
            try await scene.service.delete("acts")
            let later = try await scene.trace(
                Self.policy(scene, "{action: Post}"))
            let (child, _) = try await scene.caller.attempt("pipe2 o:2 0")
            Self.expected(scene, child, action: "POST", enforcement: nil)
                .check(try await later.nextEvent())
            let first = try await events.nextEvent()
            #expect(first.call?["process"]?["pid"] == .number(child))
        }

        @Test("the first selector that takes a call decides what is done about it")
        func firstDecides() async throws {
            let scene = try await Scene()
            let child = try await scene.caller.startChild()
            var hook = PolicyDocument.Hook(
                call: "sys_pipe2", args: [Self.flags], result: Self.int,
                selectors: PolicyDocument.only(child) + PolicyDocument.only(scene.caller.pid)
                    + PolicyDocument.family(scene.caller.pid))
            hook.selectorFields = [
                ["label: quiet", "matchActions: [{action: NoPost}]"], [],
                ["label: others", "matchActions: [\(Self.kill)]"],
            ]
            let events = try await scene.trace(PolicyDocument("acts", hook))
            try await scene.caller.call("pipe2 o:2 0", generation: 1)
            try await scene.caller.call("pipe2 o:2 0")
            let (other, status) = try await scene.caller.attempt("pipe2 o:2 0")
            #expect(status == WaitStatus(SIGKILL))

            let own = try await events.nextEvent()
            scene.call(
                "acts", "__x64_sys_pipe2", args: [.int(0, label: "flags")], result: .int(0)
            ).check(own)
            Self.expected(scene, other, enforcement: "enforced", result: .int(0))
                .check(try await events.nextEvent())
            #expect(try await Self.counts(scene, selector: 0) == ["nopost": 1])
            #expect(try await Self.counts(scene, selector: 1) == ["post": 1])
            #expect(try await Self.counts(scene, selector: 2) == ["post": 1, "signal": 1])
            let selectors = try await scene.service.status("acts")["hooks"]?[0]?["selectors"]
            #expect(selectors?.elements?.map { $0["label"] } == ["quiet", .null, "others"])
            let counters = try await scene.service.status("acts")["hooks"]?[0]?["events"]
            // A call that nothing was kept of is no call whose entry was missed.
            #expect(counters?["missed_entry"] == 0)
        }

        @Test("the service itself is spared, and says so")
        func spared() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook(
                call: "sys_accept4", args: [Self.int],
                selectors: PolicyDocument.only(scene.service.pid))
            let events = try await scene.trace(PolicyDocument("acts", hook.acting(Self.kill)))
            // Each of these is a new connection.
            #expect(try await scene.service.http.send("GET", "/healthz").status == 200)
            let event = try await events.nextEvent()
            #expect(event.call?["process"]?["pid"] == .number(scene.service.pid))
            #expect(event.call?["action"] == "KPROBE_ACTION_SIGKILL")
            #expect(event.call?["enforcement"] == "failed")
            #expect(try await scene.service.http.send("GET", "/healthz").status == 200)
            let counts = try await Self.counts(scene)
            #expect(counts["signal"] == nil)
            #expect(counts["failed_signal"] == counts["post"])
        }

        @Test("a policy that monitors does nothing to the caller, and says what it would have done")
        func monitored() async throws {
            let scene = try await Scene()
            var policy = Self.policy(
                scene, "{action: Signal, argSig: 15}, \(Self.kill)", result: Self.int)
            policy.options = ["policy-mode": "monitor"]
            let status = try await scene.service.add(policy.yaml)
            #expect(status["mode"] == "monitor")
            let events = try await scene.service.events(of: "acts")
            let (child, ending) = try await scene.caller.attempt("pipe2 o:2 0")
            #expect(ending == WaitStatus(0))
            Self.expected(scene, child, enforcement: "monitored", result: .int(0))
                .check(try await events.nextEvent())
            #expect(try await Self.counts(scene) == ["post": 1, "monitor_signal": 2])
        }

        @Test("a mode that is patched counts from the next call on")
        func patched() async throws {
            let scene = try await Scene()
            let events = try await scene.trace(Self.policy(scene, Self.kill))
            for mode in ["monitor", "enforce", "monitor", "enforce"] {
                try await scene.service.setMode("acts", mode)
                let (child, status) = try await scene.caller.attempt("pipe2 o:2 0")
                #expect(status == WaitStatus(mode == "enforce" ? SIGKILL : 0), "\(mode)")
                Self.expected(
                    scene, child, enforcement: mode == "enforce" ? "enforced" : "monitored"
                ).check(try await events.nextEvent())
            }
            #expect(
                try await Self.counts(scene) == ["post": 4, "signal": 2, "monitor_signal": 2])
        }
    }
}
