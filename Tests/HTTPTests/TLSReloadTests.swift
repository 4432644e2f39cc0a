import Dispatch
import Foundation
import Glibc
import HTTP
import RawClient
import Testing

extension HTTPSuite {
    @Suite("Certificates that change")
    struct TLSReloadTests {
        private let folder: TestFolder
        private let files: TLSFiles
        /// DER of the certificates that come by turns.
        private let first: [UInt8]
        private let second: [UInt8]

        init() throws {
            folder = try TestFolder()
            for name in ["first", "second"] { _ = try folder.certificate(name) }
            first = try Self.certificate(at: folder.path + "/first.pem")
            second = try Self.certificate(at: folder.path + "/second.pem")
            #expect(first != second)
            try Self.put("first", in: folder)
            files = try TLSFiles(
                certificate: folder.path + "/now.pem", key: folder.path + "/now.key")
        }

        /// Puts a pair in the place of what was read, as programs do that renew certificates.
        private static func put(_ name: String, in folder: TestFolder) throws {
            for kind in ["pem", "key"] {
                let new = "\(folder.path)/new.\(kind)"
                unlink(new)
                try FileManager.default.copyItem(
                    atPath: "\(folder.path)/\(name).\(kind)", toPath: new)
                #expect(rename(new, "\(folder.path)/now.\(kind)") == 0)
            }
        }

        private static func certificate(at path: String) throws -> [UInt8] {
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let data = Data(base64Encoded: lines.dropFirst().dropLast().joined())
            return [UInt8](try #require(data))
        }

        /// Shakes hands as a new client does, and says which certificate it got.
        private static func seen(_ daemon: Daemon, version: String = "1.3") throws -> [UInt8]? {
            let client = try Client(daemon)
            try client.startTLS(priorities: "NORMAL:-VERS-ALL:+VERS-TLS\(version)")
            #expect(try client.get("/").text == "GET /\n")
            return client.peerCertificate
        }

        @Test(
            "who connects after they were read again sees the new one, and who was there goes on",
            arguments: ["1.2", "1.3"])
        func reload(version: String) async throws {
            var limits = Limits.patient
            // So connections are taken in their order.
            limits.threads = 1
            let daemon = try startDaemon(tls: files, limits: limits)
            try await blocking {
                let before = try TLSScene.client(daemon)
                #expect(before.peerCertificate == first)
                // It shakes hands later.
                let late = try Client(daemon)
                try Self.put("second", in: folder)
                #expect(try Self.seen(daemon, version: version) == first)
                try files.reload()
                #expect(try Self.seen(daemon, version: version) == second)
                #expect(try before.get("/a").text == "GET /a\n")
                try late.startTLS()
                #expect(late.peerCertificate == first)
                #expect(try late.get("/b").text == "GET /b\n")
                try TLSScene.expectWorking(daemon)
            }
        }

        @Test("a pair lives as long as there are connections that were given it, and no longer")
        func lifetime() async throws {
            let daemon = try startDaemon(tls: files, limits: .patient)
            weak let old = files.identity
            try await blocking {
                do {
                    let client = try TLSScene.client(daemon)
                    let silent = try Client(daemon)
                    #expect(eventually { daemon.openSockets == 3 })
                    try Self.put("second", in: folder)
                    try files.reload()
                    #expect(try client.get("/").status == 200)
                    withExtendedLifetime(silent) {}
                }
                #expect(eventually { daemon.openSockets == 1 })
                #expect(eventually { old == nil })
            }
            weak let new = files.identity
            #expect(new != nil)
        }

        @Test("the end of the daemon gives back what its connections have")
        func stop() async throws {
            let (certificate, key) = (files.certificate, files.key)
            weak var identity: TLSIdentity?
            do {
                let files = try TLSFiles(certificate: certificate, key: key)
                identity = files.identity
                let daemon = try startDaemon(tls: files, limits: .patient)
                try await blocking {
                    let clients = try (TLSScene.client(daemon), Client(daemon))
                    #expect(eventually { daemon.openSockets == 3 })
                    daemon.stop()
                    withExtendedLifetime(clients) {}
                }
            }
            #expect(identity == nil)
        }

        @Test("a pair that cannot be used changes nothing, and says why")
        func refusals() async throws {
            let daemon = try startDaemon(tls: files, limits: .patient)
            try await blocking {
                func expectRefusal(_ expected: TLSIdentityError) throws {
                    #expect(throws: expected) { try files.reload() }
                    #expect(try Self.seen(daemon) == first)
                }
                let (certificate, key) = (files.certificate, files.key)
                // Only one of them is there yet.
                try Self.put("second", in: folder)
                #expect(rename(folder.path + "/first.key", key) == 0)
                try expectRefusal(
                    .unusable(
                        certificate: certificate, key: key,
                        reason: "The certificate and the given key do not match."))
                #expect(chmod(key, 0o644) == 0)
                try expectRefusal(.exposed(key))
                #expect(unlink(key) == 0)
                try expectRefusal(.unreadable(key, errno: ENOENT, user: geteuid()))
                // Which nobody writes to, and nobody waits for.
                #expect(mkfifo(key, 0o600) == 0)
                try expectRefusal(.notAFile(key))
                #expect(truncate(certificate, 100) == 0)
                #expect(unlink(key) == 0)
                _ = try folder.write("", as: "now.key")
                #expect(throws: TLSIdentityError.self) { try files.reload() }
                #expect(try Self.seen(daemon) == first)
                try Self.put("second", in: folder)
                try files.reload()
                #expect(try Self.seen(daemon) == second)
            }
        }

        @Test("handshakes amid changes get the one or the other, whole")
        func changing() async throws {
            let daemon = try startDaemon(tls: files, limits: .patient)
            let (first, second) = (first, second)
            async let counts = blocking {
                try (0..<300).map { number in
                    try Self.seen(daemon, version: number % 2 == 0 ? "1.2" : "1.3")
                }
            }
            try await blocking { [folder, files] in
                for number in 0..<300 {
                    try Self.put(number % 2 == 0 ? "second" : "first", in: folder)
                    try files.reload()
                }
            }
            let seen = try await counts
            #expect(seen.allSatisfy { $0 == first || $0 == second })
            #expect(seen.count == 300)
            #expect(eventually { daemon.openSockets == 1 })
        }
    }
}
