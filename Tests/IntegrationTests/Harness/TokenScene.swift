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
        _ = try Self.write(text, as: name, in: folder)
        _ = try await service.reload(awaiting: "tokens read again", "tokens stay as they were")
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
