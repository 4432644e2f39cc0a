import Foundation

@testable import Events

/// Kernel records: from bytes to lines of JSON, and to a table of processes.
///
/// An input is a byte of flags, then records, each behind its length in four bytes. A fresh
/// encoder takes them all; as a listing of processes the same bytes are taken, too.
struct RecordTarget: FuzzTarget {
    static let name = "record"

    static func made() -> (any FuzzTarget)? { RecordTarget() }

    func input(_ random: inout SplitMix) -> [UInt8] {
        let records = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            random.record()
        }
        return [UInt8.random(in: 0...255, using: &random)]
            + records.flatMap { bytes(UInt32($0.count)) + $0 }
    }

    func check(_ input: [UInt8]) throws { try Self.check(input) }

    static func check(_ input: [UInt8]) throws {
        var encoder = encoder(flags: input.first ?? 0)
        let records = records(in: Array(input.dropFirst()))
        for record in records { try check(record, &encoder) }
        encoder.adopt(try listing(of: records.flatMap(\.self)))
        encoder.forget(encoder.processes.running().prefix(2).map(\.id))

        for process in encoder.processes.running() { try check(process, encoder.processes) }
        let counters = encoder.processes.counters
        try require(counters.entries <= 40, "\(counters.entries) entries")
    }

    func end() {}

    private static func encoder(flags: UInt8) -> EventEncoder {
        var reporting = ProcessReporting()
        reporting.reportsLives = flags & 1 == 0
        reporting.showsCredentials = flags & 2 != 0
        reporting.showsNamespaces = flags & 4 != 0
        reporting.showsAncestors = flags & 8 != 0
        reporting.showsUserNames = flags & 16 != 0
        reporting.environment = flags & 32 != 0 ? ["PATH", "é"] : []
        if flags & 64 != 0, let redaction = try? Redaction("(pass|word)=[^ ]*") {
            reporting.redactions = [redaction]
        }
        var encoder = EventEncoder(
            reporting,
            reading: { pid in
                guard pid % 3 == 0 else { return nil }
                return ScannedProcess(
                    task: ProcessTask(
                        pid: pid, parent: pid &+ 3, innerPID: 1, level: pid % 2, start: UInt64(pid)),
                    binary: [0x2F, 0xFF, 0x22], directory: bytes("/a"))
            },
            cgroup: { $0 % 2 == 0 ? "/docker/\(String(repeating: "a", count: 64))" : nil },
            capacity: 20)
        encoder.add(
            HookDescription(
                hook: 8, policyID: 4, policy: "\"\\\u{1}", targets: .functions(["a", "\"", ""]),
                argumentLabels: [nil, "\n", "", "é", "\""], reportsReturn: true,
                returnLabel: "\\", message: "\u{2028}", tags: ["", "\u{7F}"]))
        encoder.add(
            HookDescription(
                hook: 9, policy: "t", targets: .tracepoint(subsystem: "s\"", event: "\\"),
                argumentLabels: [], reportsReturn: false))
        return encoder
    }

    /// What is behind each length; the last may be cut.
    private static func records(in input: [UInt8]) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var rest = input[...]
        while rest.count >= 4 {
            let size = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            records.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return records
    }

    /// A record is one line that says what it is, or nothing and a reason.
    private static func check(_ record: [UInt8], _ encoder: inout EventEncoder) throws {
        var json = JSONWriter(capacity: 16)
        let facts: EventMetadata?
        do throws(RecordError) {
            facts = try encoder.encode(record, into: &json)
        } catch {
            try require(json.count == 0 && !error.description.isEmpty, "half a line: \(error)")
            return
        }
        guard let facts else { return try require(json.count == 0, "a line for nothing") }
        let line = json.array
        let object = try JSONCheck.object(line)
        try require(
            Set(object.keys) == [facts.kind.rawValue, "node_name", "time"],
            "an event of \(object.keys)")
        try require(line.last == UInt8(ascii: "}"), "a line that goes on")
        for place in [facts.binary, facts.function] where !place.isEmpty {
            try require(
                place.lowerBound > 0 && place.upperBound < line.count
                    && line[place.lowerBound - 1] == UInt8(ascii: "\"")
                    && line[place.upperBound] == UInt8(ascii: "\""),
                "\(place) is no text of \(String(decoding: line, as: UTF8.self))")
        }
    }

    /// The processes of a listing, which comes in pieces; what is before damage.
    private static func listing(of bytes: [UInt8]) throws -> [ScannedProcess] {
        var listing = ProcessListing()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(100))
            rest = rest.dropFirst(100)
            do throws(RecordError) {
                let span = piece.span
                try listing.take(span.bytes)
            } catch {
                try require(!error.description.isEmpty, "no reason")
                break
            }
        }
        return listing.processes
    }

    private static func check(_ process: ProcessSnapshot, _ table: ProcessTable) throws {
        let object = try JSONCheck.object(process.json)
        // What is called unknown, or was forked by it, has none.
        guard let execID = object["exec_id"] as? String else { return }
        guard let lineage = table.lineage(of: process.id.pid, execID: Array(execID.utf8)) else {
            throw Violation(description: "no lineage of \(object)")
        }
        for member in [lineage.process] + lineage.ancestors { try JSONCheck.object(member.json) }
    }
}
