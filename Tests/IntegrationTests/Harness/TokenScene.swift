import Foundation

/// A service that asks for tokens.
struct TokenScene {
    static let admin = "admin-0123456789abcdef"
    static let read = "read-0123456789abcdef"

    let folder: TestFolder
    let service: ServiceProcess

    /// Starts it with an admin's token, `root`, and a reader's, `eye`.
    init(_ flags: [String] = []) async throws {
        folder = try TestFolder()
        let files = try [
            "--admin-token-file", Self.write("root:\(Self.admin)\n", as: "admin", in: folder),
            "--read-token-file", Self.write("eye:\(Self.read)\n", as: "read", in: folder),
        ]
        service = try await ServiceProcess.start(files + flags)
    }

    private static func write(
        _ text: String, as name: String, in folder: TestFolder
    ) throws -> String {
        try folder.write(Array(text.utf8), as: name, mode: 0o600)
    }

    /// Writes a token file, has the service read it, and waits until it says what came of it.
    func reload(_ name: String, _ text: String) async throws {
        let before = answers
        _ = try Self.write(text, as: name, in: folder)
        service.kill(SIGHUP)
        let deadline = ContinuousClock.now + Deadline.usual
        while answers == before {
            guard ContinuousClock.now < deadline else {
                throw HarnessError("nothing came of SIGHUP: \(service.log)")
            }
            await Task.yield()
        }
    }

    /// How often the service has said what came of reading its tokens again.
    private var answers: Int {
        service.log.split(separator: "\n").count {
            $0.contains("tokens read again") || $0.contains("tokens stay as they were")
        }
    }

    /// Sends a request with a token.
    func send(
        _ method: String, _ path: String, _ token: String?, headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> HTTPResponse {
        let authorization = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        return try await service.http.send(
            method, path, headers: authorization + headers, body: body.map { Array($0.utf8) })
    }
}
