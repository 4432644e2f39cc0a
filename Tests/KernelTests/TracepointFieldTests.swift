import Foundation
import Testing

@testable import Kernel

@Suite("The format of any tracepoint")
struct TracepointFieldTests {
    private static let common = """
        format:
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
        \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
        \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

        """

    private func format(_ event: String, id: Int, _ fields: String) throws -> TracepointFormat {
        try #require(
            TracepointFormat(
                subsystem: "raw_syscalls", event: event,
                parsing: "name: \(event)\nID: \(id)\n" + Self.common + "\n" + fields))
    }

    @Test("fields are numbered with the common ones, so that args of sys_enter is field 5")
    func numbers() throws {
        let format = try format(
            "sys_enter", id: 443,
            """
            \tfield:long id;\toffset:8;\tsize:8;\tsigned:1;
            \tfield:unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;

            print fmt: "NR %ld (%lx)", REC->id, REC->args[0]
            """)
        #expect(format.id == 443)
        #expect(format.fields.count == 6)
        let id = format.fields[4], args = format.fields[5]
        #expect((id.name, id.type, id.offset, id.size) == ("id", "long", 8, 8))
        #expect(id.isSigned && id.count == nil && id.location == .inPlace)
        #expect((args.name, args.type) == ("args", "unsigned long[6]"))
        #expect((args.offset, args.size, args.count) == (16, 48, 6))
        #expect(!args.isSigned && !args.isPointer)
        #expect(format.fields[3].name == "common_pid")
    }

    @Test("text of varying length lies elsewhere")
    func dynamicText() throws {
        let format = try format(
            "sched_process_exec", id: 365,
            """
            \tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;
            \tfield:pid_t pid;\toffset:12;\tsize:4;\tsigned:1;
            \tfield:__rel_loc u8[] bytes;\toffset:16;\tsize:4;\tsigned:0;
            """)
        let filename = format.fields[4], bytes = format.fields[6]
        #expect((filename.name, filename.type) == ("filename", "char[]"))
        #expect(filename.location == .fromContext && filename.count == nil)
        #expect((bytes.name, bytes.type, bytes.location) == ("bytes", "u8[]", .fromField))
        #expect(format.fields[5].location == .inPlace)
    }

    @Test("a length that is a word of the source is the field's size")
    func symbolicLength() throws {
        let format = try format(
            "sched_switch", id: 1,
            """
            \tfield:char prev_comm[TASK_COMM_LEN];\toffset:8;\tsize:16;\tsigned:0;
            \tfield:char next_comm[16];\toffset:24;\tsize:16;\tsigned:0;
            \tfield:u32 words[WORDS];\toffset:40;\tsize:16;\tsigned:0;
            """)
        #expect(format.fields[4...].map(\.count) == [16, 16, nil])
        #expect(
            format.fields[4...].map(\.type) == ["char[TASK_COMM_LEN]", "char[16]", "u32[WORDS]"])
    }

    @Test("a file without a number is no format")
    func damaged() {
        #expect(TracepointFormat(subsystem: "a", event: "b", parsing: "") == nil)
        #expect(TracepointFormat(subsystem: "a", event: "b", parsing: "ID: x\n") == nil)
    }

    @Test("the running kernel lists subsystems and events, and describes each", .requiresBPF)
    func running() throws {
        let tracefs = try Tracefs()
        let subsystems = tracefs.subsystems()
        #expect(subsystems == subsystems.sorted())
        #expect(subsystems.contains("sched") && subsystems.contains("raw_syscalls"))
        #expect(!subsystems.contains("enable") && !subsystems.contains("header_page"))
        #expect(tracefs.events(of: "raw_syscalls") == ["sys_enter", "sys_exit"])
        #expect(tracefs.events(of: "../..") == [])
        #expect(tracefs.events(of: "nowhere") == [])
        #expect(tracefs.tracepoint("raw_syscalls", "sys_enter")?.fields[5].name == "args")
        #expect(tracefs.tracepoint("raw_syscalls", "../sched/sched_switch") == nil)
        #expect(tracefs.tracepoint("..", "events") == nil)
        for event in tracefs.events(of: "sched") {
            let format = try #require(tracefs.tracepoint("sched", event))
            #expect(format.fields.count > 4 && format.id > 0)
        }
    }
}

@Suite("Patterns of names")
struct NamePatternTests {
    @Test("a pattern fits a part of the name, unless it is anchored")
    func patterns() throws {
        #expect(try NamePattern("read").matches("vfs_readlink"))
        #expect(try !NamePattern("^read").matches("vfs_readlink"))
        #expect(try NamePattern("^(ksys|vfs)_[a-z]+$").matches("vfs_read"))
        #expect(try NamePattern("^ext4_\\w{4}$").matches("ext4_sync"))
    }

    @Test("what is no expression is refused with the reason")
    func refused() throws {
        let error = #expect(throws: InvalidPattern.self) { try NamePattern("(read") }
        #expect(error?.description == "\"(read\" is no regular expression: Unmatched ( or \\(")
    }

    @Test(
        "what would take endless time or memory is refused",
        arguments: ["(a{1,255}){1,255}", "(a)\\1", String(repeating: "a", count: 257), "a\0b"])
    func excess(pattern: String) {
        #expect(throws: InvalidPattern.self) { try NamePattern(pattern) }
    }

    @Test("functions that can be traced are read line by line, modules' names left out")
    func traceable() throws {
        let path = NSTemporaryDirectory() + "martlet-functions-\(UUID().uuidString)"
        defer { unlink(path) }
        try Data("vfs_read\next4_sync_fs [ext4]\nvfs_write\n".utf8)
            .write(to: URL(fileURLWithPath: path))
        let all = try NamePattern(".")
        #expect(
            Tracefs.traceableFunctions(matching: all, in: path)
                == ["vfs_read", "ext4_sync_fs", "vfs_write"])
        #expect(
            Tracefs.traceableFunctions(matching: try NamePattern("4"), in: path) == ["ext4_sync_fs"]
        )
        #expect(Tracefs.traceableFunctions(matching: all, in: "/nowhere") == nil)
    }
}
