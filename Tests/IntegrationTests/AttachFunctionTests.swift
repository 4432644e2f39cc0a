import Glibc
import Testing

extension IntegrationSuite {
    /// What a hook reports of do_pipe2(int *fildes, int flags), whatever attaches it.
    @Suite("Kernel functions, by every method", .requiresFunctionHooks)
    struct AttachFunctionTests {
        @Test("entry, return, both and what the call fills", arguments: AttachMethods.ofFunctions)
        func pipe(method: String) async throws {
            let scene = try await Scene()
            let flags = "{index: 1, type: int, label: flags}"
            let array = "{index: 0, type: int32_arr, label: pipefd, returnCopy: true}"
            let result = "{index: 0, type: int}"
            let close = Int(O_CLOEXEC)
            try await check(scene, method, [flags], nil) { _ in
                ([.int(close, label: "flags")], nil)
            }
            try await check(scene, method, [], result) { _ in (nil, .int(0)) }
            try await check(scene, method, [flags], result) { _ in
                ([.int(close, label: "flags")], .int(0))
            }
            try await check(scene, method, [array, flags], result) { outcome in
                (.pipe2(outcome.arrays[0], flags: close), .int(0))
            }
            try await check(scene, method, [flags, array], nil) { outcome in
                (
                    [
                        .int(close, label: "flags"),
                        .values(outcome.arrays[0], label: "pipefd"),
                    ], nil
                )
            }
        }

        /// Adds the policy by one method, and compares the event of pipe2("o:2", O_CLOEXEC).
        private func check(
            _ scene: Scene, _ method: String, _ args: [String], _ result: String?,
            expected: (Syscaller.Outcome) -> (args: JSON?, result: JSON?)
        ) async throws {
            var policy = PolicyDocument(
                "function",
                .function("do_pipe2", args, result: result, PolicyDocument.only(scene.caller.pid)))
            policy.options = ["attach-method": method]
            let status = try await scene.service.add(policy.yaml)
            #expect(status["hooks"]?[0]?["method"] == .string(method))
            #expect(status["hooks"]?[0]?["refused"] == [])
            let events = try await scene.service.events(of: "function")
            let outcome = try await scene.caller.call("pipe2 o:2 \(O_CLOEXEC)")
            #expect(outcome.number == 0)
            let (args, result) = expected(outcome)
            scene.call("function", "do_pipe2", args: args, result: result)
                .check(try await events.nextEvent())
            let counters = try await scene.service.status("function")["hooks"]?[0]?["events"]
            #expect(counters?["sent"] == 1)
            for name in ["missed_entry", "missed_return", "lost_pending_full", "lost_ring_full"] {
                #expect(counters?[name] == 0, "\(name) by \(method)")
            }
            try await scene.service.delete("function")
        }

        @Test(
            "a failed call has its error, and what it did not fill",
            arguments: AttachMethods.ofFunctions)
        func failure(method: String) async throws {
            let scene = try await Scene()
            var policy = PolicyDocument(
                "function",
                .function(
                    "do_pipe2",
                    ["{index: 0, type: int32_arr, returnCopy: true}", "{index: 1, type: int}"],
                    result: "{index: 0, type: int}", PolicyDocument.only(scene.caller.pid)))
            policy.options = ["attach-method": method]
            let events = try await scene.trace(policy)
            let outcome = try await scene.caller.call("pipe2 o:2 1")
            #expect(outcome.number == EINVAL)
            scene.call(
                "function", "do_pipe2", args: [.missing(.notWritten), .int(1)],
                result: .int(-Int(EINVAL))
            ).check(try await events.nextEvent())
        }

        @Test(
            "a system call by every method that serves it", arguments: AttachMethods.ofSystemCalls)
        func systemCall(method: String) async throws {
            let scene = try await Scene()
            var policy = PolicyDocument("call", .pipe2(PolicyDocument.only(scene.caller.pid)))
            policy.options = ["attach-method": method]
            let status = try await scene.service.add(policy.yaml)
            #expect(status["hooks"]?[0]?["method"] == .string(method))
            let events = try await scene.service.events(of: "call")
            for _ in 0..<3 {
                let outcome = try await scene.caller.call("pipe2 o:2 0")
                scene.pipe2("call", outcome.arrays[0])
                    .check(try await events.nextEvent())
            }
        }

        @Test(
            "a text of the caller at entry, with the result", arguments: AttachMethods.ofFunctions)
        func text(method: String) async throws {
            let scene = try await Scene()
            var policy = PolicyDocument(
                "function",
                .function(
                    "do_sys_openat2",
                    ["{index: 0, type: int}", "{index: 1, type: string, label: path}"],
                    result: "{index: 0, type: int}", PolicyDocument.only(scene.caller.pid)))
            policy.options = ["attach-method": method]
            let events = try await scene.trace(policy)
            let path = "/dev/null"
            let hex = path.utf8.map { String($0, radix: 16) }.joined()
            let outcome = try await scene.caller.call("openat -100 s:\(hex) 0")
            #expect(outcome.result >= 0)
            scene.call(
                "function", "do_sys_openat2",
                args: [.int(-100), ["string_arg": .string(path), "label": "path"]],
                result: .int(outcome.result)
            ).check(try await events.nextEvent())
        }

        @Test(
            "a structure's address, and the verdict of a security hook",
            arguments: AttachMethods.ofFunctions)
        func securityHook(method: String) async throws {
            let scene = try await Scene()
            var policy = PolicyDocument(
                "function",
                .function(
                    "security_file_open", ["{index: 0, type: uint64, label: file}"],
                    result: "{index: 0, type: int}", PolicyDocument.only(scene.caller.pid)))
            policy.options = ["attach-method": method]
            let events = try await scene.trace(policy)
            try await scene.caller.call("openat -100 s:2f6465762f6e756c6c 0")  // /dev/null
            let event = try await events.nextEvent()
            let address = event.call?["args"]?[0]?["size_arg"]?.text.flatMap { UInt64($0) }
            // In the kernel's half of the addresses.
            #expect((address ?? 0) >> 63 == 1)
            scene.call(
                "function", "security_file_open",
                args: [["size_arg": .string("\(address ?? 0)"), "label": "file"]], result: .int(0)
            ).check(event)
        }

        @Test("two policies on one function, by different methods")
        func sideBySide() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook.function(
                "do_pipe2", ["{index: 1, type: int}"], result: "{index: 0, type: int}",
                PolicyDocument.only(scene.caller.pid))
            for method in AttachMethods.ofFunctions {
                var policy = PolicyDocument(name(method), hook)
                policy.options = ["attach-method": method]
                try await scene.service.add(policy.yaml)
            }
            let names = AttachMethods.ofFunctions.map(name)
            let events = try await EventSubscriber(
                port: scene.service.port,
                query: "type=process_kprobe" + names.map { "&policy=" + $0 }.joined())
            for _ in 0..<5 {
                try await scene.caller.call("pipe2 o:2 0")
                var reported: Set<String> = []
                for event in try await events.take(names.count) {
                    let policy = event.call?["policy_name"]?.text ?? ""
                    reported.insert(policy)
                    scene.call(policy, "do_pipe2", args: [.int(0)], result: .int(0)).check(event)
                }
                #expect(reported == Set(names))
            }
        }

        private func name(_ method: String) -> String { "by-" + method }
    }
}
