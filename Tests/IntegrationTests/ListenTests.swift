import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Where it listens", .requiresTLSClient)
    struct ListenTests {
        @Test("two ports over TLS and a Unix socket give the same, until SIGTERM")
        func everywhere() async throws {
            let folder = try TestFolder()
            let (certificate, key) = try await folder.certificate()
            let socket = folder.path + "/martlet.sock"
            let service = try await ServiceProcess.start([
                "--listen", "[::1]:0", "--listen", "unix:\(socket)", "--unix-mode", "0640",
                "--unix-group", "daemon", "--tls-certificate", certificate, "--tls-key", key,
            ])
            let first = "https://127.0.0.1:\(service.port)"
            let viewer = try #require(try await service.line())
            let second = String(viewer.dropFirst("  viewer   ".count).dropLast())
            #expect(viewer.hasPrefix("  viewer   https://[::1]:"))
            for target in [first, second, "--unix-socket \(socket) http://localhost"] {
                #expect(try await service.line() == "  events   curl -N \(target)/v1/events")
            }
            let targets = [
                ["--cacert", certificate, first], ["--cacert", certificate, second],
                ["--unix-socket", socket, "http://localhost"],
            ]

            let caller = try await Syscaller()
            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(caller.pid)))
            let document = try folder.write(Array(policy.yaml.utf8), as: "policy.yaml")
            _ = try await curl(
                targets[2], "/v1/policies", "--data-binary", "@\(document)", "-H",
                "Content-Type: application/yaml")
            let pair = try await caller.call("pipe2 o:2 0").arrays[0]
            for target in targets {
                let list = try JSON(parsing: Array(try await curl(target, "/v1/policies").utf8))
                #expect(list["policies"]?.elements?.map { $0["name"]?.text } == ["pipes"])
                let line = try await curl(
                    target, "/v1/events?type=process_kprobe&since=oldest&limit=1", "-N", "-H",
                    "Accept: application/x-ndjson")
                let event = Event(name: "", json: try JSON(parsing: Array(line.utf8)))
                #expect(event.values(0) == pair)
                #expect(event.call?["policy_name"]?.text == "pipes")
            }

            var status = stat()
            #expect(lstat(socket, &status) == 0)
            #expect(status.st_mode == S_IFSOCK | 0o640)
            #expect(status.st_uid == 0)
            #expect(status.st_gid == getgrnam("daemon")?.pointee.gr_gid)
            service.kill(SIGTERM)
            #expect(try await service.ending() == .exited(0))
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.sorted() == ["certificate.pem", "key.pem", "policy.yaml"])
        }

        @Test("a stream over each of them ends in order with the service")
        func streams() async throws {
            let folder = try TestFolder()
            let (certificate, key) = try await folder.certificate()
            let socket = folder.path + "/martlet.sock"
            let service = try await ServiceProcess.start([
                "--listen", "unix:\(socket)", "--tls-certificate", certificate, "--tls-key", key,
            ])
            async let encrypted = curl(
                ["--cacert", certificate, "https://127.0.0.1:\(service.port)"],
                "/v1/events?policy=none", "-N")
            async let local = curl(
                ["--unix-socket", socket, "http://localhost"], "/v1/events?policy=none", "-N")
            let status = ["--unix-socket", socket, "http://localhost"]
            let deadline = ContinuousClock.now + Deadline.usual
            while true {
                let json = try JSON(parsing: Array(try await curl(status, "/v1/status").utf8))
                if json["subscribers"]?["open"]?.number == 2 { break }
                try #require(ContinuousClock.now < deadline, "\(json)")
            }
            service.kill(SIGTERM)
            // curl fails where a body does not end as it should.
            #expect(try await encrypted.hasPrefix("retry: "))
            #expect(try await local.hasPrefix("retry: "))
            #expect(try await service.ending() == .exited(0))
        }

        @Test("what a killed service left is replaced, and a running one keeps its path")
        func replacement() async throws {
            let folder = try TestFolder()
            let socket = folder.path + "/martlet.sock"
            let target = ["--unix-socket", socket, "http://localhost"]
            let killed = try await ServiceProcess.start(["--listen", "unix:\(socket)"])
            killed.kill(SIGKILL)
            #expect(try await killed.ending() == .killed(by: SIGKILL))
            #expect(access(socket, F_OK) == 0)
            let service = try await ServiceProcess.start(["--listen", "unix:\(socket)"])
            #expect(try await curl(target, "/healthz").isEmpty == false)
            let run = try await run(
                ChildProcess.built("martlet"),
                [
                    "serve", "--listen", "127.0.0.1:0", "--listen", "unix:\(socket)",
                    "--state-dir", folder.path + "/state",
                ])
            #expect(run.status == 1)
            #expect(
                run.errors == "martlet: listening on unix:\(socket): cannot bind unix:\(socket): "
                    + "Address already in use\n")
            #expect(access(folder.path + "/state", F_OK) != 0)
            #expect(try await curl(target, "/healthz").isEmpty == false)
            service.kill(SIGTERM)
            #expect(try await service.ending() == .exited(0))
        }
    }
}
