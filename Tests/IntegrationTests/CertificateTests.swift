import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The certificate while the service runs", .requiresTLSClient)
    struct CertificateTests {
        private let folder: TestFolder
        private let day = 86_400.0

        init() throws { folder = try TestFolder() }

        private func start(
            _ flags: [String] = [], rights: Rights? = nil
        ) async throws -> ServiceProcess {
            try await ServiceProcess.start(
                [
                    "--tls-certificate", folder.path + "/certificate.pem", "--tls-key",
                    folder.path + "/key.pem",
                ] + flags, rights: rights)
        }

        /// What curl gets with a certificate that it trusts, such as `first`.
        private func get(
            _ path: String, of service: ServiceProcess, trusting name: String
        ) async throws -> ProgramRun {
            try await run(
                "/usr/bin/curl",
                [
                    "--silent", "--show-error", "--max-time", "15", "--cacert",
                    "\(folder.path)/\(name)", "https://127.0.0.1:\(service.port)\(path)",
                ])
        }

        private func keep(_ name: String) throws {
            try FileManager.default.copyItem(
                atPath: folder.path + "/certificate.pem", toPath: "\(folder.path)/\(name)")
        }

        private func expiry(
            of service: ServiceProcess, trusting name: String
        ) async throws -> Int? {
            let page = try await get("/metrics", of: service, trusting: name).output
            let name = "martlet_tls_certificate_expiry_timestamp_seconds"
            #expect(page.contains("# TYPE \(name) gauge\n"))
            let line = page.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            return line?.split(separator: " ").last.flatMap { Int($0) }
        }

        @Test("SIGHUP has new connections see the new one, and streams go on")
        func reload() async throws {
            let socket = folder.path + "/martlet.sock"
            let end = Date(timeIntervalSince1970: 1_924_992_000)  // 2031-01-01
            _ = try await folder.certificate(until: end)
            try keep("first")
            let service = try await start(["--listen", "unix:\(socket)"])
            #expect(!service.log.contains("certificate"))
            #expect(try await expiry(of: service, trusting: "first") == 1_924_992_000)
            async let stream = curl(
                ["--cacert", folder.path + "/first", "https://127.0.0.1:\(service.port)"],
                "/v1/events?type=policy&limit=1", "-N")
            let local = ["--unix-socket", socket, "http://localhost"]
            let deadline = ContinuousClock.now + Deadline.usual
            while true {
                let json = try JSON(parsing: Array(try await curl(local, "/v1/status").utf8))
                if json["subscribers"]?["open"]?.number == 1 { break }
                try #require(ContinuousClock.now < deadline, "\(json)")
            }

            _ = try await folder.certificate(until: end + 1)
            try keep("second")
            // It is read at the start, and when it is asked for.
            #expect(try await get("/healthz", of: service, trusting: "first").status == 0)
            let lines = try await service.reload(awaiting: "certificate read again")
            #expect(
                lines.last?.hasSuffix(
                    "certificate read again: \(folder.path)/certificate.pem, good until "
                        + "2031-01-01T00:00:01Z") == true)
            #expect(!service.log.contains("warning"))
            // 60 is "peer certificate cannot be authenticated".
            #expect(try await get("/healthz", of: service, trusting: "first").status == 60)
            #expect(try await expiry(of: service, trusting: "second") == 1_924_992_001)

            let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(1)))
            let document = try folder.write(Array(policy.yaml.utf8), as: "policy.yaml")
            _ = try await curl(
                local, "/v1/policies", "--data-binary", "@\(document)", "-H",
                "Content-Type: application/yaml")
            #expect(try await stream.contains("event: policy\n"))
            service.kill(SIGTERM)
            #expect(try await service.ending() == .exited(0))
        }

        @Test("a pair that does not fit, or is gone, is told of, and the old one stays")
        func refusal() async throws {
            let (certificate, key) = try await folder.certificate()
            try keep("first")
            let service = try await start()
            let stays = "the certificate stays as it was: "
            let other = try TestFolder()
            _ = try await other.certificate()
            #expect(rename(other.path + "/key.pem", key) == 0)
            let strangers = try await service.reload(awaiting: stays)
            #expect(
                strangers.contains {
                    $0.contains(
                        stays + "the certificate \(certificate) with the key \(key): The "
                            + "certificate and the given key do not match.")
                })
            #expect(unlink(key) == 0)
            let missing = try await service.reload(awaiting: stays)
            #expect(
                missing.contains {
                    $0.contains(stays + "cannot read \(key): No such file or directory")
                })
            #expect(try await get("/healthz", of: service, trusting: "first").status == 0)
        }

        @Test("a key that only the start could read is named, with the user that has to read it")
        func rights() async throws {
            let (_, key) = try await folder.certificate()
            try keep("first")
            #expect(chmod(key, 0o600) == 0)
            // What is of no use after the start is given up, and this goes further than it has to.
            let service = try await start(
                rights: Rights(capabilities: ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_OVERRIDE"]))
            let lines = try await service.reload(awaiting: "the certificate stays as it was: ")
            #expect(
                lines.contains {
                    $0.hasSuffix(
                        "the certificate stays as it was: the user \(Rights.user) may not read "
                            + "\(key); the service has given up rights that it had at the start, "
                            + "so this user has to be let")
                })
            #expect(try await get("/healthz", of: service, trusting: "first").status == 0)
            // By the rights of the systemd unit any file is read.
            let unit = try await start(rights: .ofUnit())
            _ = try await folder.certificate()
            _ = try await unit.reload(awaiting: "certificate read again: ")
        }

        @Test("a certificate that clients refuse, or will in a week, is warned of with its time")
        func concerns() async throws {
            let now = Date.now
            let text = { (date: Date) in date.formatted(.iso8601) }
            let name = "the certificate \(folder.path)/certificate.pem"
            _ = try await folder.certificate(from: now - 2 * day, until: now - day)
            let service = try await start()
            let warnings = { (lines: [String]) in
                lines.filter { $0.contains(" warning ") }
                    .map { $0.drop { $0 != "]" }.dropFirst(2) }
            }
            let expired = "\(name) has expired: it was good until \(text(now - day))"
            #expect(
                warnings(service.log.split(separator: "\n").map(String.init)).map(String.init)
                    == [expired])
            let table = [
                (now + day, now + 30 * day, "is not good yet: it will be from \(text(now + day))"),
                (
                    now - day, now + 6 * day,
                    "ends within 7 days: it is good until \(text(now + 6 * day))"
                ),
                (now - 2 * day, now - day, "has expired: it was good until \(text(now - day))"),
            ]
            for (begin, end, concern) in table {
                _ = try await folder.certificate(from: begin, until: end)
                let lines = try await service.reload(awaiting: "certificate read again")
                #expect(warnings(lines).map(String.init) == ["\(name) \(concern)"])
            }
            _ = try await folder.certificate(from: now - day, until: now + 8 * day)
            let lines = try await service.reload(awaiting: "certificate read again")
            #expect(warnings(lines).isEmpty)
        }

        @Test("without TLS there is no metric of a certificate, and SIGHUP says nothing of one")
        func plain() async throws {
            let service = try await ServiceProcess.start()
            let page = try await service.http.send("GET", "/metrics").text
            #expect(!page.contains("certificate"))
            let lines = try await service.reload(awaiting: "no token files to read again")
            #expect(lines.count == 1)
        }
    }
}
