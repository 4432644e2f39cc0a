import Foundation
import Glibc
import Testing

/// A run of the real executable, to its end.
///
/// It reads and writes files, and no pipes, whose ends other processes of these tests could inherit
/// and keep open.
struct Command {
    let status: CInt
    let output: String
    let error: String

    /// Runs `martlet` with these arguments and this standard input.
    ///
    /// Its output may be a terminal, whose line ends are `\r\n`.
    init(_ arguments: [String], input: String = "", onTerminal: Bool = false) throws {
        let folder = try Folder()
        let terminal = onTerminal ? try Terminal() : nil
        let streams = try ["input", "output", "error"].map {
            try folder.file($0, $0 == "input" ? input : "")
        }
        status = try Self.run(
            arguments,
            streams: [streams[0], terminal?.path ?? streams[1], streams[2]])
        output = terminal?.text() ?? Self.text(of: streams[1])
        error = Self.text(of: streams[2])
    }

    /// Runs it with these files as standard input, output and error; gives the status of its exit.
    private static func run(_ arguments: [String], streams: [String]) throws -> CInt {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, path) in streams.enumerated() {
            let flags = number == 0 ? O_RDONLY : O_WRONLY
            posix_spawn_file_actions_addopen(
                &actions, CInt(number), path, flags | O_NOCTTY, 0)
        }
        let executable = try executable()
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, executable, &actions, nil, words, environ) == 0)
        var status: CInt = 0
        try #require(waitpid(process, &status, 0) == process)
        #expect(status & 0x7F == 0, "ended by a signal")
        return status >> 8 & 0xFF
    }

    private static func executable() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "martlet").path
    }

    private static func text(of file: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(filePath: file))) ?? Data(), as: UTF8.self)
    }
}

/// A terminal, which keeps what is written to it until somebody reads it; some kilobytes.
private final class Terminal {
    /// What a process opens to write to it.
    let path: String
    private var controller: CInt = -1
    private var writer: CInt = -1

    init() throws {
        var name = [CChar](repeating: 0, count: 128)
        try #require(openpty(&controller, &writer, &name, nil, nil) == 0)
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        _ = fcntl(controller, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(controller)
        close(writer)
    }

    /// All that was written so far.
    func text() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(controller, &buffer, buffer.count), count > 0 {
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
