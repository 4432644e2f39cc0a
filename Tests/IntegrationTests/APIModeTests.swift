import Foundation
import Testing

extension IntegrationSuite {
    /// Every policy here is for children of the test's own process, which makes the calls.
    @Suite("The mode of a policy")
    struct APIModeTests {
        /// A policy that kills the caller's children; `note` makes versions differ.
        private static func document(
            _ caller: Syscaller, mode: String? = nil, note: String = ""
        ) -> String {
            let hook = PolicyDocument.Hook(
                call: "sys_pipe2", selectors: PolicyDocument.family(caller.pid))
            var policy = PolicyDocument("acts", hook.acting("{action: Sigkill}"))
            if let mode { policy.options = ["policy-mode": mode] }
            return policy.yaml + "# \(note)\n"
        }

        /// Has a child make a call, and checks what its status and its end say of the mode.
        private static func expect(
            _ mode: String, _ service: ServiceProcess, _ caller: Syscaller,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let status = try await service.status("acts")
            #expect(status["mode"] == .string(mode), sourceLocation: sourceLocation)
            let (_, ending) = try await caller.attempt("pipe2 o:2 0")
            #expect(
                ending == WaitStatus(mode == "enforce" ? SIGKILL : 0),
                sourceLocation: sourceLocation)
        }

