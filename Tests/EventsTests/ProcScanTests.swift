import Foundation
import Testing

@testable import Events

@Suite("Reading /proc")
struct ProcScanTests {
    /// A directory laid out like /proc, removed with the closure's end.
    private func withProc(
        stat: String, commandLine: String = "", status: String = "Name:\tx\nUid:\t1\t2\t3\t4\n",
        exe: String? = nil, cwd: String? = nil, _ body: (ProcScan) throws -> Void
    ) throws {
        let files = FileManager.default
        let root = files.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let process = root.appendingPathComponent("42")
        try files.createDirectory(at: process, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: root) }
        for (name, text) in [
            ("stat", stat), ("cmdline", commandLine), ("status", status), ("loginuid", "1000"),
        ] {
            try Data(text.utf8).write(to: process.appendingPathComponent(name))
        }
        for (name, target) in [("exe", exe), ("cwd", cwd)] {
            guard let target else { continue }
            try files.createSymbolicLink(
                atPath: process.appendingPathComponent(name).path, withDestinationPath: target)
        }
        try body(ProcScan(root: root.path))
    }

    private func stat(_ name: String, flags: UInt32 = 0) -> String {
        "42 (\(name)) S 7 1 1 0 -1 \(flags) 9 9 9 9 1 1 1 1 20 0 1 0 250 1 1"
    }

    @Test("a process has its program, place, users and start")
    func program() throws {
        try withProc(
            stat: stat("x"), commandLine: "/bin/x\0-v\0a b\0", exe: "/usr/bin/x", cwd: "/srv"
        ) { scan in
            let found = try #require(scan.processes().first)
            let image = found.image(ProcessReporting())
            #expect(found.pid == 42)
            #expect(found.task.parent == 7)
            #expect(found.task.start == 250 * 1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK))))
            #expect(found.binary == bytes("/usr/bin/x"))
            #expect(image.arguments == bytes("-v \"a b\""))
            #expect(found.directory == bytes("/srv"))
            #expect(found.task.credentials.euid == 2)
            #expect(found.task.auid == 1000)
            #expect(image.flags == .procFS)
        }
    }

    @Test(
        "a name may hold anything", arguments: ["a b", "a) S 1 (b", "line\nbreak", ")", "", "(("])
    func names(name: String) throws {
        try withProc(stat: stat(name)) { scan in
            let found = try #require(scan.process(42))
            #expect(found.task.parent == 7)
            #expect(found.binary == bytes(name))
        }
    }

    @Test("a kernel thread is named for what it is called, at the root")
    func kernelThread() throws {
        try withProc(stat: stat("kworker/0:1", flags: 0x0020_8040), cwd: "/") { scan in
            let found = try #require(scan.process(42))
            #expect(found.binary == bytes("kworker/0:1"))
            #expect(found.image(ProcessReporting()).flags == [.procFS, .rootcwd])
        }
    }

    @Test("a program that was deleted keeps its name")
    func deleted() throws {
        try withProc(stat: stat("x"), exe: "/bin/x (deleted)") { scan in
            #expect(scan.process(42)?.binary == bytes("/bin/x"))
        }
    }

    @Test("a long command line is cut and marked")
    func longCommandLine() throws {
        let line = "x\0" + String(repeating: "y", count: 5000)
        try withProc(stat: stat("x"), commandLine: line, exe: "/x") { scan in
            let found = try #require(scan.process(42))
            #expect(
                found.image(ProcessReporting()).arguments.count == ProcScan.longestCommandLine - 2)
            #expect(found.image(ProcessReporting()).flags == [.procFS, .truncArgs])
        }
    }

    @Test("what is no process, or not complete, is left out", arguments: ["", "42 (x) S 7", "42"])
    func incomplete(stat: String) throws {
        try withProc(stat: stat) { scan in
            #expect(scan.process(42) == nil)
            #expect(scan.process(43) == nil)
            #expect(scan.processes().isEmpty)
        }
    }

    @Test("this process is found in the real /proc")
    func itself() throws {
        let pid = UInt32(getpid())
        let found = try #require(ProcScan().processes().first { $0.pid == pid })
        #expect(found.task.credentials.euid == geteuid())
        #expect(found.binary.first == UInt8(ascii: "/"))
        #expect(found.task.start > 0)
    }
}

@Suite("Texts of a program")
struct ProgramTextTests {
    @Test("names from the inside out become a path")
    func directory() {
        #expect(directoryPath(innermostFirst: bytes("c\0b\0a\0")) == bytes("/a/b/c"))
        #expect(directoryPath(innermostFirst: []) == bytes("/"))
    }

    @Test("a relative program is joined with its directory and cleaned")
    func program() {
        let cases: [(String, String, String)] = [
            ("/bin/a", "/x", "/bin/a"), ("a", "/x", "/x/a"), ("./a", "/x", "/x/a"),
            ("../a", "/x/y", "/x/a"), ("../../../a", "/x", "/a"), ("b//./c", "/", "/b/c"),
            ("..", "/", "/"), ("", "/x", ""), ("a", "", "a"),
        ]
        for (file, directory, path) in cases {
            #expect(programPath(bytes(file), in: bytes(directory)) == bytes(path))
        }
    }

    @Test("arguments are joined without the first, with quotes around spaces")
    func arguments() {
        let cases: [(String, String)] = [
            ("", ""), ("a\0", ""), ("a\0b\0c\0", "b c"), ("a\0b c\0d\0", "\"b c\" d"),
            ("a\0\0b\0", " b"), ("a\0b\0cut", "b cut"),
        ]
        for (vector, line) in cases {
            #expect(argumentLine(bytes(vector)) == bytes(line))
        }
    }
}
