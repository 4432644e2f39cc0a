import API
public import ArgumentParser
import Foundation
public import Logging
import Tracing

/// `martlet serve`.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the service until SIGTERM or SIGINT.",
        // The generated one is a single line of all options.
        usage: "martlet serve [<options>]",
        discussion: """
            Needs a kernel with BTF, and root, or CAP_BPF, CAP_PERFMON, CAP_DAC_READ_SEARCH and a \
            mounted tracefs. What it needs at the start alone it gives up then. Every option can be given by the environment \
            variable in brackets; the command line wins.
            """)

    @Option(
        help: ArgumentHelp(
            "Where accepted policies are kept. [MARTLET_STATE_DIR]", valueName: "dir"))
    var stateDir: String = environment("MARTLET_STATE_DIR") ?? "/var/lib/martlet"

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Policies to start with when the state directory holds none yet. "
                + "[MARTLET_POLICY, separated by colons]", valueName: "file"))
    var policy: [String] =
        environment("MARTLET_POLICY")?.split(separator: ":").map(String.init) ?? []

    @Flag(
        help: ArgumentHelp(
            "Send no signals, whatever policies and clients say: every policy only monitors. "
                + "[MARTLET_MONITOR_ONLY=1]"))
    var monitorOnly: Bool = environment("MARTLET_MONITOR_ONLY") == "1"

    @Option(
        help: ArgumentHelp(
            "Memory for events that subscribers can still read, such as 16MiB. "
                + "[MARTLET_EVENT_LOG_SIZE]", valueName: "size"))
    var eventLogSize: ByteCount =
        environment("MARTLET_EVENT_LOG_SIZE").flatMap(ByteCount.init(argument:))
        ?? ByteCount(bytes: 16 * 1024 * 1024)

    @Option(
        help: ArgumentHelp(
            "Event streams that may be open at a time. [MARTLET_MAX_SUBSCRIBERS]",
            valueName: "count"))
    var maxSubscribers: Int = environment("MARTLET_MAX_SUBSCRIBERS").flatMap { Int($0) } ?? 2000

    @Option(
        help: ArgumentHelp(
            "The same from one address. [MARTLET_MAX_SUBSCRIBERS_PER_ADDRESS]", valueName: "count"))
    var maxSubscribersPerAddress: Int =
        environment("MARTLET_MAX_SUBSCRIBERS_PER_ADDRESS").flatMap { Int($0) } ?? 1500

    @Option(
        help: ArgumentHelp(
            "How much to log to standard error. [MARTLET_LOG_LEVEL]", valueName: "level"))
    var logLevel: Logger.Level =
        environment("MARTLET_LOG_LEVEL").flatMap(Logger.Level.init(rawValue:)) ?? .info

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Count and time every run of a BPF program, for /metrics. [MARTLET_BPF_STATS=0 is no]"))
    var bpfStats: Bool = environment("MARTLET_BPF_STATS") != "0"

    @OptionGroup(title: "Listening")
    var listening: ListenOptions

    @OptionGroup(title: "Access")
    var access: AccessOptions

    @OptionGroup(title: "Processes")
    var processes: ProcessOptions

    /// A variable that is set to nonsense is an error, as an option would be.
    func validate() throws {
        if let text = environment("MARTLET_EVENT_LOG_SIZE"), ByteCount(argument: text) == nil {
            throw ValidationError("MARTLET_EVENT_LOG_SIZE is a size such as 16MiB, not '\(text)'")
        }
        for name in ["MARTLET_MAX_SUBSCRIBERS", "MARTLET_MAX_SUBSCRIBERS_PER_ADDRESS"] {
            if let text = environment(name), Int(text) == nil {
                throw ValidationError("\(name) is a number, not '\(text)'")
            }
        }
        guard maxSubscribers > 0, maxSubscribersPerAddress > 0 else {
            throw ValidationError("limits of subscribers are 1 or more")
        }
        if let text = environment("MARTLET_LOG_LEVEL"), Logger.Level(rawValue: text) == nil {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("MARTLET_LOG_LEVEL is one of \(levels), not '\(text)'")
        }
        for name in ["MARTLET_BPF_STATS", "MARTLET_MONITOR_ONLY"] {
            if let text = environment(name), !["0", "1"].contains(text) {
                throw ValidationError("\(name) is 0 or 1, not '\(text)'")
            }
        }
    }

    func run() throws {
        let level = logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            // What was changed is told however little else is.
            handler.logLevel = label == AuditLog.label ? min(level, .notice) : level
            return handler
        }
        do {
            let service = try Service(options: self)
            try waiting { try await service.run() }
        } catch let failure as StartFailure {
            FileHandle.standardError.write(Data("martlet: \(failure.description)\n".utf8))
            throw ExitCode.failure
        }
    }
}

/// A variable of the environment, where it is set to something.
func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
