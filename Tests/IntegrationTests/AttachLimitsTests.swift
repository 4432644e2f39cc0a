import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Kernel functions that are special", .requiresFunctionHooks)
    struct AttachLimitsTests {
        @Test("a function of the timer interrupt", arguments: AttachMethods.ofFunctions)
        func interrupt(method: String) async throws {
            let scene = try await Scene()
            // update_process_times(int user_tick): in the interrupt, whatever runs, on every CPU.
            var policy = PolicyDocument(
                "ticks",
                .function(
                    "update_process_times", ["{index: 0, type: int, label: user}"], []))
            policy.options = ["attach-method": method]
            let events = try await scene.trace(policy)
            for event in try await events.take(20) {
                let call = event.call
                #expect(call?["function_name"] == "update_process_times")
                #expect([0, 1].contains(call?["args"]?[0]?["int_arg"]?.number))
                #expect(call?["process"]?["pid"]?.number != nil)
            }
            try await scene.service.delete("ticks")
        }

        @Test(
            "a function that kernel threads and interrupts run, entry and return in one event",
            arguments: AttachMethods.ofFunctions)
        func kernelThread(method: String) async throws {
            let scene = try await Scene()
            // try_to_wake_up's callers: wake_up_process(struct task_struct *) returns whether it did.
            var policy = PolicyDocument(
                "wakes",
                .function(
                    "wake_up_process", ["{index: 0, type: uint64}"],
                    result: "{index: 0, type: int}", []))
            policy.options = ["attach-method": method]
            let events = try await scene.trace(policy)
            for event in try await events.take(50) {
                let call = event.call
                #expect(call?["function_name"] == "wake_up_process")
                let address = call?["args"]?[0]?["size_arg"]?.text.flatMap { UInt64($0) }
                #expect((address ?? 0) >> 63 == 1)
                #expect([0, 1].contains(call?["return"]?["int_arg"]?.number))
            }
            let counters = try await scene.service.status("wakes")["hooks"]?[0]?["events"]
            #expect(counters?["lost_pending_full"] == 0)
            #expect(counters?["missed_return"] == 0)
            try await scene.service.delete("wakes")
        }

        @Test("the sixth parameter of six", arguments: AttachMethods.ofFunctions)
        func six(method: String) async throws {
            try await mapping(
                "vm_mmap_pgoff", method: method,
                args: [
                    "{index: 2, type: uint64}", "{index: 3, type: uint64}",
                    "{index: 4, type: uint64}", "{index: 5, type: uint64}",
                ], expected: ["8192", "1", "34", "0"], methods: [method])
        }

        @Test("a function of more than six parameters is served, if need be by the next method")
        func eight() async throws {
            // do_mmap(file, addr, len, prot, flags, ...): Linux 6.1 has no trampolines for more than six.
            try await mapping(
                "do_mmap", method: nil,
                args: ["{index: 2, type: uint64}", "{index: 3, type: uint64}"],
                expected: ["8192", "1"], methods: AttachMethods.ofFunctions)
        }

        /// Hooks a function that mmap(2) comes by, and checks the event of one call.
        private func mapping(
            _ function: String, method: String?, args: [String], expected: [String],
            methods: [String]
        ) async throws {
            let scene = try await Scene()
            var policy = PolicyDocument(
                "mapping",
                .function(
                    function, args, result: "{index: 0, type: uint64}",
                    PolicyDocument.only(scene.caller.pid)))
            if let method { policy.options = ["attach-method": method] }
            let hook = try await scene.service.add(policy.yaml)["hooks"]?[0]
            let used = try #require(hook?["method"]?.text)
            #expect(methods.contains(used))
            // Each better one is there with its reason.
            let refused = hook?["refused"]?.elements ?? []
            #expect(refused.compactMap { $0["method"]?.text } == methods.prefix { $0 != used })
            for refusal in refused { #expect(refusal["reason"]?.text?.isEmpty == false) }
            let events = try await scene.service.events(of: "mapping")
            let outcome = try await scene.caller.call("mmap 0 8192 1 34 -1 0")
            let event = try await events.nextEvent()
            scene.call(
                "mapping", function,
                args: .array(expected.map { ["size_arg": .string($0)] }),
                result: ["size_arg": .string("\(outcome.result)")]
            ).check(event)
            try await scene.service.delete("mapping")
        }

        @Test("what the compiler made of a function is named, and can be hooked by its own name")
        func parts() async throws {
            let (name, part) = try #require(try Self.compilerMade())
            let service = try await ServiceProcess.start()
            let refused = try await post(service, PolicyDocument("part", .function(name, [], [])))
            #expect(refused.status == 422)
            let error = try refused.json["errors"]?[0]
            #expect(error?["code"] == "unknown_call")
            #expect(error?["pointer"] == "/spec/kprobes/0/call")
            #expect(error?["message"]?.text?.contains(part) == true)
            var policy = PolicyDocument("part", .function(part, [], PolicyDocument.only(1)))
            policy.options = ["attach-method": "kprobe"]
            let served = try await post(service, policy)
            #expect(served.status == 201)
            #expect(try served.json["warnings"]?[0]?["code"] == "unknown_prototype")
        }

        /// A function of which there is nothing but one part, `.isra.0` or `.constprop.0`.
        private static func compilerMade() throws -> (name: String, part: String)? {
            // Not String(contentsOfFile:), which takes a file without a size for a short one.
            let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/kallsyms"))
            let table = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            var counts: [Substring: Int] = [:]
            var parts: [Substring: [Substring]] = [:]
            for line in table.split(separator: "\n") {
                let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
                guard words.count == 3, words[1] == "t" || words[1] == "T" else { continue }
                let name = words[2].prefix { $0 != "." }
                counts[words[2], default: 0] += 1
                if name != words[2] { parts[name, default: []].append(words[2]) }
            }
            let only = parts.sorted { $0.key < $1.key }.first { name, parts in
                counts[name] == nil && parts.count == 1 && counts[parts[0]] == 1
                    && (parts[0].hasSuffix(".isra.0") || parts[0].hasSuffix(".constprop.0"))
            }
            return only.map { (String($0.key), String($0.value[0])) }
        }

        @Test("a function that the kernel lets nobody hook is refused in the kernel's words")
        func untraceable() async throws {
            let service = try await ServiceProcess.start()
            let answer = try await post(
                service, PolicyDocument("none", .function("exc_page_fault", [], [])))
            #expect(answer.status == 422)
            #expect(try answer.json["type"] == "/problems/kernel-refused")
            let error = try answer.json["errors"]?[0]
            #expect(error?["pointer"] == "/spec/kprobes/0")
            #expect((error?["errno"]?.number ?? 0) > 0)
            #expect(error?["kernel"]?.text?.isEmpty == false)
            let detail = try answer.json["detail"]?.text ?? ""
            for method in AttachMethods.ofFunctions.dropLast() { #expect(detail.contains(method)) }
            #expect(try await service.http.send("GET", "/v1/policies").json["count"] == 0)
        }

        @Test("a hundred functions in one list, under load: the machine and the service stay well")
        func hot() async throws {
            let scene = try await Scene()
            let hook = PolicyDocument.Hook.function(
                "list:hot", [], result: "{index: 0, type: int64}",
                PolicyDocument.family(scene.caller.pid))
            var policy = PolicyDocument("hot", hook)
            policy.lists = [
                "{name: hot, type: generated_ftrace, pattern: \"^(vfs_|security_inode_)\"}"
            ]
            let hooks = try await scene.service.add(policy.yaml)["hooks"]?.elements ?? []
            let names = hooks.flatMap { hook in
                hook["functions"]?.elements?.compactMap(\.text) ?? [hook["function"]?.text ?? ""]
            }
            #expect(names.count >= 80)
            let events = try await scene.service.events(of: "hot")
            let child = try await scene.caller.startChild()
            // pipe2, close, close from 8 threads, and a thousand opens and reads beside them.
            _ = try await scene.caller.obey("stress 8 0")
            let end = ContinuousClock.now + .seconds(10)
            var opened = 0
            while ContinuousClock.now < end {
                // /proc/self/stat
                let words = "openat -100 s:2f70726f632f73656c662f73746174 0"
                let outcome = try await scene.caller.call(words)
                #expect(outcome.result >= 0)
                try await scene.caller.call("read \(outcome.result) o:64 256")
                try await scene.caller.call("close \(outcome.result)")
                opened += 1
            }
            _ = try await scene.caller.obey("calm")
            #expect(opened > 0 && child > 0)
            let members = Set(names)
            // More than the log holds: the stream says where something is missing.
            for _ in 0..<min(opened, 500) {
                let event = try await events.next { $0.name == "process_kprobe" }
                #expect(members.contains(event.call?["function_name"]?.text ?? ""))
                #expect(event.call?["return"]?["long_arg"] != nil)
            }
            #expect(try await scene.service.http.send("GET", "/healthz").status == 200)
            for hook in try await scene.service.status("hot")["hooks"]?.elements ?? [] {
                #expect(hook["events"]?["lost_pending_full"] == 0)
                #expect(hook["events"]?["missed_return"] == 0)
            }
            try await scene.service.delete("hot")
        }

        @Test("a function that never returns is counted when its place on the stack is taken")
        func endless() async throws {
            let scene = try await Scene()
            var policy = PolicyDocument(
                "ends",
                .function(
                    "__x64_sys_exit_group", ["{index: 0, type: uint64}"],
                    result: "{index: 0, type: int64}",
                    PolicyDocument.family(scene.caller.pid)))
            policy.options = ["attach-method": "kprobe"]
            try await scene.service.add(policy.yaml)
            let deadline = ContinuousClock.now + Deadline.usual
            var missed = 0
            while missed == 0, ContinuousClock.now < deadline {
                // Stacks of threads that have ended serve the next ones.
                _ = try await scene.caller.exec("pipe2 o:2 0", count: 20, in: "/")
                missed =
                    try await scene.service.metric(
                        #"lost_total{stage="kernel_return_missed"}"#) ?? 0
            }
            #expect(missed > 0)
            let counters = try await scene.service.status("ends")["hooks"]?[0]?["events"]
            #expect((counters?["missed_return"]?.number ?? 0) >= missed)
            #expect(counters?["sent"] == 0)
            try await scene.service.delete("ends")
        }

        @Test("a function that a program itself calls is not reported, and counted")
        func recursion() async throws {
            let scene = try await Scene()
            // Both read text of the caller, for which programs call strncpy_from_user_nofault().
            var inner = PolicyDocument(
                "inner",
                .function(
                    "strncpy_from_user_nofault", ["{index: 1, type: string}"],
                    PolicyDocument.only(scene.caller.pid)))
            inner.options = ["attach-method": "fentry"]
            let outer = PolicyDocument(
                "outer",
                .init(
                    call: "sys_openat", args: ["{index: 1, type: string}"],
                    selectors: PolicyDocument.only(scene.caller.pid)))
            try await scene.service.add(inner.yaml)
            let events = try await scene.service.events(of: "inner")
            try await scene.service.add(outer.yaml)
            try await scene.caller.call("openat -100 s:2f6465762f6e756c6c 0")  // /dev/null
            scene.call(
                "inner", "strncpy_from_user_nofault", args: [["string_arg": "/dev/null"]]
            ).check(try await events.nextEvent())
            let counters = try await scene.service.status("inner")["hooks"]?[0]?["events"]
            #expect(counters?["sent"] == 1)
            #expect((counters?["missed_recursion"]?.number ?? 0) >= 1)
            #expect(
                (try await scene.service.metric(#"lost_total{stage="kernel_skipped"}"#) ?? 0) >= 1)
        }

        @Test("GET /v1/kernel says the same as those who know this kernel")
        func capabilities() async throws {
            let service = try await ServiceProcess.start()
            let methods = try await service.http.send("GET", "/v1/kernel").json["methods"]?.elements
            for name in ["fentry", "kprobe.multi", "kprobe"] {
                let method = methods?.first { $0["name"] == .string(name) }
                #expect(method?["available"] == .bool(AttachMethods.ofFunctions.contains(name)))
            }
        }

        private func post(_ service: ServiceProcess, _ policy: PolicyDocument) async throws
            -> HTTPResponse
        {
            try await service.http.send(
                "POST", "/v1/policies", headers: [("Content-Type", "application/yaml")],
                body: Array(policy.yaml.utf8))
        }
    }
}
