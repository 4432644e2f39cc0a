import Foundation
import Testing

extension IntegrationSuite {
    @Suite("What survives the service's end")
    struct FaultsRestartTests {
        @Test("policies trace again after a restart", arguments: [SIGTERM, SIGKILL])
        func restart(signal: CInt) async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let flags = ["--state-dir", folder]
            let caller = try await Syscaller()
            let document = PolicyDocument("pipes", .pipe2(PolicyDocument.only(caller.pid))).yaml
            let first = try await ServiceProcess.start(flags)
            try await first.add(document)
            try await first.add(PolicyDocument("gone", .pipe2(PolicyDocument.only(1))).yaml)
            try await first.delete("gone")
            let etag = try await first.status("pipes")["etag"]
            first.kill(signal)
            let ending = try await first.ending()
            #expect(ending == (signal == SIGTERM ? .exited(0) : .killed(by: SIGKILL)))

            let second = try await ServiceProcess.start(flags)
            #expect(try await second.http.send("GET", "/v1/policies").json["count"] == 1)
            let status = try await second.status("pipes")
            #expect(status["state"] == "enabled")
            #expect(status["etag"] == etag)
            let stored = try await second.http.send(
                "GET", "/v1/policies/pipes", headers: [("Accept", "application/yaml")])
            #expect(stored.text == document)
            let events = try await second.events(of: "pipes")
            let outcome = try await caller.call("pipe2 o:2 0")
            #expect(try await events.nextEvent().values(0) == outcome.arrays[0])
        }

        @Test("a stored document under another policy's name is reported, and traces nothing")
        func misnamed() async throws {
            let caller = try await Syscaller()
            let pipes = PolicyDocument("pipes", .pipe2(PolicyDocument.only(caller.pid)))
            let service = try await ServiceProcess.start(policies: [
                "copy": pipes.yaml, "pipes": pipes.yaml,
            ])
            #expect(try await service.status("pipes")["state"] == "enabled")
            let copy = try await service.status("copy")
            #expect(copy["state"] == "load_error")
            #expect(copy["error"] == "the file copy.yaml holds the policy pipes")
            #expect(copy["hooks"] == [])
        }

        @Test("a policy that cannot be stored is refused, and traces nothing")
        func notStored() async throws {
            let service = try await ServiceProcess.start()
            // A folder in the file's place: root may write everywhere else.
            try FileManager.default.createDirectory(
                atPath: service.stateDirectory + "/policies/pipes.yaml/x",
                withIntermediateDirectories: true)
            let response = try await service.http.send(
                "POST", "/v1/policies",
                body: Array(PolicyDocument("pipes", .pipe2(PolicyDocument.only(1))).yaml.utf8))
            #expect(response.status == 507)
            #expect(try response.json["type"] == "/problems/not-stored")
            #expect(try response.json["detail"]?.text?.contains("Is a directory") == true)
            #expect(try await service.http.send("GET", "/v1/policies").json["count"] == 0)
            try await service.expectWorking("after a policy that was not stored")
        }

        @Test("a stop ends streams in an orderly way")
        func streams() async throws {
            let service = try await ServiceProcess.start()
            let stream = try await EventSubscriber(port: service.port, query: "type=policy&pid=1")
            service.kill(SIGTERM)
            #expect(try await stream.next() == nil)
            #expect(try await service.ending() == .exited(0))
        }

        @Test("a document that no longer loads is reported, and stops nothing else")
        func loadError() async throws {
            let caller = try await Syscaller()
            let good = PolicyDocument("good", .pipe2(PolicyDocument.only(caller.pid)))
            let old = PolicyDocument(
                "old", .init(call: "sys_nonesuch", selectors: PolicyDocument.only(1)))
            let service = try await ServiceProcess.start(policies: [
                "broken": "{", "good": good.yaml, "old": old.yaml,
            ])
            let ready = try await service.http.send("GET", "/readyz")
            #expect(ready.status == 200)
            #expect(try ready.json["status"] == "degraded")
            let reasons = try ready.json["reasons"]?.elements?.compactMap(\.text) ?? []
            #expect(reasons.count == 2)
            #expect(reasons.first?.hasPrefix("policy broken: line 1, column ") == true)
            #expect(
                reasons.last
                    == "policy old: line 7, column 13: this kernel has no system call nonesuch")
            #expect(try await service.status("old")["state"] == "load_error")
            #expect(
                try await service.status("old")["error"]
                    == "line 7, column 13: this kernel has no system call nonesuch")
            let events = try await service.events(of: "good")
            let outcome = try await caller.call("pipe2 o:2 0")
            #expect(try await events.nextEvent().values(0) == outcome.arrays[0])

            try await service.delete("old")
            try await service.delete("broken")
            let mended = try await service.http.send("GET", "/readyz").json
            #expect(mended["status"] == "ready")
            #expect(mended["reasons"] == [])
            try await service.expectWorking("after load errors")
        }
    }
}
