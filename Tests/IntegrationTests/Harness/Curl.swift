import Foundation
import Testing

/// What curl got from a URL, with the options that reach it before it.
func curl(_ target: [String], _ path: String, _ flags: String...) async throws -> String {
    let url = (target.last ?? "") + path
    let run = try await run(
        "/usr/bin/curl",
        ["--silent", "--show-error", "--fail-with-body", "--max-time", "15"]
            + target.dropLast() + flags + [url])
    #expect(run.status == 0, "\(url): \(run.errors)\(run.output)")
    return run.output
}

extension TestFolder {
    /// Makes a certificate for loopback and its key, and returns the paths of their files.
    func certificate() async throws -> (certificate: String, key: String) {
        let files = (certificate: path + "/certificate.pem", key: path + "/key.pem")
        let run = try await run(
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
    static var requiresTLSClient: Self {
        .enabled("needs curl and openssl") {
            access("/usr/bin/curl", X_OK) == 0 && access("/usr/bin/openssl", X_OK) == 0
        }
    }
}
