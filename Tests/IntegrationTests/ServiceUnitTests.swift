import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The systemd unit")
    struct ServiceUnitTests {
        /// Runs `make install` and gives the folder that it installed to.
        private func install() async throws -> TestFolder {
            let folder = try TestFolder()
            let sources = URL(filePath: try ServiceUnit().path).deletingLastPathComponent().path()
            let run = try await run(
                "/usr/bin/make", ["-s", "-C", sources, "install", "PREFIX=\(folder.path)"])
            guard run.status == 0 else { throw HarnessError("make install: \(run.errors)") }
            return folder
        }

        @Test("it may have what it is given, and is given what the service needs")
        func capabilities() throws {
            let unit = try ServiceUnit()
            let given = unit.words(of: "AmbientCapabilities")
            #expect(given == ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH"])
            #expect(unit.words(of: "CapabilityBoundingSet") == given)
            #expect(unit.values(of: "NoNewPrivileges") == ["yes"])
        }

        @Test("make install puts program and unit in place", .requiresReleaseBuild)
        func installing() async throws {
            let folder = try await install()
            let version = try await run(folder.path + "/bin/martlet", ["version"])
            #expect(version.status == 0)
            let unit = try String(
                contentsOfFile: folder.path + "/lib/systemd/system/martlet.service",
                encoding: .utf8)
            let source = try String(contentsOfFile: ServiceUnit().path, encoding: .utf8)
            #expect(unit == source.replacing("/usr/local/bin", with: folder.path + "/bin"))
            #expect(unit != source)
        }

        @Test(
            "systemd understands all of it, and finds little that it could do harm by",
            .requiresReleaseBuild, .requiresSystemdAnalyze)
        func analysis() async throws {
            let folder = try await install()
            let unit = folder.path + "/lib/systemd/system/martlet.service"
            let analyze = "/usr/bin/systemd-analyze"
            let verification = try await run(analyze, ["verify", "--man=no", unit])
            #expect(verification.status == 0)
            #expect(verification.errors == "")
            // In tenths: 2.4 by systemd 252. 9.6 is a service without any of it.
            let security = try await run(
                analyze, ["security", "--offline=true", "--threshold=30", "--no-pager", unit])
            #expect(security.status == 0, "\(security.output)")
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where there is nothing to install, as in a guest.
    fileprivate static var requiresReleaseBuild: Self {
        .enabled("needs .build/release/martlet (make build), and make") {
            let sources = URL(filePath: try ServiceUnit().path).deletingLastPathComponent()
            return access(sources.path() + "/.build/release/martlet", X_OK) == 0
                && access("/usr/bin/make", X_OK) == 0
        }
    }

    /// Skips, visibly, where systemd is not installed.
    fileprivate static var requiresSystemdAnalyze: Self {
        .enabled("needs systemd-analyze") { access("/usr/bin/systemd-analyze", X_OK) == 0 }
    }
}
