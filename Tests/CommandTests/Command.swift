import Foundation
import Glibc
import Testing

/// A run of the real executable, to its end.
struct Command {
    let status: CInt
    let output: String
    let error: String

    /// Runs `martlet` with these arguments and this standard input.
    ///
    /// Its output may be a terminal, whose line ends are `\r\n`.
    init(_ arguments: [String], input: String = "", onTerminal: Bool = false) throws {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        let (input, given, error) = (input, Pipe(), Pipe())
        process.standardInput = given
        process.standardError = error
        let (reading, writing) = onTerminal ? try Self.terminal() : Self.pipe()
        process.standardOutput = writing
        try process.run()
        try writing.close()
        try given.fileHandleForReading.close()
        try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try given.fileHandleForWriting.close()
        output = Self.text(of: reading)
        self.error = Self.text(of: error.fileHandleForReading)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        status = process.terminationStatus
    }

    private static func executable() throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "martlet")
    }

    private static func pipe() -> (FileHandle, FileHandle) {
        let pipe = Pipe()
        return (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    }

    private static func terminal() throws -> (FileHandle, FileHandle) {
        var (controller, terminal): (CInt, CInt) = (-1, -1)
        try #require(openpty(&controller, &terminal, nil, nil, nil) == 0)
        return (
            FileHandle(fileDescriptor: controller, closeOnDealloc: true),
            FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
        )
    }

    /// All that comes until the end; a terminal's end is an error of its own.
    private static func text(of file: FileHandle) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file.fileDescriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A folder of files that goes with the test.
final class Folder {
    let path = NSTemporaryDirectory() + "martlet-command-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}
