import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Conditional changes, versions and sets")
    struct APIVersionTests {
        /// A version of a policy: its label tells whose event it is.
        private func document(_ scene: Scene, _ label: String, name: String = "pipes") -> String {
            let hook = PolicyDocument.Hook(
                call: "sys_pipe2", args: ["{index: 1, type: int32, label: \(label)}"],
                selectors: PolicyDocument.only(scene.caller.pid))
            return PolicyDocument(name, hook).yaml
        }

        /// Has the caller make a call that fails, and checks that its event has this label.
        private func expect(
            _ label: String, of scene: Scene, in events: EventSubscriber, policy: String = "pipes"
        ) async throws {
            try await scene.caller.call("pipe2 o:2 1")
            let event = try #require(try await events.next())
            scene.call(policy, "__x64_sys_pipe2", args: [.int(1, label: label)]).check(event)
        }

        /// The same of a service that did not see the caller begin: only the label.
        private func expectLabel(
            _ label: String, of scene: Scene, in events: EventSubscriber
        ) async throws {
            try await scene.caller.call("pipe2 o:2 1")
            let event = try #require(try await events.next())
            #expect(event.call?["args"] == [["int_arg": 1, "label": .string(label)]])
        }

        private func send(
            _ service: ServiceProcess, _ method: String, _ path: String,
            _ headers: [(String, String)] = [], body: String? = nil
        ) async throws -> HTTPResponse {
            try await service.http.send(
                method, "/v1/policies" + path, headers: headers, body: body.map { Array($0.utf8) })
        }

        @Test("a change is made where its conditions hold, and nothing is where they do not")
        func conditions() async throws {
            let scene = try await Scene()
            let service = scene.service
            let (one, two) = (document(scene, "one"), document(scene, "two"))
            let missing = try await send(
                service, "PUT", "/pipes", [("If-Match", "*")], body: one)
            #expect(missing.status == 412)
            #expect(try missing.json["detail"] == "there is no policy pipes")
            let fresh = [("If-None-Match", "*")]
            let created = try await send(service, "PUT", "/pipes", fresh, body: one)
            #expect(created.status == 201)
            let etag = try #require(created.headers["etag"])
            let events = try await service.events(of: "pipes")

            let stale = [("If-Match", "\"0\"")]
            let attempts = [
                try await send(service, "PUT", "/pipes", fresh, body: two),
                try await send(service, "PUT", "/pipes", stale, body: two),
                try await send(service, "PUT", "/pipes", [("If-None-Match", etag)], body: one),
                try await send(service, "PATCH", "/pipes", stale, body: #"{"enabled": false}"#),
                try await send(service, "DELETE", "/pipes", stale),
            ]
            for answer in attempts {
                #expect(answer.status == 412)
                #expect(answer.headers["etag"] == etag)
                #expect(try answer.json["type"] == "/problems/precondition-failed")
                #expect(try answer.json["detail"]?.text == "the policy pipes has the ETag \(etag)")
            }
            try await expect("one", of: scene, in: events)

            let same = [("If-Match", "\"0\", \(etag)")]
            let replaced = try await send(service, "PUT", "/pipes", same, body: two)
            #expect(replaced.status == 200)
            try await expect("two", of: scene, in: events)
            let newer = [("If-Match", try #require(replaced.headers["etag"]))]
            let off = try await send(service, "PATCH", "/pipes", newer, body: #"{"enabled": true}"#)
            #expect(off.status == 200)
            #expect(off.headers["etag"] == replaced.headers["etag"])
            #expect(try await send(service, "DELETE", "/pipes", same).status == 412)
            #expect(try await send(service, "DELETE", "/pipes", newer).status == 204)
            let bad = try await send(service, "PUT", "/pipes", [("If-Match", "x")], body: one)
            #expect(bad.status == 400)
        }

        @Test("a policy can go back to a document that it had, and back again, over a restart")
        func versions() async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let scene = try await Scene(["--state-dir", folder])
            let first = scene.service
            let documents = ["one", "two", "three"].map { document(scene, $0) }
            for document in documents { _ = try await first.put("pipes", document) }
            let list = try await send(first, "GET", "/pipes/versions").json
            #expect(list["count"] == 3)
            #expect(list["versions"]?.elements?.map { $0["version"] } == [3, 2, 1])
            let current = try await first.status("pipes")["etag"]
            #expect(list["versions"]?[0]?["etag"] == current)
            for (number, document) in zip(1..., documents) {
                let answer = try await send(first, "GET", "/pipes/versions/\(number)")
                #expect(answer.text == document)
                #expect(answer.headers["content-type"] == "application/yaml")
            }
            let events = try await first.events(of: "pipes")
            try await expect("three", of: scene, in: events)
            let back = try await send(first, "PUT", "/pipes?version=1")
            #expect(back.status == 200)
            #expect(try back.json["version"] == 4)
            try await expect("one", of: scene, in: events)

            first.kill(SIGKILL)
            _ = try await first.ending()
            let service = try await ServiceProcess.start(["--state-dir", folder])
            #expect(try await service.status("pipes")["version"] == 4)
            let again = try await service.events(of: "pipes")
            try await expectLabel("one", of: scene, in: again)
            let etag = try #require(try await service.status("pipes")["etag"]?.text)
            let stale = [("If-Match", "\"0\"")]
            #expect(try await send(service, "PUT", "/pipes?version=2", stale).status == 412)
            let fresh = [("If-Match", etag)]
            #expect(try await send(service, "PUT", "/pipes?version=2", fresh).status == 200)
            try await expectLabel("two", of: scene, in: again)
            for (query, status, type) in [
                ("version=9", 404, "no-such-version"), ("version=0", 400, "bad-query"),
                ("version=x", 400, "bad-query"),
            ] {
                let answer = try await send(service, "PUT", "/pipes?" + query)
                #expect(answer.status == status)
                #expect(try answer.json["type"]?.text == "/problems/" + type)
            }
            #expect(try await send(service, "GET", "/pipes/versions/9").status == 404)
            #expect(try await send(service, "GET", "/none/versions").status == 404)
            #expect(try await send(service, "PUT", "/none?version=1").status == 404)
        }

        @Test("a set is put as a whole, or not at all")
        func sets() async throws {
            let scene = try await Scene()
            let service = scene.service
            let set = document(scene, "a1", name: "a") + "---\n" + document(scene, "b1", name: "b")
            let answer = try await send(service, "POST", ":batch", body: set)
            #expect(answer.status == 200)
            #expect(try answer.json["count"] == 2)
            #expect(try answer.json["policies"]?.elements?.map { $0["name"] } == ["a", "b"])
            let (ofA, ofB) = (
                try await service.events(of: "a"), try await service.events(of: "b")
            )
            try await expect("a1", of: scene, in: ofA, policy: "a")
            #expect(try await ofB.next()?.call?["args"]?[0]?["label"] == "b1")

            // One that is wrong, and one that is there twice.
            let bad =
                document(scene, "a2", name: "a") + "---\nkind: TracingPolicy\n---\n"
                + document(scene, "a3", name: "a")
            let refused = try await send(service, "POST", ":batch", body: bad)
            #expect(refused.status == 422)
            let problem = try refused.json
            #expect(problem["type"] == "/problems/invalid-set")
            let documents = problem["errors"]?.elements?.map { $0["document"] } ?? []
            #expect(Set(documents.compactMap { $0?.number }) == [1, 2])
            #expect(problem["errors"]?.elements?.last?["code"] == "name_taken")
            let lines = document(scene, "a2", name: "a").split(separator: "\n").count
            #expect(problem["errors"]?[0]?["line"]?.number ?? 0 > lines)
            try await expect("a1", of: scene, in: ofA, policy: "a")
            #expect(try await ofB.next()?.call?["args"]?[0]?["label"] == "b1")

            // What cannot be stored.
            let change =
                document(scene, "a2", name: "a") + "---\n" + document(scene, "c", name: "c")
            try blockPlace(of: "c", in: service)
            #expect(try await send(service, "POST", ":batch", body: change).status == 507)
            #expect(try await service.status("a")["version"] == 1)
            #expect(try await send(service, "GET", "/c").status == 404)
            try await expect("a1", of: scene, in: ofA, policy: "a")

            let next = document(scene, "a2", name: "a") + "---\n" + document(scene, "b1", name: "b")
            let replaced = try await send(service, "POST", ":batch", body: next).json
            #expect(replaced["policies"]?.elements?.map { $0["version"] } == [2, 1])
            try await expect("a2", of: scene, in: ofA, policy: "a")
            #expect(try await send(service, "POST", ":batch", body: "# none\n").status == 400)
        }

        /// Puts a folder where a document would be stored: root may write everywhere else.
        private func blockPlace(of name: String, in service: ServiceProcess) throws {
            try FileManager.default.createDirectory(
                atPath: service.stateDirectory + "/policies/\(name).yaml",
                withIntermediateDirectories: false)
        }
    }
}