        @Test("a patch is answered by the status, told in the stream, and shown in the metrics")
        func told() async throws {
            let scene = try await Scene()
            let service = scene.service
            let added = try await service.add(Self.document(scene.caller))
            #expect(added["mode"] == "enforce")
            let stream = try await EventSubscriber(port: service.port, query: "type=policy")
            let answer = try await service.patch("acts", #"{"mode": "monitor"}"#)
            #expect(answer.status == 200)
            #expect(answer.headers["etag"] == added["etag"]?.text)
            let status = try answer.json
            #expect(status["mode"] == "monitor")
            #expect(status["state"] == "enabled")
            #expect(status["version"] == 1)
            let told = try await stream.nextEvent().json["policy"]
            #expect(told == ["name": "acts", "state": "enabled", "mode": "monitor"])
            try await Self.expect("monitor", service, scene.caller)
            #expect(try await service.metric(#"policy_mode{policy="acts",mode="monitor"}"#) == 1)
            let labels =
                #"policy="acts",function="__x64_sys_pipe2",hook="/spec/kprobes/0","#
                + #"selector="0",label="","#
            for (action, count) in [("monitor_signal", 1), ("signal", 0), ("post", 1)] {
                let name = "selector_actions_total{\(labels)action=\"\(action)\"}"
                #expect(try await service.metric(name) == count, "\(action)")
            }
            // The same again is no news; what comes next is.
            #expect(try await service.patch("acts", #"{"mode": "monitor"}"#).status == 200)
            #expect(
                try await service.patch("acts", #"{"enabled": false, "mode": "enforce"}"#).status
                    == 200)
            #expect(
                try await stream.nextEvent().json["policy"]
                    == ["name": "acts", "state": "disabled", "mode": "enforce"])
            try await service.delete("acts")
            #expect(
                try await stream.nextEvent().json["policy"]
                    == ["name": "acts", "state": "deleted"])
        }

        @Test("a policy that has nothing to enforce only monitors, and cannot be told otherwise")
        func nothingToEnforce() async throws {
            let scene = try await Scene()
            let service = scene.service
            let hook = PolicyDocument.Hook.pipe2(PolicyDocument.only(scene.caller.pid))
            let status = try await service.add(PolicyDocument("pipes", hook).yaml)
            #expect(status["mode"] == "monitor_only")
            #expect(status["hooks"]?[0]?["selectors"] == nil)
            for mode in ["enforce", "monitor"] {
                let answer = try await service.patch(
                    "pipes", "{\"mode\": \"\(mode)\", \"enabled\": false}")
                #expect(answer.status == 422)
                #expect(try answer.json["type"] == "/problems/nothing-to-enforce")
            }
            #expect(try await service.patch("pipes", #"{"mode": null}"#).status == 200)
            let after = try await service.status("pipes")
            #expect(after["state"] == "enabled")
            #expect(after["mode"] == "monitor_only")
        }

        @Test("a service that enforces nothing has every policy monitor, whatever anybody says")
        func nothingEnforced() async throws {
            let scene = try await Scene(["--monitor-only"])
            let (service, caller) = (scene.service, scene.caller)
            try await service.add(Self.document(caller, mode: "enforce"))
            try await Self.expect("monitor", service, caller)
            let answer = try await service.patch("acts", #"{"mode": "enforce", "enabled": false}"#)
            #expect(answer.status == 409)
            #expect(try answer.json["type"] == "/problems/only-monitors")
            #expect(try await service.status("acts")["state"] == "enabled")
            #expect(try await service.patch("acts", #"{"mode": null}"#).status == 200)
            try await Self.expect("monitor", service, caller)
            #expect(
                try await service.put("acts", Self.document(caller, note: "two")).status == 200)
            try await Self.expect("monitor", service, caller)
            let counts = try await service.status("acts")["hooks"]?[0]?["selectors"]?[0]
            #expect(counts?["signal"] == 0)
            #expect(counts?["monitor_signal"] == 1)
        }

        @Test("what is not there or not installed has no mode to change")
        func notInstalled() async throws {
            let service = try await ServiceProcess.start(
                policies: ["acts": "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\n"])
            let status = try await service.status("acts")
            #expect(status["state"] == "load_error")
            #expect(status["mode"] == .null)
            let answer = try await service.patch("acts", #"{"mode": "monitor"}"#)
            #expect(answer.status == 409)
            #expect(try answer.json["type"] == "/problems/not-installed")
            #expect(try await service.patch("other", #"{"mode": null}"#).status == 404)
        }

        @Test("the last word counts: a patch's, or that of a newer document which has one")
        func lastWord() async throws {
            let scene = try await Scene()
            let (service, caller) = (scene.service, scene.caller)
            func put(_ mode: String?, _ note: String) async throws {
                let document = Self.document(caller, mode: mode, note: note)
                #expect(try await service.put("acts", document).status < 300)
            }
            try await put(nil, "one")
            try await Self.expect("enforce", service, caller)
            try await service.setMode("acts", "monitor")
            try await put(nil, "two")
            try await Self.expect("monitor", service, caller)
            // The document that it has says nothing new.
            try await put(nil, "two")
            try await Self.expect("monitor", service, caller)
            try await put("enforce", "three")
            try await Self.expect("enforce", service, caller)
            // The word of the first patch is forgotten.
            try await put(nil, "four")
            try await Self.expect("enforce", service, caller)
            try await put("monitor", "five")
            try await Self.expect("monitor", service, caller)
            try await service.setMode("acts", "enforce")
            try await Self.expect("enforce", service, caller)
            #expect(try await service.patch("acts", #"{"mode": null}"#).status == 200)
            try await Self.expect("monitor", service, caller)
            #expect(try await service.put("acts", "", query: "?version=3").status == 200)
            try await Self.expect("enforce", service, caller)
            // Whoever takes the name later starts anew.
            try await service.setMode("acts", "monitor")
            try await service.delete("acts")
            try await put(nil, "six")
            try await Self.expect("enforce", service, caller)
        }

        @Test("each version acts in its own mode, also while calls go on as it is replaced")
        func ownMode() async throws {
            let scene = try await Scene()
            let (service, caller) = (scene.service, scene.caller)
            func version(_ mode: String) -> String {
                let hook = PolicyDocument.Hook(
                    call: "sys_pipe2", args: ["{index: 1, type: int32, label: \(mode)}"],
                    selectors: PolicyDocument.only(caller.pid))
                // A signal that nobody takes note of.
                var policy = PolicyDocument(
                    "acts", hook.acting("{action: Signal, argSig: \(SIGURG)}"))
                policy.options = ["policy-mode": mode]
                return policy.yaml
            }
            #expect(try await service.put("acts", version("enforce")).status == 201)
            let events = try await service.events(of: "acts")
            async let calls = caller.storm(threads: 2, calls: 2_000, flags: 1, pause: 50)
            for mode in ["monitor", "enforce", "monitor", "enforce"] {
                #expect(try await service.put("acts", version(mode)).status == 200)
            }
            _ = try await calls
            var outcomes: [String: Set<String>] = [:]
            for event in try await events.takeEvents(4_000) {
                let label = try #require(event.call?["args"]?[0]?["label"]?.text)
                let outcome = try #require(event.call?["enforcement"]?.text)
                outcomes[label, default: []].insert(outcome)
            }
            #expect(outcomes == ["enforce": ["enforced"], "monitor": ["monitored"]])
        }

        @Test("a mode is what it was after a restart", arguments: [SIGTERM, SIGKILL])
        func restart(signal: CInt) async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let caller = try await Syscaller()
            let first = try await ServiceProcess.start(["--state-dir", folder])
            try await first.add(Self.document(caller))
            try await first.setMode("acts", "monitor")
            first.kill(signal)
            _ = try await first.ending()

            let second = try await ServiceProcess.start(["--state-dir", folder])
            try await Self.expect("monitor", second, caller)
            #expect(try await second.patch("acts", #"{"mode": null}"#).status == 200)
            second.kill(signal)
            _ = try await second.ending()

            // Children of the caller are killed by the third alone.
            let third = try await ServiceProcess.start(["--state-dir", folder])
            try await Self.expect("enforce", third, caller)
            try await third.setMode("acts", "enforce")
            third.kill(signal)
            _ = try await third.ending()
            let file = folder + "/policies/acts.mode"
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "enforce 1\n")
            try "enfo".write(toFile: file, atomically: false, encoding: .utf8)

            // What nobody can read is not enforced.
            let fourth = try await ServiceProcess.start(["--state-dir", folder])
            try await Self.expect("monitor", fourth, caller)
            #expect(fourth.log.contains("the mode of acts cannot be read"))
        }

        @Test("a mode that cannot be stored is refused, and nothing of the patch is done")
        func notStored() async throws {
            let scene = try await Scene()
            let service = scene.service
            try await service.add(Self.document(scene.caller))
            // A folder in the file's place: root may write everywhere else.
            let policies = service.stateDirectory + "/policies"
            try FileManager.default.createDirectory(
                atPath: policies + "/acts.mode/x", withIntermediateDirectories: true)
            let answer = try await service.patch("acts", #"{"mode": "monitor"}"#)
            #expect(answer.status == 507)
            #expect(try answer.json["type"] == "/problems/not-stored")
            try await Self.expect("enforce", service, scene.caller)
            try FileManager.default.removeItem(atPath: policies + "/acts.mode")
            try FileManager.default.createDirectory(
                atPath: policies + "/acts.disabled/x", withIntermediateDirectories: true)
            let both = try await service.patch("acts", #"{"enabled": false, "mode": "monitor"}"#)
            #expect(both.status == 507)
            #expect(!FileManager.default.fileExists(atPath: policies + "/acts.mode"))
            let status = try await service.status("acts")
            #expect(status["state"] == "enabled")
            try await Self.expect("enforce", service, scene.caller)
        }

        @Test("a policy that is switched on again is in the mode that it was given meanwhile")
        func switchedOn() async throws {
            let scene = try await Scene()
            let (service, caller) = (scene.service, scene.caller)
            try await service.add(Self.document(caller))
            try await service.setEnabled("acts", false)
            let (_, silent) = try await caller.attempt("pipe2 o:2 0")
            #expect(silent == WaitStatus(0))
            try await service.setMode("acts", "monitor")
            try await service.setEnabled("acts", true)
            try await Self.expect("monitor", service, caller)
            let counts = try await service.status("acts")["hooks"]?[0]?["selectors"]?[0]
            #expect(counts?["monitor_signal"] == 1)
            #expect(counts?["signal"] == 0)
        }

        @Test("a condition that does not hold changes no mode")
        func conditions() async throws {
            let scene = try await Scene()
            let service = scene.service
            let status = try await service.add(Self.document(scene.caller))
            let headers = { (etag: String) in
                [("Content-Type", "application/merge-patch+json"), ("If-Match", etag)]
            }
            let patch = Array(#"{"mode": "monitor"}"#.utf8)
            let path = "/v1/policies/acts"
            let stale = try await service.http.send(
                "PATCH", path, headers: headers("\"0\""), body: patch)
            #expect(stale.status == 412)
            try await Self.expect("enforce", service, scene.caller)
            let current = try await service.http.send(
                "PATCH", path, headers: headers(status["etag"]?.text ?? ""), body: patch)
            #expect(current.status == 200)
            try await Self.expect("monitor", service, scene.caller)
        }
    }
}
