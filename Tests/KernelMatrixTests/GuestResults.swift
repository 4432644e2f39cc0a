import Foundation
import Testing

/// What tests came to in a guest, read from Swift Testing's event stream (version 0).
///
/// The stream is one JSON object a line: first a `test` for each suite and function, then an
/// `event` for whatever happens.
struct GuestResults: Sendable, Equatable {
    /// An issue that a test recorded.
    struct Failure: Sendable, Equatable, CustomStringConvertible {
        var test: String
        /// The arguments of a function that has some.
        var arguments: String?
        var message: String
        /// Where the test recorded it, where it says so.
        var location: SourceLocation?

        var description: String {
            test + (arguments.map { ", \($0)" } ?? "") + "\n" + message
        }
    }

    /// The names of the functions that passed.
    var passed: [String] = []
    /// The names of those that were skipped.
    var skipped: Set<String> = []
    /// Every issue, in order.
    var failures: [Failure] = []
    /// What had begun and not ended when the stream broke off.
    var unfinished: [String] = []

    /// Reads the stream; of a guest that died, its last line may be a part of one.
    init(stream: Data) throws {
        var reader = Reader()
        var lines = stream.split(separator: UInt8(ascii: "\n"))
        if stream.last != UInt8(ascii: "\n") { _ = lines.popLast() }
        for line in lines {
            try reader.read(JSONDecoder().decode(Record.self, from: line))
        }
        self = reader.results
    }

    private init() {}

    /// The names of the functions that failed, each once.
    var failed: Set<String> { Set(failures.map(\.test)) }

    /// Whether no test began.
    var isEmpty: Bool { passed.isEmpty && failures.isEmpty && unfinished.isEmpty }

    private struct Reader {
        private var names: [String: String] = [:]
        private var running: [String] = []
        private var failed: Set<String> = []
        private var read = GuestResults()

        var results: GuestResults {
            var results = read
            results.unfinished = running.map { name($0) }
            return results
        }

        mutating func read(_ record: Record) {
            let payload = record.payload
            if record.kind == "test", payload.kind == "function", let id = payload.id {
                names[id] = "\(payload.displayName ?? payload.name ?? "") (\(Self.path(id)))"
            }
            if record.kind == "event" { event(payload) }
        }

        private mutating func event(_ event: Record.Payload) {
            let id = event.testID ?? ""
            switch event.kind {
            case "testStarted" where names[id] != nil:
                running.append(id)
            case "testEnded" where names[id] != nil:
                running.removeAll { $0 == id }
                if !failed.contains(id), !read.skipped.contains(name(id)) {
                    read.passed.append(name(id))
                }
            case "testSkipped" where names[id] != nil, "testCancelled" where names[id] != nil:
                read.skipped.insert(name(id))
            case "issueRecorded" where event.issue?.isFailure ?? (event.issue?.isKnown != true):
                failed.insert(id)
                read.failures.append(
                    Failure(
                        test: name(id), arguments: event._testCase?.displayName,
                        message: event.text, location: event.issue?.location))
            default: break
            }
        }

        /// What people and filters call a test; an issue may belong to none.
        private func name(_ id: String) -> String {
            names[id] ?? (id.isEmpty ? "no test" : Self.path(id))
        }

        /// `IntegrationTests.IntegrationSuite/PipeTests/storm()` without `/PipeTests.swift:39:10`.
        private static func path(_ id: String) -> String {
            id.replacing(/\/[^\/]+\.swift:\d+:\d+$/, with: "")
        }
    }
}

/// A line of the stream, as far as it is read.
private struct Record: Decodable {
    var kind: String
    var payload: Payload

    struct Payload: Decodable {
        var kind: String
        // Of a test.
        var id: String?
        var name: String?
        var displayName: String?
        // Of an event.
        var testID: String?
        var _testCase: Case?
        var messages: [Message]?
        var issue: Issue?

        var text: String { (messages ?? []).map(\.text).joined(separator: "\n") }
    }

    struct Case: Decodable { var displayName: String? }

    struct Message: Decodable { var text: String }

    struct Issue: Decodable {
        /// Not in every release's version 0: without it, what was not known to fail has failed.
        var isFailure: Bool?
        var isKnown: Bool?
        var sourceLocation: Place?

        var location: SourceLocation? {
            sourceLocation.map {
                SourceLocation(
                    fileID: $0.fileID, filePath: $0._filePath, line: $0.line, column: $0.column)
            }
        }
    }

    struct Place: Decodable {
        var fileID: String
        var _filePath: String
        var line: Int
        var column: Int
    }
}
