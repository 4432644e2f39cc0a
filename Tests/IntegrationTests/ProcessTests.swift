import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The process of an event")
    struct ProcessTests {
        @Test("a program that ends at once is complete, many times over")
        func shortLived() async throws {
            let scene = try await Scene()
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let events = try await scene.trace(
                PolicyDocument("short", .pipe2(PolicyDocument.family(scene.caller.pid))))
            let count = Machine.repetitions(200)
            let pids = try await scene.caller.exec("pipe2 o:2 0", count: count, in: folder)
            #expect(pids.count == count)
            for (number, pid) in pids.enumerated() {
                let event = try await events.nextEvent()
                var expected = scene.pipe2("short", [3, 4])
                expected.parent = scene.callerFacts
                expected.process = scene.callerFacts.forked(pid, between: scene.start)
                expected.process.cwd = folder
                expected.process.arguments = "once \(number) pipe2 o:2 0"
                expected.check(event)
            }
        }

        @Test("a child that never replaces its program is shown as its parent's program")
        func forked() async throws {
            let scene = try await Scene()
            let events = try await scene.trace(
                PolicyDocument("short", .pipe2(PolicyDocument.family(scene.caller.pid))))
            for _ in 0..<20 {
                let (pid, outcome) = try await scene.caller.fork("pipe2 o:2 0")
                var expected = scene.pipe2("short", outcome.arrays[0])
                expected.parent = scene.callerFacts
                expected.process = scene.callerFacts.forked(pid, between: scene.start)
                expected.check(try await events.nextEvent())
            }
        }

        @Test("arguments with spaces stand in quotes, and an odd directory is shown as it is")
        func oddNames() async throws {
            let scene = try await Scene()
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            // No space: it would end a word of the syscaller's.
            let odd = folder + "/quote\"-back\\slash-ü"
            try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: false)
            let events = try await scene.trace(
                PolicyDocument("short", .pipe2(PolicyDocument.family(scene.caller.pid))))
            for directory in [odd, "/"] {
                let pid = try await scene.caller.exec("pipe2 o:2 0", in: directory)[0]
                var expected = scene.pipe2("short", [3, 4])
                expected.parent = scene.callerFacts
                expected.process = scene.callerFacts.forked(pid, between: scene.start)
                expected.process.cwd = directory
                expected.process.arguments = "once 0 pipe2 o:2 0"
                if directory == "/" { expected.process.flags = "execve rootcwd clone" }
                expected.check(try await events.nextEvent())
            }
        }

        @Test("a process that was there before the service is known from /proc")
        func earlier() async throws {
            let caller = try await Syscaller()
            let child = try await caller.startChild()
            let start = Moment.now
            let service = try await ServiceProcess.start()
            let facts = try ProcessFacts(of: caller.pid, flags: ProcessFacts.scanned)
            let childFacts = try ProcessFacts(of: child, flags: ProcessFacts.scanned)
            let testFacts = try ProcessFacts.tests()
            let policy = PolicyDocument("early", .pipe2(PolicyDocument.family(caller.pid)))
            try await service.add(policy.yaml)
            let events = try await service.events(of: "early")
            for (generation, process, parent) in [(0, facts, testFacts), (1, childFacts, facts)] {
                let outcome = try await caller.call("pipe2 o:2 0", generation: generation)
                ExpectedCall(
                    policy: "early", site: .function("__x64_sys_pipe2"),
                    args: .pipe2(outcome.arrays[0]), result: .int(0), process: process,
                    parent: parent, since: start
                ).check(try await events.nextEvent())
            }
        }
    }
}
