import Foundation
import Synchronization

/// A run of Tests/VM/run.
struct Guest: Sendable {
    /// How it ended; the script says what the numbers mean.
    enum Ending: Sendable, Equatable {
        case passed
        case failed
        case died
        case unavailable
    }

    let ending: Ending
    /// What the script and the tests wrote.
    let lines: [String]
    private let kernel: String

    /// `Linux 6.1.0-50-cloud-amd64`, which the guest says first.
    var system: String {
        let release = lines.first { $0.hasPrefix("Linux ") }?.prefix { $0 != "," }
        return release.map(String.init) ?? "Linux \(kernel)"
    }

    /// One of the files that the script leaves; nothing where it did not come so far.
    func file(_ name: String) -> Data {
        let path = "\(Self.repository)/.build/vm/\(kernel)/\(name)"
        return FileManager.default.contents(atPath: path) ?? Data()
    }

    private static let repository = URL(filePath: #filePath + "/../../..").standardized.path()

    /// Boots a kernel, runs the tests in it, and passes what they write on as it comes.
    static func run(_ kernel: String) async throws -> Guest {
        let (status, lines) = try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: the script ends with the thread that started it.
            Thread { continuation.resume(with: Result { try runScript(kernel) }) }.start()
        }
        let ending: Ending =
            switch status {
            case 0: .passed
            case 1: .failed
            case 77: .unavailable
            default: .died
            }
        return Guest(ending: ending, lines: lines, kernel: kernel)
    }

    private static func runScript(_ kernel: String) throws -> (status: Int32, lines: [String]) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let build = URL(filePath: tests).deletingLastPathComponent().path()
        let process = Process()
        process.executableURL = URL(filePath: build + "/syscaller")
        process.arguments = ["run", repository + "/Tests/VM/run", kernel]
        process.environment = ProcessInfo.processInfo.environment.merging(["BUILD": build]) { $1 }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        var lines: [String] = []
        var unread = Data()
        while case let more = output.fileHandleForReading.availableData, !more.isEmpty {
            unread += more
            while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread = unread[unread.index(after: end)...]
                lines.append(line)
                // What began, also ends.
                if !line.hasPrefix("◇") { say("\(kernel) | \(line)") }
            }
        }
        process.waitUntilExit()
        return (process.terminationStatus, lines)
    }
}

/// Prints a line at once, also where the output is not a terminal.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
