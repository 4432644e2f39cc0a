import CWire
import Foundation
import Testing

@testable import Events

/// What pipe2([3, 4], O_CLOEXEC) = 0 sends.
let pipe2Record = hex(
    """
    02 00  01 00  70 00 00 00   # version, kind, size 112
    15 CD 5B 07 00 00 00 00     # time 123456789
    89 00 00 00  8A 00 00 00    # tgid 137, tid 138
    07 00 00 00  00 00 00 00    # hook 7, target 0, selector 0, nothing enforced
    01 01 00 00  08 00 00 00    # position 1, int, ok, 8 bytes
    08 00 00 00  00 00 00 00    # room 8
    00 00 08 00 00 00 00 00     # 0x80000
    00 2B 00 00  0C 00 00 00    # position 0, int32_arr, ok, 12 bytes
    10 00 00 00  00 00 00 00    # room 16
    02 00 00 00                 # two elements
    03 00 00 00  04 00 00 00
    00 00 00 00                 # the rest of the room
    FF 01 00 00  08 00 00 00    # return, int, ok, 8 bytes
    08 00 00 00  00 00 00 00
    00 00 00 00 00 00 00 00
    """)

/// `wire_task` of a process below 256, whose parent is 1.
private func taskHex(_ tgid: String) -> String {
    """
    0B 00 00 00 00 00 00 00     # forked at 11
    \(tgid) 00 00 00  01 00 00 00    # tgid, parent 1
    07 00 00 00  02 00 00 00    # 7 in a namespace two levels down
    FF FF FF FF  00 00 00 00    # no login user
    39 30 00 00 00 00 00 00     # cgroup 12345
    E8 03 00 00  E9 03 00 00    # uid, gid 1000, 1001
    EA 03 00 00  EB 03 00 00    # euid, egid
    EC 03 00 00  ED 03 00 00    # suid, sgid
    EE 03 00 00  EF 03 00 00    # fsuid, fsgid
    01 00 00 00  00 00 00 00    # SECBIT_NOROOT
    03 00 00 00 00 00 00 00     # permitted: 0 and 1
    02 00 00 00 00 00 00 00     # effective: 1
    00 00 00 00 00 01 00 00     # inheritable: 40
    01 00 00 F0  02 00 00 F0    # uts, ipc
    03 00 00 F0  04 00 00 F0    # mnt, pid
    05 00 00 F0  06 00 00 F0    # pid_for_children, net
    07 00 00 F0  08 00 00 F0    # time, time_for_children
    09 00 00 F0  0A 00 00 F0    # cgroup, user
    """
}

let execRecord = hex(
    """
    02 00  02 00  21 01 00 00   # version, kind, size 289
    14 00 00 00 00 00 00 00     # time 20
    0A 00 00 00  0A 00 00 00    # tgid, tid 10
    \(taskHex("0A"))
    4D 00 00 00 00 00 00 00     # inode 77
    00 00 00 00                 # that has no name
    0C 00 00 00                 # secure, by its set-user-ID bit
    00 01 00 00  02 00 00 00  02 00 00 00   # filename
    02 01 00 00  07 00 00 00  07 00 00 00   # executable
    09 01 00 00  04 00 00 00  04 00 00 00   # cwd
    0D 01 00 00  02 00 00 00  02 00 00 00   # cgroup
    0F 01 00 00  0C 00 00 00  63 00 00 00   # arguments, of 99 bytes
    1B 01 00 00  06 00 00 00  06 00 00 00   # environment
    6C 73                       # ls
    6C 73 00  62 69 6E 00       # /bin/ls
    64 00 68 00                 # d, h: /h/d
    67 00                       # /g
    6C 73 00  61 20 62 00       # ls, "a b"
    2D 6C 00  78 79             # -l, "xy" cut off
    54 5A 3D 55 54 00           # TZ=UT
    """)

let forkRecord = hex(
    """
    02 00  03 00  A8 00 00 00   # version, kind, size 168
    15 00 00 00 00 00 00 00     # time 21
    0A 00 00 00  0C 00 00 00    # tgid 10, tid 12
    \(taskHex("0B"))
    """)

let exitRecord = hex(
    """
    02 00  04 00  20 00 00 00   # version, kind, size 32
    17 00 00 00 00 00 00 00     # time 23
    0A 00 00 00  0A 00 00 00    # tgid, tid 10
    00 02 00 00  00 00 00 00    # exit(2)
    """)

@Suite("Decoding records")
struct RecordTests {
    static let valid = [pipe2Record, execRecord, forkRecord, exitRecord]

    @Test("a call knows its values by position, in whatever order they came")
    func call() throws {
        let call = try CallRecord(decoding: pipe2Record.span.bytes)
        #expect(call.header.time == 123_456_789)
        #expect(call.header.tgid == 137)
        #expect(call.header.tid == 138)
        #expect(call.hook == 7)
        #expect(call.argument(0)?.type == .int32List)
        #expect(call.argument(0)?.payload == 72..<84)
        #expect(call.argument(1)?.type == .signed(bits: 32))
        #expect(call.argument(2) == nil)
        #expect(call.result?.payload == 104..<112)
    }

