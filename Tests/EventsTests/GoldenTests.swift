import CWire
import Foundation
import Testing

@testable import Events

/// One event of each kind, byte for byte as in Tests/Golden/KIND.json but for the white space there.
@Suite("Golden events")
struct GoldenTests {
    /// The kinds of events, and the records that make them when all before them was taken.
    static let records: [(kind: EventKind, records: [[UInt8]])] = [
        (
            .processExec,
            [
                RecordBytes.exec(
                    100, parent: 0, time: 5_000_000_005, file: "/bin/sh",
                    arguments: ["sh", "-c", "run \"it\""], directory: ["x", "home"],
                    environment: ["LANG=C", "SECRET=1"]),
                RecordBytes.fork(100, child: 137, time: 6_000_000_006),
                RecordBytes.exec(
                    137, parent: 100, time: 7_000_000_007, start: 6_000_000_006,
                    file: "tools/pipes", executable: ["memfd:pipes"],
                    arguments: ["pipes", "--password=hunter2", "a b"],
                    directory: ["x", "home"],
                    cgroup: ["docker-\(String(repeating: "0123456789abcdef", count: 4)).scope"],
                    environment: ["LANG=en", "SECRET=1"], uid: 1000, inner: 1, level: 1, links: 0,
                    flags: WIRE_EXEC_SECURE | WIRE_EXEC_RAISED_SETUID
                        | WIRE_EXEC_ARGUMENTS_UNREAD, missing: [.arguments: 1000]),
            ]
        ),
        (
            .processKprobe,
            [
                RecordBytes.call(
                    hook: 7, time: 8_000_000_008, tgid: 137, tid: 138,
                    values: [
                        RecordBytes.value(0, type: 43, bytes(UInt32(2), Int32(3), Int32(4))),
                        RecordBytes.value(1, type: 1, bytes(UInt64(0o2_000_000))),
                        RecordBytes.value(255, type: 1, bytes(UInt64(0))),
                    ])
            ]
        ),
        (
            .processTracepoint,
            [
                RecordBytes.call(
                    hook: 9, time: 9_000_000_009, tgid: 137,
                    values: [RecordBytes.value(0, type: 6, bytes("/bin/\u{1}"))])
            ]
        ),
        (.processExit, [RecordBytes.exit(137, time: 10_000_000_010, code: 0x8B)]),
    ]

    @Test("every kind is as it was")
    func golden() throws {
        var reporting = ProcessReporting()
        reporting.showsCredentials = true
        reporting.showsNamespaces = true
        reporting.showsAncestors = true
        reporting.environment = ["LANG"]
        reporting.redactions = [try Redaction("password=([^ ]+)")]
        var encoder = EventEncoder(reporting)
        encoder.add(
            HookDescription(
                hook: 9, policyID: 4, policy: "starts",
                targets: .tracepoint(subsystem: "sched", event: "sched_process_exec"),
                argumentLabels: ["filename"], reportsReturn: false, message: "a start",
                tags: ["one", "two"]))
        #expect(Set(Self.records.map(\.kind)) == Set(EventKind.allCases))
        for (kind, records) in Self.records {
            let line = try records.map { try encoder.line($0) }.last ?? nil
            let golden = try String(
                contentsOf: Self.folder.appending(path: "\(kind.rawValue).json"), encoding: .utf8)
            #expect(line == Self.withoutSpace(golden), "\(kind)")
        }
    }

    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")

    /// JSON without the white space between its parts.
    private static func withoutSpace(_ text: String) -> String {
        var (isQuoted, isEscaped) = (false, false)
        return String(
            text.filter { character in
                defer { isEscaped = isQuoted && character == "\\" && !isEscaped }
                if character == "\"" && !isEscaped { isQuoted.toggle() }
                return isQuoted || !character.isWhitespace
            })
    }
}
