import Foundation
import Glibc
import Synchronization

/// A process that this one started, and that ends with it.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let hasEnded = Mutex(false)

    /// How a process ended.
    enum Ending: Equatable {
        case exited(CInt)
        case killed(by: CInt)
    }

    /// Starts the executable `name` that was built beside the tests.
    ///
    /// What it writes to standard error goes to the file `error`; without, to where this
    /// process's goes. The ends of its standard input and output are the caller's.
    static func start(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        error: String? = nil
    ) throws -> (process: ChildProcess, input: CInt, output: CInt) {
        let (input, output) = (try privatePipe(), try privatePipe())
        defer {
            close(input[0])
            close(output[1])
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO)
        if let error {
            posix_spawn_file_actions_addopen(
                &actions, STDERR_FILENO, error, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        let path = try built(name)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        // The parent that PR_SET_PDEATHSIG means is a thread, so it must be one that stays.
        nonisolated(unsafe) var pid: pid_t = 0
        nonisolated(unsafe) let (files, words) = (actions, (argv, envp))
        let status = Spawner.shared.run {
            withUnsafePointer(to: files) { posix_spawn(&pid, path, $0, nil, words.0, words.1) }
        }
        guard status == 0 else {
            close(input[1])
            close(output[0])
            throw HarnessError.call("starting \(path)", status)
        }
        return (ChildProcess(pid: pid), input[1], output[0])
    }

    private static func privatePipe() throws -> [CInt] {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw HarnessError.call("pipe") }
        // A process that is started between these lines closes what it was not given.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    /// The path of an executable of this package.
    static func built(_ name: String) throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = tests.prefix(through: tests.lastIndex(of: "/") ?? tests.startIndex) + name
        guard access(String(path), X_OK) == 0 else {
            throw HarnessError("\(path) is not there: swift build --build-tests makes it")
        }
        return String(path)
    }

    private init(pid: pid_t) { self.pid = pid }

    deinit {
        kill(SIGKILL)
        _ = wait()
    }

    /// Sends a signal, unless the process has ended.
    func kill(_ signal: CInt) {
        hasEnded.withLock { if !$0 { _ = Glibc.kill(pid, signal) } }
    }

    /// Waits for the end, without a deadline; nil where somebody has done so.
    func wait() -> Ending? {
        hasEnded.withLock { hasEnded in
            var status: CInt = 0
            guard !hasEnded, waitpid(pid, &status, 0) == pid else { return nil }
            hasEnded = true
            let signal = status & 0x7F
            return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(by: signal)
        }
    }
}

/// One thread that starts every process, and lives as long as this one.
private final class Spawner: Sendable {
    static let shared = Spawner()

    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let waiting = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            while true {
                waiting.wait()
                jobs.withLock { $0.removeFirst() }()
            }
        }
        thread.start()
    }

    /// Runs `body` on the thread.
    func run(_ body: @escaping @Sendable () -> CInt) -> CInt {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<CInt>(0)
        jobs.withLock {
            $0.append {
                let value = body()
                result.withLock { $0 = value }
                done.signal()
            }
        }
        waiting.signal()
        done.wait()
        return result.withLock { $0 }
    }
}