    /// The task of both records.
    private func expected(_ pid: UInt32) -> ProcessTask {
        var task = ProcessTask(
            pid: pid, parent: 1, innerPID: 7, level: 2, start: 11, auid: .max, cgroup: 12_345,
            credentials: Credentials(
                uid: 1000, gid: 1001, euid: 1002, egid: 1003, suid: 1004, sgid: 1005,
                fsuid: 1006, fsgid: 1007, secureBits: 1, permitted: 3, effective: 2,
                inheritable: 1 << 40))
        for place in 0..<10 {
            task.namespaces[wire_namespace(rawValue: UInt32(place))] = 0xF000_0001 + UInt32(place)
        }
        return task
    }

    @Test("an exec carries its process and its texts")
    func exec() throws {
        let exec = try ExecRecord(decoding: execRecord.span.bytes)
        #expect(exec.header.tgid == 10)
        #expect(exec.task == expected(10))
        #expect(exec.inode == 77)
        #expect(exec.links == 0)
        #expect(exec.flags == WIRE_EXEC_SECURE | WIRE_EXEC_RAISED_SETUID)
        #expect(exec.filename == RecordText(bytes: bytes("ls"), whole: 2))
        #expect(exec.executable == RecordText(bytes: bytes("ls\0bin\0"), whole: 7))
        #expect(exec.directory == RecordText(bytes: bytes("d\0h\0"), whole: 4))
        #expect(exec.cgroup == RecordText(bytes: bytes("g\0"), whole: 2))
        #expect(exec.arguments == RecordText(bytes: bytes("ls\0a b\0-l\0xy"), whole: 99))
        #expect(exec.environment == RecordText(bytes: bytes("TZ=UT\0"), whole: 6))
    }

    @Test("a fork and an exit carry their numbers")
    func forkAndExit() throws {
        let fork = try ForkRecord(decoding: forkRecord.span.bytes)
        #expect(fork.header.tgid == 10)
        #expect(fork.child == expected(11))
        let exit = try ExitRecord(decoding: exitRecord.span.bytes)
        #expect(exit.code == 0x200)
    }

    @Test("every proper prefix of a valid record is refused", arguments: valid)
    func truncation(record: [UInt8]) {
        for length in 0..<record.count {
            #expect(throws: RecordError.self) { try Record(Array(record.prefix(length))) }
        }
    }

    @Test(
        "a prefix that claims to be whole is refused too, unless it ends with a value",
        arguments: valid)
    func relabelledTruncation(record: [UInt8]) {
        let ends = record == pipe2Record ? [32, 56, 88] : []
        for length in 24..<record.count where !ends.contains(length) {
            var prefix = Array(record.prefix(length))
            prefix.replaceSubrange(4..<8, with: bytes(UInt32(length)))
            #expect(throws: RecordError.self) { try Record(prefix) }
        }
    }

    @Test("a byte too many is refused", arguments: [forkRecord, exitRecord])
    func trailing(record: [UInt8]) {
        var longer = record + [0]
        longer.replaceSubrange(4..<8, with: bytes(UInt32(longer.count)))
        #expect(throws: RecordError.trailingBytes(1)) { try Record(longer) }
    }

    @Test("a call with a byte too many has no room for the value that begins there")
    func trailingInCall() {
        var longer = pipe2Record + [0]
        longer.replaceSubrange(4..<8, with: bytes(UInt32(longer.count)))
        #expect(throws: RecordError.truncated(needed: 16, at: 112, available: 113)) {
            try Record(longer)
        }
    }

    @Test("a call says which selector took it, and what became of that one's signals")
    func decision() throws {
        let outcomes: [(UInt8, Enforcement?)] = [
            (0, nil), (1, .enforced), (2, .monitored), (3, .failed),
        ]
        for (byte, outcome) in outcomes {
            let record = RecordBytes.call(selector: 4, enforcement: byte, tgid: 1)
            let call = try CallRecord(decoding: record.span.bytes)
            #expect(call.selector == 4)
            #expect(call.enforcement == outcome)
        }
        #expect(throws: RecordError.unknownEnforcement(4)) {
            try Record(RecordBytes.call(enforcement: 4, tgid: 1))
        }
    }

    @Test("changing any byte to any value is survived", arguments: valid)
    func corruption(record: [UInt8]) {
        var encoder = EventEncoder()
        for index in record.indices {
            for byte in UInt8.min...UInt8.max {
                var bytes = record
                bytes[index] = byte
                _ = try? encoder.line(bytes)
            }
        }
    }

    @Test("random bytes behind a plausible header give one line of JSON or an error")
    func fuzz() throws {
        var random = SplitMix(state: 20_261_123)
        var encoder = EventEncoder()
        var lines = 0
        for _ in 0..<20_000 {
            var record = Self.valid.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let index = Int.random(in: 24..<record.count, using: &random)
                record[index] =
                    [0, 1, 8, 43, 0x7F, 0xFF, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            if Bool.random(using: &random) {
                record += (0..<16).map { _ in .random(in: 0...255, using: &random) }
                record.replaceSubrange(4..<8, with: bytes(UInt32(record.count)))
            }
            guard let line = try? encoder.line(record) else { continue }
            lines += 1
            #expect(!line.utf8.contains(UInt8(ascii: "\n")))
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        #expect(lines > 1000)
    }
}

/// A seeded generator, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
