import API
import ArgumentParser

/// Who may call the service.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tokens that may do everything: TOKEN or NAME:TOKEN a line. With a file of tokens, "
                + "every call needs one. Read again on SIGHUP. [MARTLET_ADMIN_TOKEN_FILE]",
            valueName: "file"))
    var adminTokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Tokens that may look, and change nothing. [MARTLET_READ_TOKEN_FILE]",
            valueName: "file"))
    var readTokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Pages of another site that may call, such as https://tools.example:8443. May be "
                + "repeated. [MARTLET_CORS_ORIGIN, separated by commas]", valueName: "origin"))
    var corsOrigin: [String] =
        environment("MARTLET_CORS_ORIGIN")?.split(separator: ",").map(String.init) ?? []

    /// The origins are ones that browsers send.
    func validate() throws {
        do {
            _ = try crossOrigins()
        } catch {
            throw ValidationError("--cors-origin: \(error)")
        }
    }

    /// Pages of other sites that may call.
    func crossOrigins() throws(CrossOriginError) -> CrossOrigins {
        try CrossOrigins(parsing: corsOrigin)
    }

    /// Where the tokens are.
    var tokenFiles: TokenFiles {
        TokenFiles(
            admin: adminTokenFile ?? environment("MARTLET_ADMIN_TOKEN_FILE"),
            read: readTokenFile ?? environment("MARTLET_READ_TOKEN_FILE"))
    }
}
