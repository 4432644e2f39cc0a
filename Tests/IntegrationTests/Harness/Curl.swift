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

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where there is no client for TLS and Unix sockets.
    static var requiresTLSClient: Self {
        .enabled("needs curl and openssl") {
            access("/usr/bin/curl", X_OK) == 0 && access("/usr/bin/openssl", X_OK) == 0
        }
    }
}
