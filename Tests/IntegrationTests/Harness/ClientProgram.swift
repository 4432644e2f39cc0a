import Foundation
import Glibc
import Testing

/// A program that reads the stream, and what it prints.
///
/// It ends with this process, or when this is dropped.
actor ClientProgram {
    private let executor = BlockingExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let process: ChildProcess
    private let commands: CInt
    private let output: Input

    /// Starts the program at a path, with arguments.
    init(_ path: String, _ arguments: [String]) throws {
        let (process, input, output) = try ChildProcess.start(
            "syscaller", ["run", path] + arguments)
        self.process = process
        commands = input
        self.output = Input(descriptor: output)
    }

    deinit { close(commands) }

    /// curl, without buffering and without a word about what fails.
    static func curl(_ arguments: [String]) throws -> ClientProgram {
        try ClientProgram(Self.curl, ["-N", "-s"] + arguments)
    }

    /// The next line that it prints; nil where it ended, in the middle of a line or before.
    func line(within limit: Duration = Deadline.usual) throws -> String? {
        try output.line(by: Deadline(in: limit))
    }

    /// The next line that it prints; throws where it ended.
    func nextLine() throws -> String {
        guard let line = try line() else { throw HarnessError("the client has ended") }
        return line
    }

    /// The fields of the next entry of server-sent events that it prints; nil where it ended, in
    /// the middle of an entry or before.
    func entry() throws -> [String: String]? {
        var fields: [String: String] = [:]
        while let line = try line() {
            if line.isEmpty { return fields }
            let parts = line.split(separator: ": ", maxSplits: 1)
            guard parts.count == 2 else { throw HarnessError("not a field: \(line)") }
            fields[String(parts[0])] = String(parts[1])
        }
        return nil
    }

    /// How it ends, by itself.
    func ending(within limit: Duration = Deadline.usual) throws -> ChildProcess.Ending {
        _ = try output.rest(by: Deadline(in: limit))
        guard let ending = process.wait() else { throw HarnessError("waited for twice") }
        return ending
    }
}

extension ClientProgram {
    /// Where Debian's packages put them.
    static let curl = "/usr/bin/curl"
    static let node = "/usr/bin/node"

    /// The files of this repository; not there in a virtual machine.
    static let repository = URL(filePath: #filePath + "/../../../..").standardized.path()
    /// With the packages of Tests/Clients/requirements.txt; `make test` makes it.
    static let python = repository + ".build/python/Clients/bin/python"
    /// The compiler that stands in PATH.
    static let swiftCompiler = ProcessInfo.processInfo.environment["PATH"]?
        .split(separator: ":").map { String($0) + "/swiftc" }.first { access($0, X_OK) == 0 }
}

extension Trait where Self == ConditionTrait {
    /// Skips, visibly, where there is no curl.
    static var requiresCurl: Self {
        .enabled("needs curl") { access(ClientProgram.curl, X_OK) == 0 }
    }

    /// Skips, visibly, where there is no Node.
    static var requiresNode: Self {
        .enabled("needs nodejs") { access(ClientProgram.node, X_OK) == 0 }
    }

    /// Skips, visibly, where there is no compiler, or no README.md.
    static var requiresSwift: Self {
        .enabled("needs swiftc in PATH") { ClientProgram.swiftCompiler != nil }
    }

    /// Skips, visibly, where Python's packages could not be had.
    static var requiresPython: Self {
        .enabled("needs the packages of Tests/Clients/requirements.txt, from PyPI") {
            access(ClientProgram.python, X_OK) == 0
        }
    }
}

extension ClientProgram {
    /// The next line that it prints, which is JSON; throws where it ended.
    func json() throws -> JSON { try JSON(parsing: nextLine().utf8) }
}

extension Scene {
    /// Reports the caller's pipe2.
    var pipes: PolicyDocument {
        PolicyDocument("pipes", .pipe2(PolicyDocument.only(caller.pid)))
    }

    /// Has the caller make so many pipe2, and returns the descriptors that each got.
    func calls(_ count: Int) async throws -> [[Int]] {
        var descriptors: [[Int]] = []
        for _ in 0..<count {
            descriptors.append(try await caller.call("pipe2 o:2 0").arrays[0])
        }
        return descriptors
    }

    /// Where ``pipes`` streams from, all that is held first; by another port, where one is given.
    func stream(through port: UInt16? = nil, since start: String = "oldest") -> String {
        "http://127.0.0.1:\(port ?? service.port)/v1/events?policy=pipes&since=\(start)"
    }
}
