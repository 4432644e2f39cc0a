import Testing

extension IntegrationSuite {
    @Suite("Hooks on every call of a list")
    struct ListTests {
        private func policy(_ list: String, _ hook: PolicyDocument.Hook) -> PolicyDocument {
            var policy = PolicyDocument("listed", hook)
            policy.lists = [list]
            return policy
        }

        @Test("each event says which of the list's calls it is")
        func pipes() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook(
                call: "list:pipes",
                args: ["{index: 0, type: int32_arr, label: pipefd, returnCopy: true}"],
                result: "{index: 0, type: int}", selectors: PolicyDocument.only(scene.caller.pid))
            let list = "{name: pipes, type: syscalls, values: [sys_pipe, __x64_sys_pipe2]}"
            let status = try await scene.service.add(policy(list, hook).yaml)
            #expect(status["hooks"]?.elements?.count == 1)
            #expect(status["hooks"]?[0]?["pointer"] == "/spec/kprobes/0")
            #expect(status["hooks"]?[0]?["function"] == "__x64_sys_pipe")
            #expect(status["hooks"]?[0]?["functions"] == ["__x64_sys_pipe", "__x64_sys_pipe2"])
            let events = try await scene.service.events(of: "listed")
            for (words, function) in [
                ("pipe2 o:2 0", "__x64_sys_pipe2"), ("pipe o:2", "__x64_sys_pipe"),
                ("pipe2 o:2 0", "__x64_sys_pipe2"),
            ] {
                let outcome = try await scene.caller.call(words)
                scene.call(
                    "listed", function, args: [.values(outcome.arrays[0], label: "pipefd")],
                    result: .int(0)
                ).check(try await events.nextEvent())
            }
            let sent = try await scene.service.status("listed")["hooks"]?[0]?["events"]?["sent"]
            #expect(sent == 3)
        }

        @Test("a call whose child returns, too, stands beside others, and is reported once")
        func clone() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook(
                call: "list:both", result: "{index: 0, type: int}",
                selectors: PolicyDocument.family(scene.caller.pid))
            let list = "{name: both, type: syscalls, values: [getgroups, clone]}"
            let status = try await scene.service.add(policy(list, hook).yaml)
            // They need programs of their own, and are one hook of the document.
            #expect(
                status["hooks"]?.elements?.compactMap { $0["pointer"]?.text }
                    == ["/spec/kprobes/0", "/spec/kprobes/0"])
            let functions = status["hooks"]?.elements?.compactMap { $0["function"]?.text } ?? []
            #expect(functions == ["__x64_sys_getgroups", "__x64_sys_clone"])
            let events = try await scene.service.events(of: "listed")
            for _ in 0..<3 {
                let pid = try await scene.caller.fork("close 99").pid
                let groups = try await scene.caller.call("getgroups 0 0")
                scene.call("listed", "__x64_sys_clone", args: nil, result: .int(pid))
                    .check(try await events.nextEvent())
                scene.call("listed", "__x64_sys_getgroups", args: nil, result: .int(groups.result))
                    .check(try await events.nextEvent())
            }
        }

        @Test("every system call of the kernel is one hook")
        func generated() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook(
                call: "list:all", selectors: PolicyDocument.only(scene.caller.pid))
            let clock = ContinuousClock()
            var status: JSON = [:]
            let adding = try await clock.measure {
                status = try await scene.service.add(
                    policy("{name: all, type: generated_syscalls}", hook).yaml)
            }
            let functions = status["hooks"]?.elements?.flatMap {
                $0["functions"]?.elements?.compactMap(\.text) ?? [$0["function"]?.text ?? ""]
            }
            #expect((functions?.count ?? 0) > 300)
            #expect(Set(functions ?? []).count == functions?.count)
            let events = try await scene.service.events(of: "listed")
            for (words, function) in [
                ("pipe2 o:2 0", "__x64_sys_pipe2"), ("getgroups 0 0", "__x64_sys_getgroups"),
                ("socketpair 1 1 0 o:2", "__x64_sys_socketpair"), ("close 99", "__x64_sys_close"),
            ] {
                try await scene.caller.call(words)
                // The caller reads its commands and writes its answers, too.
                let event = try await events.next { event in
                    !["__x64_sys_read", "__x64_sys_write"].contains(event.function)
                }
                scene.call("listed", function, args: nil).check(event)
            }
            let deleting = try await clock.measure { try await scene.service.delete("listed") }
            #expect(adding < Self.patience)
            #expect(deleting < Self.patience)
        }

        /// Far more than it takes: what is slower has a fault.
        private static let patience = Duration.seconds(15) * Machine.slowness
    }
}
