import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The start of a program")
    struct ExecTests {
        @Test("a program is named by its path, absolute or relative to where it was started")
        func paths() async throws {
            let scene = try await LifeScene()
            let folder = scene.folder.path
            try await scene.check(
                "exec:\(scene.program)", edit: { #expect($0.binary == scene.program) })
            try await scene.check("chdir:\(folder)", "exec:waiting")
            try await scene.check("chdir:\(folder)", "exec:./waiting")
            let inner = try scene.folder.folder("a")
            try await scene.check(
                "chdir:\(inner)", "exec:.././a//../waiting",
                edit: {
                    #expect($0.cwd == inner)
                })
        }

        @Test("a symbolic link or a script is the program, and the file that runs is told besides")
        func otherFile() async throws {
            let scene = try await LifeScene()
            let link = scene.folder.path + "/link"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "waiting")
            try await scene.check("exec:\(link)") { facts in
                ["file": try file(of: facts.pid, path: scene.program)]
            } edit: {
                $0.binary = link
            }
            let script = try scene.folder.write(
                Array("#!\(scene.program) first second\n".utf8), as: "script", mode: 0o755)
            let argv = try scene.folder.list(
                ["name", "third", "fourth fifth"].map { Array($0.utf8) }, as: "argv")
            try await scene.check("argv:\(argv)", "exec:\(script)") { facts in
                ["file": try file(of: facts.pid, path: scene.program)]
            } edit: {
                #expect($0.arguments == "\"first second\" \(script) third \"fourth fifth\"")
                $0.binary = script
            }
        }

        @Test("a program in memory, and one that was deleted, are files without a name")
        func nameless() async throws {
            let scene = try await LifeScene()
            let other = try scene.folder.write(.waiting, as: "other")
            for (step, path) in [("memfd", "/memfd:copy"), ("deleted", other)] {
                try await scene.check("\(step):\(other)") { facts in
                    ["file": try file(of: facts.pid, path: path, links: 0)]
                } edit: {
                    #expect($0.binary == path + " (deleted)")
                    $0.binary = "/dev/fd/100"
                }
            }
        }

        @Test("the parent of a second program is the first one, which the process was")
        func second() async throws {
            let scene = try await LifeScene()
            let first = try ChildProcess.built("syscaller")
            let argv = try scene.folder.list(
                ["name", "steps", "exec:\(scene.program)"].map { Array($0.utf8) }, as: "argv")
            let since = Moment.now
            let pid = try await scene.caller.start(["argv:\(argv)", "exec:\(first)"])[0]
            let events = try await scene.events(of: pid, "process_exec", "process_exit")
            let firstEvent = try await events.next { $0.exec?["binary"]?.text == first }
            let secondEvent = try await events.nextEvent()

            var process = try LifeScene.facts(of: pid, since: since)
            process.flags = "execve"
            process.parent = pid
            var parent = process
            parent.flags = ProcessFacts.followed
            parent.parent = scene.caller.pid
            parent.binary = first
            parent.arguments = "steps exec:\(scene.program)"
            let cgroup = try ProcessCgroup(of: pid).json
            ExpectedLife(
                kind: .exec(properties: nil, cgroup: cgroup), process: parent,
                parent: scene.callerFacts, since: since
            ).check(firstEvent)
            var expected = ExpectedLife(
                kind: .exec(properties: nil, cgroup: cgroup), process: process, parent: parent,
                since: since)
            expected.check(secondEvent)
            try await scene.caller.end(pid, by: SIGTERM)
            expected.kind = .exit(signal: "SIGTERM")
            expected.check(try await events.nextEvent())
        }

        @Test("a thread's program is its process's, also where the first thread has ended")
        func threads() async throws {
            let scene = try await LifeScene()
            try await scene.check("thread", "exec:\(scene.program)")
            try await scene.check("survivor:3", "exec:\(scene.program)")
        }

        @Test("threads begin and end without events")
        func threadsAlone() async throws {
            let scene = try await LifeScene()
            let threads = try await scene.caller.storm(threads: 8, calls: 1).keys
            #expect(threads.count == 8)
            let last = try await scene.caller.start(["exec:\(scene.program)"])[0]
            let events = try await EventSubscriber(
                port: scene.service.port,
                query: "since=oldest&type=process_exec&type=process_exit&pid=\(last)"
                    + "&pid=\(scene.caller.pid)" + threads.map { "&pid=\($0)" }.joined())
            // Of the process itself, and then of what it started when its threads had ended.
            let binaries = try await events.takeEvents(2).map { $0.exec?["binary"]?.text }
            #expect(binaries == [scene.callerFacts.binary, scene.program])
            try await scene.caller.end(last, by: SIGKILL)
        }
    }
}

/// The file that a process runs, as `binary_properties` tell of it.
private func file(of pid: Int, path: String, links: Int = 1) throws -> JSON {
    var status = stat()
    guard stat("/proc/\(pid)/exe", &status) == 0 else { throw HarnessError.call("stat") }
    return [
        "inode": ["number": .string(String(status.st_ino)), "links": .number(links)],
        "path": .string(path),
    ]
}
