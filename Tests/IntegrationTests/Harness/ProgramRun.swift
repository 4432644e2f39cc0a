import Foundation
import Testing

/// What a run of a program that ends by itself said.
struct ProgramRun {
    var status: Int32
    var output: String
    var errors: String

    /// Runs `program`; one that does not end is killed, and its status says so.
    init(_ program: String, _ arguments: [String]) async throws {
        self = try await blocking { try ProgramRun(to: program, arguments) }
    }

    private init(to program: String, _ arguments: [String]) throws {
        let process = Process()
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["out", "err"] {
            try Data().write(to: URL(filePath: "\(folder)/\(name)"))
        }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
        process.standardError = FileHandle(forWritingAtPath: folder + "/err")
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        if ended.wait(timeout: .now() + .seconds(20 * Machine.slowness)) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        status = process.terminationStatus
        output = try String(contentsOfFile: folder + "/out", encoding: .utf8)
        errors = try String(contentsOfFile: folder + "/err", encoding: .utf8)
    }
}

extension TestFolder {
    /// Makes a certificate for loopback and its key, and returns the paths of their files.
    func certificate() async throws -> (certificate: String, key: String) {
        let files = (certificate: path + "/certificate.pem", key: path + "/key.pem")
        let run = try await ProgramRun(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1", "-days", "1",
                "-out", files.certificate, "-keyout", files.key,
            ])
        guard run.status == 0 else { throw HarnessError("openssl: \(run.errors)") }
        return files
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where there is no client for TLS and Unix sockets.
    static var requiresCurl: Self {
        .enabled("needs curl and openssl") {
            access("/usr/bin/curl", X_OK) == 0 && access("/usr/bin/openssl", X_OK) == 0
        }
    }
}
