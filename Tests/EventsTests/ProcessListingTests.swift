import CWire
import Testing

@testable import Events

@Suite("The kernel's list of processes")
struct ProcessListingTests {
    /// A record of `process_list`.
    private func record(
        _ pid: UInt32, name: String, executable: [String], flags: UInt32 = 0,
        directory: [String] = [], missing: [RecordBytes.ExecText: UInt32] = [:]
    ) -> [UInt8] {
        var record = RecordBytes.exec(
            pid, parent: 1, time: 50, start: 40, file: name, executable: executable,
            arguments: ["x", "a b"], directory: directory, cgroup: ["a"], environment: ["TZ=UTC"],
            uid: 5, flags: flags, missing: missing)
        record.replaceSubrange(2..<4, with: bytes(UInt16(5)))
        return record
    }

    @Test("records are put together from pieces of any size", arguments: [1, 7, 100, 1000, 32_768])
    func pieces(size: Int) throws {
        let stream =
            record(10, name: "sh", executable: ["sh", "bin"])
            + record(11, name: "kworker/0:1", executable: [])
            + record(12, name: "x", executable: ["x"])
        var listing = ProcessListing()
        for start in stride(from: 0, to: stream.count, by: size) {
            let piece = Array(stream[start..<min(start + size, stream.count)])
            try listing.take(piece)
        }
        #expect(listing.processes.map(\.pid) == [10, 11, 12])
        #expect(listing.processes.map(\.binary) == ["/bin/sh", "kworker/0:1", "/x"].map(bytes))
    }

    @Test("a process is shown as /proc would show it")
    func process() throws {
        var listing = ProcessListing()
        try listing.take(
            record(10, name: "sh", executable: ["sh", "bin"], directory: ["x"]))
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(1, parent: 0, time: 1))
        encoder.adopt(listing.processes)
        let line = try encoder.line(RecordBytes.call(time: 60, tgid: 10))
        #expect(
            part(of: line, from: #""process":"#, to: #","parent""#)
                == #"{"exec_id":"bm9kZTo0MDoxMA==","pid":10,"uid":5,"cwd":"/x","#
                + #""binary":"/bin/sh","arguments":"\"a b\"","flags":"procFS","#
                + #""start_time":"2026-09-21T14:13:20.000000040Z","auid":4294967295,"#
                + #""parent_exec_id":"bm9kZToxOjE=","in_init_tree":false,"tid":10}"#)
    }

    @Test("what could not be listed whole is a flag")
    func flags() throws {
        var listing = ProcessListing()
        try listing.take(
            record(
                10, name: "sh", executable: ["sh"],
                flags: WIRE_EXEC_CWD_DETACHED | WIRE_EXEC_ARGUMENTS_UNREAD,
                missing: [.arguments: 10, .environment: 20]
            ))
        let image = try #require(listing.processes.first).image(ProcessReporting())
        #expect(image.directory.isEmpty)
        #expect(
            image.flags == [.procFS, .errorEnvs, .truncArgs, .errorArgs, .errorPathResolutionCwd])
        #expect(image.whole == .init(arguments: 16, environment: 27))
    }

    @Test("what is no such record is refused")
    func refusal() {
        var listing = ProcessListing()
        #expect(throws: RecordError.unknownKind(3)) { try listing.take(forkRecord) }
    }
}

extension ProcessListing {
    /// Takes a piece that a test holds as an array.
    fileprivate mutating func take(_ piece: [UInt8]) throws(RecordError) {
        try take(piece.span.bytes)
    }
}
