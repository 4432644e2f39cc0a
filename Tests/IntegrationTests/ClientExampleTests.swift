import Foundation
import Glibc
import Testing

extension IntegrationSuite {
    @Suite("The consumers in README.md")
    struct ClientExampleTests {
        @Test("Python's prints each call", .requiresPython)
        func python() async throws {
            let folder = try TestFolder()
            let file = try folder.write(try Readme.consumer(in: "python"), as: "consumer.py")
            try await check(ClientProgram.python, ["-u", file])
        }

        @Test("Node's prints each call", .requiresNode)
        func node() async throws {
            let folder = try TestFolder()
            let file = try folder.write(try Readme.consumer(in: "js"), as: "consumer.mjs")
            try await check(ClientProgram.node, [file])
        }

        @Test("Swift's prints each event", .requiresSwift)
        func swift() async throws {
            let folder = try TestFolder()
            let file = try folder.write(try Readme.consumer(in: "swift"), as: "consumer.swift")
            let program = folder.path + "/consumer"
            let compiler = try ClientProgram(
                try #require(ClientProgram.swiftCompiler), [file, "-o", program])
            let ending = try await compiler.ending(within: .seconds(120))
            #expect(ending == .exited(0))
            try await check(program, [])
        }

        /// Has the program read a stream, and compares what it prints with the calls that were made.
        private func check(_ program: String, _ arguments: [String]) async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let first = try await scene.caller.call("pipe2 o:2 0").arrays[0]
            let url = scene.stream() + "&type=process_kprobe&limit=6"
            let client = try ClientProgram(program, arguments + [url])
            #expect(try numbers(await client.nextLine()) == [scene.caller.pid] + first)
            for _ in 0..<5 {
                let descriptors = try await scene.caller.call("pipe2 o:2 0").arrays[0]
                #expect(try numbers(await client.nextLine()) == [scene.caller.pid] + descriptors)
            }
            #expect(try await client.ending() == .exited(0), "the stream has ended")
        }

        /// The process and the descriptors in `4121 [3, 4]`, or in an event's line.
        private func numbers(_ line: String) throws -> [Int] {
            guard line.hasPrefix("{") else {
                return line.split { !$0.isNumber }.compactMap { Int($0) }
            }
            let event = Event(name: "process_kprobe", json: try JSON(parsing: line.utf8))
            return [event.call?["process"]?["pid"]?.number ?? 0] + (event.values(0) ?? [])
        }
    }
}

/// The README of this repository.
private enum Readme {
    /// The one block of code in this language under `## Consumers`.
    static func consumer(in language: String) throws -> [UInt8] {
        let path = ClientProgram.repository + "README.md"
        let lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        let section = lines.drop { $0 != "## Consumers" }.dropFirst()
            .prefix { !$0.hasPrefix("## ") }
        let code = section.drop { $0 != "```" + language }.dropFirst().prefix { $0 != "```" }
        try #require(!code.isEmpty, "README.md has no consumer in \(language)")
        return Array(code.joined(separator: "\n").utf8) + [10]
    }
}
