import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Policies that are replaced, switched off, and tried")
    struct APIReplaceTests {
        /// A version of the policy: its label tells whose event it is.
        private static func document(
            _ scene: Scene, label: String, name: String = "pipes"
        ) -> String {
            let hook = PolicyDocument.Hook(
                call: "sys_pipe2", args: ["{index: 1, type: int32, label: \(label)}"],
                selectors: PolicyDocument.only(scene.caller.pid))
            return PolicyDocument(name, hook).yaml
        }

        /// Has the caller make a call that fails, and checks that its event has this label.
        ///
        /// The flags, which no kernel takes, tell calls apart.
        private static func expect(
            _ label: String, of scene: Scene, in events: EventSubscriber, flags: Int = 1,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            try await scene.caller.call("pipe2 o:2 \(flags)")
            let event = try await events.nextEvent()
            scene.call("pipes", "__x64_sys_pipe2", args: [.int(flags, label: label)])
                .check(event, sourceLocation: sourceLocation)
        }

        // MARK: - PUT

        @Test("a policy that is put is created, kept where nothing changed, and replaced")
        func life() async throws {
            let scene = try await Scene()
            let service = scene.service
            let first = Self.document(scene, label: "one")
            let created = try await service.put("pipes", first)
            #expect(created.status == 201)
            #expect(created.headers["location"] == "/v1/policies/pipes")
            let status = try created.json
            #expect(created.headers["etag"] == status["etag"]?.text)
            #expect(status["state"] == "enabled")
            #expect(status["version"] == 1)
            let events = try await service.events(of: "pipes")
            try await Self.expect("one", of: scene, in: events)

            let same = try await service.put("pipes", first)
            #expect(same.status == 200)
            #expect(same.headers["location"] == nil)
            #expect(same.headers["etag"] == created.headers["etag"])
            #expect(try same.json["version"] == 1)
            #expect(
                try same.json["hooks"]?[0]?["programs"]?[0]?["id"]
                    == status["hooks"]?[0]?["programs"]?[0]?["id"])
            #expect(try same.json["hooks"]?[0]?["events"]?["sent"] == 1)

            let second = Self.document(scene, label: "two")
            let replaced = try await service.put("pipes", second)
            #expect(replaced.status == 200)
            #expect(replaced.headers["location"] == nil)
            #expect(replaced.headers["etag"] != created.headers["etag"])
            #expect(replaced.headers["etag"] == (try replaced.json["etag"]?.text))
            #expect(try replaced.json["version"] == 2)
            #expect(try replaced.json["created"] == status["created"])
            try await Self.expect("two", of: scene, in: events)
            #expect(try await service.status("pipes")["hooks"]?[0]?["events"]?["sent"] == 1)
            let stored = try await service.http.send(
                "GET", "/v1/policies/pipes", headers: [("Accept", "application/yaml")])
            #expect(stored.text == second)
            #expect(try await service.http.send("GET", "/v1/policies").json["count"] == 1)
        }

        @Test("a document that is refused leaves the one before it at work")
        func refused() async throws {
            let scene = try await Scene()
            let service = scene.service
            let document = Self.document(scene, label: "one")
            try await service.add(document)
            let events = try await service.events(of: "pipes")
            let other = Self.document(scene, label: "two", name: "others")
            let invalid = document.replacing("sys_pipe2", with: "sys_pipee2")
            let unreadable = document.replacing("\n", with: "")
            for (body, code, type) in [
                (other, 422, "other-name"), (invalid, 422, "invalid-policy"),
                (unreadable, 400, "unreadable-policy"),
                (String(repeating: "#\n", count: 1 << 20), 413, "body-too-large"),
            ] {
                let answer = try await service.put("pipes", body)
                #expect(answer.status == code, "\(type)")
                #expect(try answer.json["type"]?.text == "/problems/" + type)
                let status = try await service.status("pipes")
                #expect(status["version"] == 1)
                #expect(status["state"] == "enabled")
                try await Self.expect("one", of: scene, in: events)
            }
            let image = try await service.http.send(
                "PUT", "/v1/policies/pipes", headers: [("Content-Type", "image/png")],
                body: Array(document.utf8))
            #expect(image.status == 415)
            #expect(try await service.http.send("GET", "/v1/policies/others").status == 404)
        }

        @Test("a version that cannot be stored is refused, and the one before it goes on")
        func notStored() async throws {
            let scene = try await Scene()
            let service = scene.service
            try await service.add(Self.document(scene, label: "one"))
            let events = try await service.events(of: "pipes")
            // A folder in the file's place: root may write everywhere else.
            let file = service.stateDirectory + "/policies/pipes.yaml"
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createDirectory(
                atPath: file + "/x", withIntermediateDirectories: true)
            let answer = try await service.put("pipes", Self.document(scene, label: "two"))
            #expect(answer.status == 507)
            #expect(try answer.json["type"] == "/problems/not-stored")
            #expect(try await service.status("pipes")["version"] == 1)
            try await Self.expect("one", of: scene, in: events)
        }

        @Test("a policy that was put many times leaves nothing when it is deleted")
        func leftovers() async throws {
            let scene = try await Scene()
            let service = scene.service
            // Once, so that the service has done all that it does at start.
            try await service.add(Self.document(scene, label: "zero"))
            try await service.delete("pipes")
            let before = try await Footprint.settled(of: service.pid)
            // The same place, one that is read at both ends of the call, and another call.
            let pair = PolicyDocument.Hook(
                call: "sys_pipe2", args: ["{index: 0, type: int32_arr, returnCopy: true}"],
                result: "{index: 0, type: int}",
                selectors: PolicyDocument.family(scene.caller.pid))
            let open = PolicyDocument.Hook(
                call: "sys_openat", args: ["{index: 1, type: string}"],
                result: "{index: 0, type: int}",
                selectors: PolicyDocument.family(scene.caller.pid))
            let versions = [
                Self.document(scene, label: "one"), Self.document(scene, label: "two"),
                PolicyDocument("pipes", pair).yaml, PolicyDocument("pipes", open).yaml,
                PolicyDocument("pipes", pair, open).yaml, Self.document(scene, label: "three"),
            ]
            for (number, version) in versions.enumerated() {
                let answer = try await service.put("pipes", version)
                #expect(try answer.json["version"]?.number == number + 1)
            }
            let events = try await service.events(of: "pipes")
            try await Self.expect("three", of: scene, in: events)
            try await service.delete("pipes")
            let after = try await Footprint.settled(of: service.pid)
            #expect(after.programs == before.programs)
            #expect(after.maps == before.maps)
            #expect(after.attachments == before.attachments)
            #expect(after.descriptors == before.descriptors)
            #expect(try await service.http.send("GET", "/v1/policies").json["count"] == 0)
        }

        // MARK: - PATCH

        @Test("a policy that is switched off is silent until it is switched on, replaced or not")
        func switching() async throws {
            let scene = try await Scene()
            let service = scene.service
            try await service.add(Self.document(scene, label: "one"))
            let events = try await service.events(of: "pipes")
            let changes = try await EventSubscriber(port: service.port, query: "type=policy")
            try await Self.expect("one", of: scene, in: events)

            let off = try await service.patch("pipes", #"{"enabled": false}"#)
            #expect(off.status == 200)
            #expect(try off.json["state"] == "disabled")
            #expect(try off.json["error"] == .null)
            #expect(try off.json["version"] == 1)
            #expect(try await service.http.send("GET", "/readyz").json["status"] == "ready")
            try await service.expectMetric("martlet_policies{state=\"disabled\"}", 1)
            try await scene.caller.call("pipe2 o:2 2")

            let replaced = try await service.put("pipes", Self.document(scene, label: "two"))
            #expect(try replaced.json["state"] == "disabled")
            #expect(try replaced.json["version"] == 2)
            try await scene.caller.call("pipe2 o:2 3")

            let on = try await service.patch("pipes", #"{"enabled": true}"#)
            #expect(on.status == 200)
            #expect(try on.json["state"] == "enabled")
            // Comes next in the stream: nothing was reported in between.
            try await Self.expect("two", of: scene, in: events, flags: 4)
            let states = try await changes.take(3).map { $0.json["policy"]?["state"]?.text ?? "" }
            #expect(states == ["disabled", "disabled", "enabled"])
        }

        @Test(
            "a policy that was switched off is so after a restart", arguments: [SIGTERM, SIGKILL])
        func restart(signal: CInt) async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let flags = ["--state-dir", folder]
            let caller = try await Syscaller()
            let document = PolicyDocument("pipes", .pipe2(PolicyDocument.only(caller.pid))).yaml
            let first = try await ServiceProcess.start(flags)
            try await first.add(document)
            #expect(try await first.patch("pipes", #"{"enabled": false}"#).status == 200)
            first.kill(signal)
            _ = try await first.ending()

            let second = try await ServiceProcess.start(flags)
            #expect(try await second.status("pipes")["state"] == "disabled")
            let events = try await second.events(of: "pipes")
            try await caller.call("pipe2 o:2 0")
            #expect(try await second.patch("pipes", #"{"enabled": true}"#).status == 200)
            let outcome = try await caller.call("pipe2 o:2 0")
            #expect(try await events.nextEvent().values(0) == outcome.arrays[0])
            // Deleting forgets that, too.
            #expect(try await second.patch("pipes", #"{"enabled": false}"#).status == 200)
            try await second.delete("pipes")
            try await second.add(document)
            #expect(try await second.status("pipes")["state"] == "enabled")
            second.kill(signal)
            _ = try await second.ending()
            let third = try await ServiceProcess.start(flags)
            #expect(try await third.status("pipes")["state"] == "enabled")
        }

        @Test("a patch that means nothing changes nothing")
        func nonsense() async throws {
            let scene = try await Scene()
            let service = scene.service
            try await service.add(Self.document(scene, label: "one"))
            let events = try await service.events(of: "pipes")
            for patch in ["", "[]", #"{"enabled": "no"}"#, #"{"mode": "off"}"#] {
                let answer = try await service.patch("pipes", patch)
                #expect(answer.status == 422)
                #expect(try answer.json["type"] == "/problems/bad-patch")
            }
            let yaml = try await service.http.send(
                "PATCH", "/v1/policies/pipes", headers: [("Content-Type", "application/yaml")],
                body: Array("enabled: false".utf8))
            #expect(yaml.status == 415)
            #expect(
                yaml.headers["accept-patch"] == "application/merge-patch+json, application/json")
            let large = String(repeating: " ", count: 5000) + #"{"enabled": false}"#
            #expect(try await service.patch("pipes", large).status == 413)
            for patch in ["{}", #"{"enabled": true}"#] {
                let answer = try await service.patch("pipes", patch)
                #expect(answer.status == 200)
                #expect(try answer.json["state"] == "enabled")
            }
            let missing = try await service.patch("none", #"{"enabled": false}"#)
            #expect(missing.status == 404)
            #expect(try missing.json["type"] == "/problems/no-such-policy")
            try await Self.expect("one", of: scene, in: events)
        }

        @Test("a stored document that does not load cannot be switched, and can be replaced")
        func notInstalled() async throws {
            let service = try await ServiceProcess.start(policies: ["pipes": "{"])
            let answer = try await service.patch("pipes", #"{"enabled": false}"#)
            #expect(answer.status == 409)
            #expect(try answer.json["type"] == "/problems/not-installed")
            let document = PolicyDocument("pipes", .pipe2(PolicyDocument.only(1))).yaml
            let mended = try await service.put("pipes", document)
            #expect(mended.status == 200)
            #expect(try mended.json["state"] == "enabled")
            #expect(try await service.http.send("GET", "/readyz").json["status"] == "ready")
        }

        // MARK: - ?dry_run=

        @Test("a document that is only tried leaves nothing", arguments: ["validate", "load"])
        func tried(trial: String) async throws {
            let scene = try await Scene()
            let service = scene.service
            let document = PolicyDocument(
                "cut",
                .init(
                    call: "sys_pipe2", args: ["{index: 0, type: int}"],
                    selectors: PolicyDocument.family(scene.caller.pid))
            ).yaml
            let warnings = try await service.add(document)["warnings"]
            try await service.delete("cut")
            let before = try await Footprint.settled(of: service.pid)
            for method in ["POST", "PUT"] {
                let answer = try await service.http.send(
                    method, "/v1/policies\(method == "PUT" ? "/cut" : "")?dry_run=\(trial)",
                    body: Array(document.utf8))
                #expect(answer.status == 200)
                #expect(answer.headers["etag"] == nil)
                #expect(answer.headers["location"] == nil)
                let expected: JSON = [
                    "name": "cut", "dry_run": .string(trial), "warnings": warnings ?? [],
                ]
                #expect(try answer.json == expected)
            }
            let after = try await Footprint.settled(of: service.pid)
            #expect(after.programs == before.programs)
            #expect(after.maps == before.maps)
            #expect(after.attachments == before.attachments)
            #expect(try await service.http.send("GET", "/v1/policies").json["count"] == 0)
            let stored = try FileManager.default.contentsOfDirectory(
                atPath: service.stateDirectory + "/policies")
            #expect(stored == [])
        }

        @Test("a trial finds what adding and replacing find", arguments: ["validate", "load"])
        func problems(trial: String) async throws {
            let scene = try await Scene()
            let service = scene.service
            let document = Self.document(scene, label: "one")
            let broken = document.replacing("sys_pipe2", with: "sys_pipee2")
                .replacing("int32", with: "int33")
            for body in [broken, "", document.replacing("\n", with: "")] {
                let meant = try await service.http.send(
                    "POST", "/v1/policies", body: Array(body.utf8))
                let tried = try await service.http.send(
                    "POST", "/v1/policies?dry_run=\(trial)", body: Array(body.utf8))
                #expect(tried.status == meant.status)
                #expect(try tried.json == meant.json)
                #expect(tried.status >= 400)
            }
            // Trying a version of a policy that is there leaves it alone.
            try await service.add(document)
            let events = try await service.events(of: "pipes")
            let next = Self.document(scene, label: "two")
            let query = "?dry_run=\(trial)"
            #expect(try await service.put("pipes", next, query: query).status == 200)
            let other = try await service.put("others", next, query: query)
            #expect(other.status == 422)
            #expect(try other.json["type"] == "/problems/other-name")
            #expect(try await service.status("pipes")["version"] == 1)
            try await Self.expect("one", of: scene, in: events)
        }
    }
}
