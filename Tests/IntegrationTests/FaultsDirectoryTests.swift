import Foundation
import Testing

extension IntegrationSuite {
    @Suite("What becomes of the state directory")
    struct FaultsDirectoryTests {
        private func document(_ name: String, _ label: String) -> String {
            let hook = PolicyDocument.Hook(
                call: "sys_pipe2", args: ["{index: 1, type: int32, label: \(label)}"],
                selectors: PolicyDocument.only(1))
            return PolicyDocument(name, hook).yaml
        }

        /// Uploads documents of three policies and sets of two by turns until the service is gone.
        private func upload(_ service: ServiceProcess, round: Int) async -> Uploads {
            var uploads = Uploads()
            for number in 0... {
                let label = "r\(round)n\(number)"
                let names = number % 4 == 3 ? ["s1", "s2"] : ["p\(number % 3)"]
                let documents = names.map { document($0, label) }
                uploads.begin(names, documents)
                let path = names.count == 1 ? "/\(names[0])" : ":batch"
                let answer = try? await service.http.send(
                    names.count == 1 ? "PUT" : "POST", "/v1/policies" + path,
                    body: Array(documents.joined(separator: "---\n").utf8))
                guard let answer else { return uploads }
                #expect([200, 201].contains(answer.status), "\(answer.text)")
                uploads.acknowledge()
            }
            return uploads
        }

        /// What was answered, and what was under way.
        private struct Uploads {
            private(set) var acknowledged: [String: String] = [:]
            private(set) var begun: [String: String] = [:]

            mutating func begin(_ names: [String], _ documents: [String]) {
                begun = Dictionary(uniqueKeysWithValues: zip(names, documents))
            }

            mutating func acknowledge() {
                acknowledged.merge(begun) { $1 }
                begun = [:]
            }
        }

        @Test(
            "what was acknowledged is whole after a kill at any instant, and a set is not half there"
        )
        func kills() async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var expected: [String: String] = [:]
            for round in 0..<Machine.repetitions(12) {
                let service = try await ServiceProcess.start(["--state-dir", folder])
                async let uploading = upload(service, round: round)
                // Not to wait for something: the kill comes at an instant that differs by round.
                try await Task.sleep(for: .milliseconds(10 + 7 * round) * Machine.slowness)
                service.kill(SIGKILL)
                _ = try await service.ending()
                let uploads = await uploading
                expected.merge(uploads.acknowledged) { $1 }

                let next = try await ServiceProcess.start(["--state-dir", folder])
                let statuses = try await next.http.send("GET", "/v1/policies").json["policies"]
                for status in statuses?.elements ?? [] { #expect(status["state"] == "enabled") }
                var found: [String: String] = [:]
                for name in statuses?.elements?.compactMap({ $0["name"]?.text }) ?? [] {
                    let answer = try await next.http.send(
                        "GET", "/v1/policies/\(name)", headers: [("Accept", "application/yaml")])
                    found[name] = answer.text
                }
                // The one that was under way may have been stored, as a whole.
                let stored = expected.merging(uploads.begun) { $1 }
                #expect(found == expected || found == stored, "round \(round)")
                expected = found
                next.kill(SIGKILL)
                _ = try await next.ending()
            }
            #expect(!expected.isEmpty)
        }

        @Test("a file that is no policy is moved aside, and reported once")
        func corrupt() async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let policies = folder + "/policies"
            try FileManager.default.createDirectory(
                atPath: policies + "/folder.yaml", withIntermediateDirectories: true)
            try document("good", "l").write(
                toFile: policies + "/good.yaml", atomically: false, encoding: .utf8)
            try Data([0, 0xFF, 1]).write(to: URL(filePath: policies + "/noise.yaml"))
            let service = try await ServiceProcess.start(["--state-dir", folder])
            #expect(try await service.status("good")["state"] == "enabled")
            for (name, reason) in [
                ("noise", "not UTF-8 text"), ("folder", "Is a directory"),
            ] {
                let status = try await service.status(name)
                #expect(status["state"] == "load_error")
                let error = try #require(status["error"]?.text)
                #expect(error.contains(reason))
                #expect(error.hasSuffix("; the file was moved to \(policies)/\(name).corrupt"))
            }
            #expect(FileManager.default.contents(atPath: policies + "/noise.corrupt")?.count == 3)
            // Its name is free for a document that is one.
            #expect(try await service.put("noise", document("noise", "l")).status == 200)
            service.kill(SIGTERM)
            _ = try await service.ending()
            let second = try await ServiceProcess.start(["--state-dir", folder])
            #expect(try await second.http.send("GET", "/readyz").json["status"] == "ready")
            let names = try await second.http.send("GET", "/v1/policies").json["policies"]?
                .elements?.map { $0["name"] }
            #expect(names == ["good", "noise"])
        }

        @Test("a second service on the same directory refuses, and the first goes on")
        func second() async throws {
            let service = try await ServiceProcess.start()
            try await service.add(document("first", "l"))
            let failure = await #expect(throws: HarnessError.self) {
                try await ServiceProcess.start(["--state-dir", service.stateDirectory])
            }
            #expect(
                failure?.description.contains(
                    "martlet: the state directory \(service.stateDirectory) is in use by process "
                        + "\(service.pid); stop that one, or give this one another with --state-dir"
                )
                    == true)
            try await service.expectWorking("beside one that refused")
        }
    }
}
