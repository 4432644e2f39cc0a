import Foundation

/// What a run of a program that ends by itself said.
struct ProgramRun {
    var status: Int32
    var output: String
    var errors: String
}

/// Runs `program`; a run that does not end is killed, and its status says so.
func run(_ program: String, _ arguments: [String]) async throws -> ProgramRun {
    try await blocking {
        let process = Process()
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["out", "err"] {
            try Data().write(to: URL(filePath: "\(folder)/\(name)"))
        }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
        process.standardError = FileHandle(forWritingAtPath: folder + "/err")
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        if ended.wait(timeout: .now() + .seconds(20 * Machine.slowness)) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        return ProgramRun(
            status: process.terminationStatus,
            output: try String(contentsOfFile: folder + "/out", encoding: .utf8),
            errors: try String(contentsOfFile: folder + "/err", encoding: .utf8))
    }
}
