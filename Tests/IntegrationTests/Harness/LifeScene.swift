import Foundation
import Testing

/// A service that shows everything of processes, a process that starts others, and a folder.
struct LifeScene {
    let service: ServiceProcess
    let caller: Syscaller
    let callerFacts: ProcessFacts
    let folder: TestFolder
    /// A program that waits.
    let program: String

    /// What the service is asked to show.
    static let flags = ["--process-credentials", "--process-namespaces"]

    /// Starts both, the service first.
    init(_ more: [String] = [], rights: Rights? = nil) async throws {
        service = try await ServiceProcess.start(Self.flags + more, rights: rights)
        caller = try await Syscaller()
        folder = try TestFolder()
        program = try folder.write(.waiting, as: "waiting")
        callerFacts = try Self.facts(of: caller.pid)
    }

    /// What is true of a process that the service saw begin.
    static func facts(
        of pid: Int, since: Moment? = nil, cwd: String? = nil
    ) throws -> ProcessFacts {
        var facts = try ProcessFacts(of: pid, flags: ProcessFacts.followed, cwd: cwd)
        facts.more = try ProcessDetails(of: pid).members
        if let since { facts.identity = since.boottime...Moment.now.boottime }
        return facts
    }

    /// The events of a process from the beginning of the service on, of these types.
    func events(of pid: Int, _ types: String...) async throws -> EventSubscriber {
        let types = types.map { "&type=" + $0 }.joined()
        return try await EventSubscriber(
            port: service.port, query: "since=oldest&pid=\(pid)" + types)
    }

    /// Starts a process that does the steps of steps.h up to a program that waits; checks the
    /// program's start, ends it, and checks its end; returns what was true of it.
    ///
    /// `cwd` is its working directory, if /proc cannot tell it; `properties` are
    /// `binary_properties`, if the event has them; `edit` corrects what /proc says to what events
    /// have to say.
    @discardableResult
    func check(
        _ steps: String..., cwd: String? = nil,
        properties: (ProcessFacts) throws -> JSON? = { _ in nil },
        edit: (inout ProcessFacts) throws -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ProcessFacts {
        let since = Moment.now
        let pids = try await caller.start(steps)
        let pid = try #require(pids.last, sourceLocation: sourceLocation)
        var facts = try Self.facts(of: pid, since: since, cwd: cwd)
        let argumentBytes = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline")).count
        try edit(&facts)
        var expected = ExpectedLife(
            kind: .exec(properties: try properties(facts), cgroup: try ProcessCgroup(of: pid).json),
            process: facts, parent: callerFacts, since: since)
        let binary = facts.binary
        let execs = try await events(of: pid, "process_exec")
        let exec = try await execs.next { event in
            event.exec?["binary"]?.text == binary
        }
        expected.check(exec, sourceLocation: sourceLocation)

        let status = try await caller.end(pid, by: SIGKILL)
        #expect(status == WaitStatus(SIGKILL), sourceLocation: sourceLocation)
        expected.kind = .exit(signal: "SIGKILL")
        expected.process = facts.carried(argumentBytes: argumentBytes)
        let exits = try await events(of: pid, "process_exit")
        let exit = try await exits.next { event in
            event.exit?["exec_id"] == exec.exec?["exec_id"]
        }
        expected.check(exit, sourceLocation: sourceLocation)
        return facts
    }
}

extension Event {
    /// The process whose program starts.
    var exec: JSON? { json["process_exec"]?["process"] }
    /// The process that ends.
    var exit: JSON? { json["process_exit"]?["process"] }
}

extension ProcessFacts {
    /// As events show it that are not of the program's start: with 4 KiB of arguments.
    fileprivate func carried(argumentBytes: Int) -> ProcessFacts {
        guard arguments.utf8.count > 4096 else { return self }
        var facts = self
        facts.arguments = String(decoding: arguments.utf8.prefix(4096), as: UTF8.self)
        facts.flags = "execve truncArgs clone"
        facts.more["truncated"] = ["arguments": .number(argumentBytes)]
        return facts
    }
}
