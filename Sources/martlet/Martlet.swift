import ArgumentParser

/// The command line.
@main
struct Martlet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "Traces a Linux host by policy, and streams what matches as JSON.",
        discussion: """
            Martlet takes TracingPolicy documents over HTTP, loads a BPF program for every hook \
            in them, and sends each match to whoever listens: as server-sent events, as NDJSON, \
            or to the viewer in a browser.

              martlet check pipe2.yaml
              martlet serve --policy pipe2.yaml
              curl -N http://127.0.0.1:8080/v1/events
            """,
        version: Version.text,
        subcommands: [Serve.self, Check.self, Explain.self, Reference.self, Version.self],
        defaultSubcommand: nil)
}
