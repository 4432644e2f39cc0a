import CWire
import Foundation
import Testing

@testable import Events

@Suite("What a process shows")
struct ProcessImageTests {
    /// The process object of the event that an exec becomes.
    private func object(_ record: [UInt8], _ reporting: ProcessReporting = ProcessReporting())
        throws -> String
    {
        var encoder = EventEncoder(reporting)
        let line = try encoder.line(record)
        return part(of: line, from: #""process":"#, to: #","parent""#) ?? "none"
    }

    /// The process object of a call that the process makes afterwards.
    private func later(_ record: [UInt8], _ reporting: ProcessReporting = ProcessReporting())
        throws -> String
    {
        var encoder = EventEncoder(reporting)
        try encoder.line(record)
        let line = try encoder.line(RecordBytes.call(time: 2, tgid: 10))
        return part(of: line, from: #""process":"#, to: #","parent""#) ?? "none"
    }

    @Test("an exec shows its process, its file where that is another one, and its cgroup")
    func script() throws {
        let record = RecordBytes.exec(
            10, parent: 0, time: 1, file: "run.sh", executable: ["dash", "bin"],
            arguments: ["sh", "run.sh", "a b"], directory: ["x", "home"],
            cgroup: ["ssh.service", "system.slice"], uid: 5)
        #expect(
            try object(record) == #"{"exec_id":"bm9kZToxOjEw","pid":10,"uid":5,"cwd":"/home/x","#
                + #""binary":"/home/x/run.sh","arguments":"run.sh \"a b\"","flags":"execve","#
                + #""start_time":"2026-09-21T14:13:20.000000001Z","auid":4294967295,"#
                + #""parent_exec_id":"bm9kZToxOjA=","in_init_tree":false,"tid":10,"#
                + #""binary_properties":{"file":{"inode":{"number":"77","links":1},"#
                + #""path":"/bin/dash"}},"#
                + #""cgroup":{"id":"1","path":"/system.slice/ssh.service"}}"#)
        #expect(try later(record).hasSuffix(#""in_init_tree":false,"tid":10}"#))
    }

    @Test("raised rights and a file without a name are properties of the binary")
    func properties() throws {
        let flags =
            WIRE_EXEC_SECURE | WIRE_EXEC_RAISED_SETUID | WIRE_EXEC_RAISED_SETGID
            | WIRE_EXEC_RAISED_FILE_CAP
        let record = RecordBytes.exec(
            10, parent: 0, time: 1, file: "/dev/fd/3", executable: ["memfd:x"], uid: 5, links: 0,
            flags: flags)
        #expect(
            part(of: try object(record), from: #""binary_properties":"#, to: #","cgroup""#)
                == #"{"setuid":5,"setgid":0,"privileges_changed":["#
                + #""PRIVILEGES_RAISED_EXEC_FILE_CAP","PRIVILEGES_RAISED_EXEC_FILE_SETUID","#
                + #""PRIVILEGES_RAISED_EXEC_FILE_SETGID"],"file":{"inode":{"number":"77","#
                + #""links":0},"path":"/memfd:x"},"secureexec":true}"#)
        #expect(try !object(RecordBytes.exec(10, parent: 0, time: 1)).contains("binary_prop"))
    }

    @Test("what a record could not carry is a flag, with the size that it had")
    func truncation() throws {
        let record = RecordBytes.exec(
            10, parent: 0, time: 1, directory: ["b", "a"], environment: ["A=1"],
            flags: WIRE_EXEC_ARGUMENTS_UNREAD,
            missing: [.arguments: 1000, .directory: 100, .executable: 10, .environment: 5])
        let process = try later(record)
        #expect(process.contains(#""cwd":"/a/b""#))
        #expect(
            process.contains(
                #""flags":"execve errorEnvs truncFilename truncArgs errorArgs "#
                    + #"errorPathResolutionCwd""#))
        #expect(
            process.contains(
                #""truncated":{"arguments":1003,"cwd":104,"environment":9,"executable":17}"#))
    }

    @Test("a directory outside of the process's root is shown as far as it is known")
    func detached() throws {
        let inside = RecordBytes.exec(
            10, parent: 0, time: 1, file: "x", directory: ["d"], flags: WIRE_EXEC_CWD_DETACHED)
        #expect(
            try later(inside).contains(
                #""cwd":"/d","binary":"/d/x","flags":"execve errorPathResolutionCwd""#))
        let root = RecordBytes.exec(
            10, parent: 0, time: 1, file: "x", flags: WIRE_EXEC_CWD_DETACHED)
        #expect(
            try later(root).contains(
                #""uid":0,"binary":"x","flags":"execve errorPathResolutionCwd""#))
    }

    @Test("the exec's event has all arguments, and later ones as much as every event carries")
    func longArguments() throws {
        let text = String(repeating: "x", count: 5000)
        let record = RecordBytes.exec(10, parent: 0, time: 1, arguments: ["sh", text])
        let exec = try object(record)
        #expect(exec.contains(#""arguments":"\#(text)","flags":"execve rootcwd","#))
        #expect(!exec.contains("truncated"))
        let call = try later(record)
        #expect(
            call.contains(
                #""arguments":"\#(text.prefix(4096))","flags":"execve truncArgs rootcwd""#))
        #expect(call.contains(#""truncated":{"arguments":5004}"#))
    }

    @Test("the exec's event has all arguments that its record has, also where that was cut")
    func cutArguments() throws {
        let text = String(repeating: "x", count: 5000)
        let exec = try object(
            RecordBytes.exec(
                10, parent: 0, time: 1, arguments: ["sh", text], missing: [.arguments: 10]))
        #expect(
            exec.contains(#""arguments":"\#(text)","flags":"execve truncArgs rootcwd","#))
        #expect(exec.contains(#""truncated":{"arguments":5014}"#))
    }

    @Test("variables of the environment are shown by name, without the others")
    func environment() throws {
        var reporting = ProcessReporting()
        reporting.environment = ["TZ", "EMPTY", "ABSENT"]
        let record = RecordBytes.exec(
            10, parent: 0, time: 1,
            environment: ["HOME=/root", "TZ=UTC=0", "EMPTY=", "TZX=1", "TZ"])
        #expect(
            try later(record, reporting).contains(
                #""environment_variables":[{"key":"TZ","value":"UTC=0"},"#
                    + #"{"key":"EMPTY","value":""}],"tid""#))
        #expect(try !later(record).contains("environment"))
    }

    @Test("credentials are named")
    func credentials() throws {
        var reporting = ProcessReporting()
        reporting.showsCredentials = true
        #expect(
            try later(RecordBytes.exec(10, parent: 0, time: 1, uid: 5), reporting).contains(
                #","cap":{"permitted":["CAP_SYS_ADMIN"],"effective":["CAP_CHOWN"]},"#
                    + #""process_credentials":{"uid":5,"gid":0,"euid":5,"egid":0,"suid":5,"#
                    + #""sgid":0,"fsuid":5,"fsgid":0},"in_init_tree""#))
    }

    @Test("securebits and capabilities that have no name yet are told too")
    func unnamedBits() {
        var json = JSONWriter()
        json.append(
            Credentials(secureBits: 0b11, permitted: 1 << 63 | 1 << 40, inheritable: 1))
        let text = String(decoding: json.array, as: UTF8.self)
        #expect(
            text.hasPrefix(
                #","cap":{"permitted":["CAP_CHECKPOINT_RESTORE","CAP_63"],"#
                    + #""inheritable":["CAP_CHOWN"]}"#))
        #expect(text.hasSuffix(#","securebits":["SecBitNoRoot","SecBitNoRootLocked"]}"#))
    }

    @Test("the machine's own namespaces are those of the kernel's first thread, else of process 1")
    func hostNamespaces() {
        func found(_ pid: UInt32, parent: UInt32 = 0, runs binary: String, uts: UInt32)
            -> ScannedProcess
        {
            var task = ProcessTask(pid: pid, parent: parent, innerPID: pid, start: 1)
            task.namespaces[WIRE_NAMESPACE_UTS] = uts
            return ScannedProcess(task: task, binary: Array(binary.utf8))
        }
        let shell = found(700, parent: 1, runs: "/bin/sh", uts: 7)
        let first = found(1, runs: "/sbin/init", uts: 1)
        let kernel = found(2, runs: "kthreadd", uts: 2)
        func uts(_ scan: [ScannedProcess]) -> UInt32? { scan.hostNamespaces?[WIRE_NAMESPACE_UTS] }
        #expect(uts([shell, first, kernel]) == 2)
        #expect(uts([shell, first]) == 1)
        // Where the kernel's threads are not seen, the number is anybody's.
        #expect(uts([shell, found(2, parent: 1, runs: "/bin/sh", uts: 3), first]) == 1)
        #expect(uts([found(2, runs: "/bin/sh", uts: 3), first]) == 1)
        #expect(uts([shell]) == nil)
    }

    @Test("namespaces are numbers, and the machine's own are marked")
    func namespaces() {
        var host = Namespaces()
        var own = Namespaces()
        host[WIRE_NAMESPACE_UTS] = 1
        own[WIRE_NAMESPACE_UTS] = 1
        host[WIRE_NAMESPACE_MNT] = 2
        own[WIRE_NAMESPACE_MNT] = 3
        var json = JSONWriter()
        json.append(own, host: host)
        #expect(
            String(decoding: json.array, as: UTF8.self)
                == #","ns":{"uts":{"inum":1,"is_host":true},"mnt":{"inum":3}}"#)
    }

    @Test("the tree below the first process of a namespace is followed; who enters it is not in it")
    func initTree() throws {
        var encoder = EventEncoder()
        func isInTree(_ pid: UInt32) throws -> Bool {
            let line = try encoder.line(RecordBytes.call(time: 9, tgid: pid))
            return try #require(line).contains(#""in_init_tree":true"#)
        }
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1))
        try encoder.line(RecordBytes.fork(10, child: 11, time: 2, inner: 1, level: 1))
        #expect(try isInTree(11))
        try encoder.line(RecordBytes.exec(11, parent: 10, time: 3, inner: 1, level: 1))
        #expect(try isInTree(11))
        try encoder.line(RecordBytes.fork(11, child: 12, time: 4, inner: 2, level: 1))
        try encoder.line(RecordBytes.exec(12, parent: 11, time: 5, inner: 2, level: 1))
        #expect(try isInTree(12))
        try encoder.line(RecordBytes.fork(10, child: 13, time: 6, inner: 7, level: 1))
        #expect(try !isInTree(13))
        #expect(try !isInTree(10))
    }

    @Test("ancestors go up to the first process, and not beyond")
    func ancestors() throws {
        var reporting = ProcessReporting()
        reporting.showsAncestors = true
        var encoder = EventEncoder(reporting)
        try encoder.line(RecordBytes.exec(1, parent: 0, time: 1, file: "/sbin/init"))
        for (pid, parent): (UInt32, UInt32) in [(10, 1), (11, 10), (12, 11)] {
            try encoder.line(RecordBytes.exec(pid, parent: parent, time: 2, file: "/bin/\(pid)"))
        }
        struct Line: Decodable {
            struct Call: Decodable { var ancestors: [Process]? }
            struct Process: Decodable { var binary: String }
            var process_kprobe: Call
        }
        func ancestors(_ pid: UInt32) throws -> [String]? {
            let line = try encoder.line(RecordBytes.call(time: 9, tgid: pid))
            return try JSONDecoder().decode(Line.self, from: Data(#require(line).utf8))
                .process_kprobe.ancestors?.map(\.binary)
        }
        #expect(try ancestors(12) == ["/bin/10", "/sbin/init"])
        #expect(try ancestors(10) == nil)
    }

    @Test("a shell that execs itself for ever keeps a bounded past")
    func boundedLineage() throws {
        var encoder = EventEncoder()
        for time: UInt64 in 1...1000 {
            try encoder.line(RecordBytes.exec(10, parent: 0, time: time, start: 1))
        }
        let past = try #require(encoder.processes.entry(10)).ancestors.count
        #expect((60...130).contains(past))
        #expect(
            try encoder.line(RecordBytes.call(time: 1001, tgid: 10))?.contains("parent") == true)
    }
}
