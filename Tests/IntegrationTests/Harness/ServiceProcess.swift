import Foundation
import Synchronization

/// The real executable, listening on a port of its own, with a state directory of its own.
///
/// Killed when it is dropped, and the directory removed.
final class ServiceProcess: Sendable {
    /// Its process id.
    let pid: Int
    /// Where it listens.
    let port: UInt16
    /// Its `--state-dir`; removed with it.
    let stateDirectory: String
    /// Sends requests.
    let http: HTTPClient

    private let process: ChildProcess
    private let folder: String
    private let commands: CInt
    private let output: Mutex<Input>

    /// What the service calls this machine in events.
    static let nodeName = "integration-node"

    /// Starts `martlet serve` and waits until it says where it listens.
    ///
    /// `flags` come on top of `--listen` and `--state-dir`; the state directory holds
    /// `policies`, documents by policy name, already. Without `rights` it runs as the tests do, and
    /// without `port` it gets one.
    static func start(
        _ flags: [String] = [], port: UInt16 = 0, policies: [String: String] = [:],
        rights: Rights? = nil
    ) async throws -> ServiceProcess {
        let flags = ["--listen", "127.0.0.1:\(port)"] + flags
        return try await blocking { try ServiceProcess(flags, policies: policies, rights) }
    }

    private init(_ flags: [String], policies: [String: String], _ rights: Rights?) throws {
        let folder = try temporaryFolder()
        let state = folder + "/state"
        var port: UInt16?
        do {
            try FileManager.default.createDirectory(
                atPath: state + "/policies", withIntermediateDirectories: true)
            for (name, document) in policies {
                try document.write(
                    toFile: "\(state)/policies/\(name).yaml", atomically: false, encoding: .utf8)
            }
            if rights != nil { try Self.give(state, in: folder, to: Rights.user) }
            let program = try ChildProcess.built("martlet")
            let command = rights?.command(running: program, as: folder + "/martlet") ?? [program]
            let arguments = ["serve", "--state-dir", state] + flags
            // Becomes the service, and ends it when this process dies.
            let started = try ChildProcess.start(
                "syscaller", ["run"] + command + arguments,
                environment: ["NODE_NAME": Self.nodeName], error: folder + "/stderr")
            process = started.process
            commands = started.input
            let input = Input(descriptor: started.output)
            let deadline = Deadline()
            while port == nil {
                guard let line = try input.line(by: deadline) else {
                    throw HarnessError("the service ended at start: \(errorOutput(in: folder))")
                }
                port = announcedPort(line)
            }
            output = Mutex(input)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        self.folder = folder
        stateDirectory = state
        self.port = port ?? 0
        pid = Int(process.pid)
        http = HTTPClient(port: self.port)
    }

    private static func give(_ state: String, in folder: String, to user: Int) throws {
        guard chmod(folder, 0o755) == 0 else { throw HarnessError.call("chmod") }
        let inside = try FileManager.default.subpathsOfDirectory(atPath: state)
        for path in [state] + inside.map({ "\(state)/\($0)" }) {
            guard chown(path, uid_t(user), gid_t(user)) == 0 else {
                throw HarnessError.call("chown \(path)")
            }
        }
    }

    deinit {
        process.kill(SIGKILL)
        _ = process.wait()
        close(commands)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What it has written to standard error, for messages.
    var log: String { errorOutput(in: folder) }

    /// The next line that it says on standard output, after the one with the port.
    func line() async throws -> String? {
        try await blocking { [self] in try output.withLock { try $0.line(by: Deadline()) } }
    }

    // MARK: - Ending

    /// Sends a signal.
    func kill(_ signal: CInt) { process.kill(signal) }

    /// Has it read again what may have changed (SIGHUP), and waits for a new line of its log with one
    /// of these texts; returns all that are new then.
    func reload(awaiting texts: String...) async throws -> [String] {
        let lines = { [self] in log.split(separator: "\n").map(String.init) }
        let before = lines().count
        kill(SIGHUP)
        let deadline = ContinuousClock.now + Deadline.usual
        while true {
            // The last line may not be whole yet.
            let new = log.hasSuffix("\n") ? Array(lines().dropFirst(before)) : []
            if new.contains(where: { line in texts.contains { line.contains($0) } }) { return new }
            guard ContinuousClock.now < deadline else {
                throw HarnessError("nothing came of SIGHUP: \(log)")
            }
            await Task.yield()
        }
    }

    /// Waits until the service has ended.
    func ending(within limit: Duration = Deadline.usual) async throws -> ChildProcess.Ending {
        try await blocking { [self] in
            // Its standard output ends with it, which a deadline can wait for.
            _ = try output.withLock { try $0.rest(by: Deadline(in: limit)) }
            guard let ending = process.wait() else { throw HarnessError("waited for twice") }
            return ending
        }
    }

    // MARK: - Policies and events

    /// Adds a policy and returns its status; throws where it was refused.
    @discardableResult
    func add(_ policy: String) async throws -> JSON {
        let response = try await http.send(
            "POST", "/v1/policies", headers: [("Content-Type", "application/yaml")],
            body: Array(policy.utf8))
        guard response.status == 201 else {
            throw HarnessError("adding was answered by \(response.status): \(response.text)")
        }
        return try response.json
    }

    /// Puts a document in the place of what has the name, and returns the answer, whatever it is.
    func put(_ name: String, _ policy: String, query: String = "") async throws -> HTTPResponse {
        try await http.send(
            "PUT", "/v1/policies/\(name)" + query, headers: [("Content-Type", "application/yaml")],
            body: Array(policy.utf8))
    }

    /// Merges a patch into a policy, and returns the answer, whatever it is.
    func patch(_ name: String, _ patch: String) async throws -> HTTPResponse {
        try await http.send(
            "PATCH", "/v1/policies/\(name)",
            headers: [("Content-Type", "application/merge-patch+json")], body: Array(patch.utf8))
    }

    /// Puts a policy in the place of one, or there; throws where it was refused.
    @discardableResult
    func replace(_ policy: PolicyDocument) async throws -> JSON {
        let response = try await put(policy.name, policy.yaml)
        guard response.status == 200 || response.status == 201 else {
            throw HarnessError("replacing was answered by \(response.status): \(response.text)")
        }
        return try response.json
    }

    /// Switches a policy on or off; throws where it was refused.
    func setEnabled(_ name: String, _ isEnabled: Bool) async throws {
        let response = try await patch(name, "{\"enabled\":\(isEnabled)}")
        guard response.status == 200 else {
            throw HarnessError("switching was answered by \(response.status): \(response.text)")
        }
    }

    /// Gives a policy a mode; throws where it was refused.
    func setMode(_ name: String, _ mode: String) async throws {
        let response = try await patch(name, "{\"mode\":\"\(mode)\"}")
        guard response.status == 200 else {
            throw HarnessError("the mode was answered by \(response.status): \(response.text)")
        }
    }

    /// The value of a metric, by its name and labels as the page writes them.
    func metric(_ name: String) async throws -> Int? {
        let page = try await http.send("GET", "/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix("martlet_" + name + " ") }
        return line?.split(separator: " ").last.flatMap { Int($0) }
    }

    /// Deletes a policy; throws where it was refused.
    func delete(_ name: String) async throws {
        let response = try await http.send("DELETE", "/v1/policies/\(name)")
        guard response.status == 204 else {
            throw HarnessError("deleting was answered by \(response.status): \(response.text)")
        }
    }

    /// The status of a policy.
    func status(_ name: String) async throws -> JSON {
        let response = try await http.send("GET", "/v1/policies/\(name)")
        guard response.status == 200 else {
            throw HarnessError("asking was answered by \(response.status): \(response.text)")
        }
        return try response.json
    }

    /// Subscribes to the events of calls of these policies.
    func events(
        of policies: String..., form: EventSubscriber.Form = .serverSentEvents
    ) async throws -> EventSubscriber {
        let names = policies.map { "&policy=" + $0 }.joined()
        return try await EventSubscriber(
            port: port, query: "type=process_kprobe" + names, form: form)
    }
}

/// A folder of its own for a test.
func temporaryFolder() throws -> String {
    var template = Array("/tmp/martlet-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw HarnessError.call("mkdtemp") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func errorOutput(in folder: String) -> String {
    (try? String(contentsOfFile: folder + "/stderr", encoding: .utf8)) ?? ""
}

/// The port in `  viewer   http://127.0.0.1:PORT/`.
private func announcedPort(_ line: String) -> UInt16? {
    let words = line.split(separator: " ")
    guard words.count == 2, words[0] == "viewer", words[1].hasSuffix("/") else { return nil }
    return words[1].dropLast().split(separator: ":").last.flatMap { UInt16($0) }
}
