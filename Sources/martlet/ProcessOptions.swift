import ArgumentParser
import Events
import Foundation

/// What `martlet serve` tells of processes.
struct ProcessOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Report every program that is started and every process that ends. "
                + "[MARTLET_PROCESS_EVENTS=0 is no]"))
    var processEvents: Bool = environment("MARTLET_PROCESS_EVENTS") != "0"

    @Flag(
        help: ArgumentHelp(
            "Show the users, groups and capabilities of processes. "
                + "[MARTLET_PROCESS_CREDENTIALS=1]"))
    var processCredentials: Bool = environment("MARTLET_PROCESS_CREDENTIALS") == "1"

    @Flag(help: ArgumentHelp("Show the namespaces of processes. [MARTLET_PROCESS_NAMESPACES=1]"))
    var processNamespaces: Bool = environment("MARTLET_PROCESS_NAMESPACES") == "1"

    @Flag(help: ArgumentHelp("Show the processes above the parent. [MARTLET_ANCESTORS=1]"))
    var ancestors: Bool = environment("MARTLET_ANCESTORS") == "1"

    @Flag(
        help: ArgumentHelp(
            "Show the names of users, of processes outside of containers. [MARTLET_USER_NAMES=1]"))
    var userNames: Bool = environment("MARTLET_USER_NAMES") == "1"

    @Option(
        name: .customLong("environment"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Variables of the environment to show. [MARTLET_ENVIRONMENT, separated by commas]",
            valueName: "name"))
    var variables: [String] =
        environment("MARTLET_ENVIRONMENT")?.split(separator: ",").map(String.init) ?? []

    @Option(
        help: ArgumentHelp(
            "What to replace by ***** in arguments and variables: a POSIX extended regular "
                + "expression; where it has groups, what they match. May be repeated. "
                + "[MARTLET_REDACT, one a line]", valueName: "regex"))
    var redact: [String] =
        environment("MARTLET_REDACT")?.split(separator: "\n").map(String.init) ?? []

    /// The patterns compile, and the variables of the environment are 0 or 1.
    func validate() throws {
        let flags = [
            "MARTLET_PROCESS_EVENTS", "MARTLET_PROCESS_CREDENTIALS", "MARTLET_PROCESS_NAMESPACES",
            "MARTLET_ANCESTORS", "MARTLET_USER_NAMES",
        ]
        for name in flags {
            if let text = environment(name), !["0", "1"].contains(text) {
                throw ValidationError("\(name) is 0 or 1, not '\(text)'")
            }
        }
        for name in variables where name.isEmpty || name.contains("=") {
            throw ValidationError("--environment takes the names of variables, not '\(name)'")
        }
        do {
            _ = try redactions()
        } catch {
            throw ValidationError("--redact: \(error)")
        }
    }

    private func redactions() throws(RedactionError) -> [Redaction] {
        var redactions: [Redaction] = []
        for pattern in redact { redactions.append(try Redaction(pattern)) }
        return redactions
    }

    /// What the event reader is to tell.
    func reporting() throws(RedactionError) -> ProcessReporting {
        var reporting = ProcessReporting()
        reporting.reportsLives = processEvents
        reporting.showsCredentials = processCredentials
        reporting.showsNamespaces = processNamespaces
        reporting.showsAncestors = ancestors
        reporting.showsUserNames = userNames
        reporting.environment = Set(variables)
        reporting.redactions = try redactions()
        return reporting
    }
}
