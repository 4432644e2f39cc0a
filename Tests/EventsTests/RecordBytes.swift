@testable import Events

/// Reads annotated hex: digits in pairs, `#` comments up to the end of the line.
func hex(_ text: String) -> [UInt8] {
    let digits = text.split(separator: "\n").flatMap { line in
        line.prefix { $0 != "#" }.filter(\.isHexDigit)
    }
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
}

/// The bytes of numbers, in the machine's order.
func bytes(_ numbers: any FixedWidthInteger...) -> [UInt8] {
    numbers.flatMap { number in bytes(number) }
}

private func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number) { Array($0) }
}

/// The bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Builds records as the kernel side does.
enum RecordBytes {
    /// A header, with the size of itself and what follows.
    static func header(
        kind: UInt16, time: UInt64, tgid: UInt32, tid: UInt32? = nil, followedBy body: [UInt8]
    ) -> [UInt8] {
        bytes(UInt16(2), kind, UInt32(24 + body.count), time, tgid, tid ?? tgid) + body
    }

    static func call(
        hook: UInt32 = 7, target: UInt16 = 0, selector: UInt8 = 0, enforcement: UInt8 = 0,
        time: UInt64 = 1, tgid: UInt32, tid: UInt32? = nil, values: [[UInt8]] = []
    ) -> [UInt8] {
        header(
            kind: 1, time: time, tgid: tgid, tid: tid,
            followedBy: bytes(hook, target, selector, enforcement) + values.joined())
    }

    static func value(
        _ position: UInt8, type: UInt8, status: UInt8 = 0, length: UInt32 = 0,
        room: Int? = nil, _ payload: [UInt8]
    ) -> [UInt8] {
        let room = room ?? (payload.count + 7) / 8 * 8
        let reserved: UInt8 = 0
        let head = bytes(
            position, type, status, reserved, UInt32(payload.count), UInt32(room), length)
        return head + payload + [UInt8](repeating: 0, count: max(0, room - payload.count))
    }

    /// `wire_task`.
    static func task(
        _ tgid: UInt32, parent: UInt32, start: UInt64, inner: UInt32? = nil, level: UInt32 = 0,
        uid: UInt32 = 0, cgroup: UInt64 = 1
    ) -> [UInt8] {
        let zero: UInt32 = 0
        let place = bytes(start, tgid, parent, inner ?? tgid, level, UInt32.max, zero, cgroup)
        // uid, gid, euid, egid, suid, sgid, fsuid, fsgid, securebits, reserved
        let users = bytes(uid, zero, uid, zero, uid, zero, uid, zero, zero, zero)
        let capabilities = bytes(UInt64(1) << 21, UInt64(1), UInt64(0))
        let namespaces = (0..<10).flatMap { bytes(UInt32(4_026_531_800 + $0)) }
        return place + users + capabilities + namespaces
    }

    /// `wire_exec`; a text may say that there was more of it.
    static func exec(
        _ tgid: UInt32, parent: UInt32, time: UInt64, start: UInt64? = nil,
        file: String = "/bin/sh", executable: [String]? = nil, arguments: [String] = ["sh"],
        directory: [String] = [], cgroup: [String] = [], environment: [String] = [],
        uid: UInt32 = 0, inner: UInt32? = nil, level: UInt32 = 0, links: UInt32 = 1,
        flags: UInt32 = 0, missing: [ExecText: UInt32] = [:]
    ) -> [UInt8] {
        let names = executable ?? file.split(separator: "/").reversed().map(String.init)
        let texts =
            [bytes(file)]
            + [names, directory, cgroup, arguments, environment].map { parts in
                bytes(parts.map { $0 + "\0" }.joined())
            }
        var slices: [UInt8] = []
        var offset = 256
        for (place, text) in zip(ExecText.allCases, texts) {
            let whole = UInt32(text.count) + (missing[place] ?? 0)
            slices += bytes(UInt32(offset), UInt32(text.count), whole)
            offset += text.count
        }
        let task = task(
            tgid, parent: parent, start: start ?? time, inner: inner, level: level, uid: uid)
        return header(
            kind: 2, time: time, tgid: tgid,
            followedBy: task + bytes(UInt64(77), links, flags) + slices + texts.joined())
    }

    /// The texts of an exec, in their order.
    enum ExecText: CaseIterable {
        case filename, executable, directory, cgroup, arguments, environment
    }

    static func fork(
        _ tgid: UInt32, child: UInt32, parent: UInt32? = nil, time: UInt64, uid: UInt32 = 0,
        inner: UInt32? = nil, level: UInt32 = 0, cgroup: UInt64 = 1
    ) -> [UInt8] {
        header(
            kind: 3, time: time, tgid: tgid,
            followedBy: task(
                child, parent: parent ?? tgid, start: time, inner: inner, level: level, uid: uid,
                cgroup: cgroup))
    }

    static func exit(_ tgid: UInt32, time: UInt64, code: UInt32 = 0) -> [UInt8] {
        header(kind: 4, time: time, tgid: tgid, followedBy: bytes(code, UInt32(0)))
    }
}

/// A /proc that answers as a test wants.
struct FakeProc: ProcessSource {
    var read: @Sendable (UInt32) -> ScannedProcess?
    var readCgroup: @Sendable (UInt32) -> String?

    func process(_ pid: UInt32) -> ScannedProcess? { read(pid) }
    func cgroup(of pid: UInt32) -> [UInt8]? { readCgroup(pid).map { bytes($0) } }
}

extension Record {
    init(_ bytes: [UInt8]) throws(RecordError) { try self.init(decoding: bytes.span.bytes) }
}

extension EventEncoder {
    /// One that knows no process beyond its records, at a fixed time.
    init(
        _ reporting: ProcessReporting = ProcessReporting(),
        reading read: @escaping @Sendable (UInt32) -> ScannedProcess? = { _ in nil },
        cgroup: @escaping @Sendable (UInt32) -> String? = { _ in nil }, capacity: Int = 100
    ) {
        self.init(
            nodeName: "node", realtimeOffset: 1_790_000_000_000_000_000, reporting: reporting,
            processCapacity: capacity, source: FakeProc(read: read, readCgroup: cgroup))
        add(
            HookDescription(
                hook: 7, policyID: 3, policy: "pipe2", targets: .functions(["__x64_sys_pipe2"]),
                argumentLabels: ["pipefd", "flags"], reportsReturn: true))
    }

    /// Encodes a record that a test holds as an array.
    mutating func encode(
        _ record: [UInt8], into json: inout JSONWriter
    ) throws(RecordError) -> EventMetadata? {
        try encode(record.span.bytes, into: &json)
    }

    /// The line that a record becomes.
    @discardableResult
    mutating func line(_ record: [UInt8]) throws(RecordError) -> String? {
        var json = JSONWriter()
        guard try encode(record, into: &json) != nil else { return nil }
        return String(decoding: json.array, as: UTF8.self)
    }
}

/// The text between two others.
func part(of line: String?, from start: String, to end: String) -> String? {
    guard let line, let first = line.firstRange(of: start) else { return nil }
    let rest = line[first.upperBound...]
    return rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
}
