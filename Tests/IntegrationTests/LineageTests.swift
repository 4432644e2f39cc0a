import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Who started a process")
    struct LineageTests {
        @Test("an orphan keeps the parent that started it, which ended before")
        func orphan() async throws {
            let scene = try await LifeScene()
            let since = Moment.now
            let pids = try await scene.caller.start(["orphan", "exec:\(scene.program)"])
            try #require(pids.count == 2)
            #expect(try await scene.caller.end(pids[0]) == WaitStatus(0))
            let middle = scene.callerFacts.forked(pids[0], between: since)
            let events = try await scene.events(of: pids[0], "process_exit")
            ExpectedLife(
                kind: .exit(), process: middle, parent: scene.callerFacts, since: since
            ).check(try await events.next { $0.exit?["binary"]?.text == middle.binary })
            try await check(pids[1], since: since, parent: middle, scene)
        }

        @Test("the parent of a process that lost its own before its program began is who got it")
        func daemon() async throws {
            let scene = try await LifeScene()
            let since = Moment.now
            let pids = try await scene.caller.start(["daemon", "exec:\(scene.program)"])
            try #require(pids.count == 2)
            #expect(try await scene.caller.end(pids[0]) == WaitStatus(0))
            try await check(pids[1], since: since, parent: scene.callerFacts, scene)
        }

        @Test("the first process of a pid namespace, and what it starts, are in its tree")
        func initTree() async throws {
            let scene = try await LifeScene()
            let since = Moment.now
            let first = try ChildProcess.built("syscaller")
            // CLONE_NEWPID is for children; the second one's number is not that of the machine.
            let pids = try await scene.caller.start(
                ["unshare:0x20000000", "fork", "fork", "exec:\(scene.program)"])
            try #require(pids.count == 3 && pids[2] == 2)
            let outer = scene.callerFacts.forked(pids[0], between: since)
            let last = try child(of: pids[1])
            var inner = scene.callerFacts.forked(pids[1], between: since)
            inner.parent = pids[0]
            inner.flags = "execve clone inInitTree"
            inner.more["in_init_tree"] = true
            inner.more["ns"] = try ProcessDetails(of: pids[1]).members["ns"]
            #expect(inner.binary == first)
            var facts = try LifeScene.facts(of: last, since: since)
            facts.flags = inner.flags
            facts.more["in_init_tree"] = true
            var expected = ExpectedLife(
                kind: .exec(properties: nil, cgroup: try ProcessCgroup(of: last).json),
                process: facts, parent: inner, since: since)
            let events = try await scene.events(of: last, "process_exec", "process_exit")
            expected.check(try await events.next { $0.exec?["binary"]?.text == scene.program })

            // The end of the first is the end of all.
            kill(pid_t(pids[1]), SIGKILL)
            try await scene.caller.end(pids[0])
            expected.kind = .exit(signal: "SIGKILL")
            expected.check(try await events.nextEvent())
            expected.process = inner
            expected.parent = outer
            let inners = try await scene.events(of: pids[1], "process_exit")
            expected.check(try await inners.next { $0.exit?["binary"]?.text == first })
        }

        @Test("processes that have one number, one after the other, are told apart")
        func numberReuse() async throws {
            let scene = try await LifeScene()
            let since = Moment.now
            let used = try await scene.caller.start(["exit:0"])[0]
            try await scene.caller.end(used)
            var seen: Set<String> = []
            for round in 0..<5 {
                let pids: [Int]
                do {
                    pids = try await scene.caller.start(["fork:\(used)", "exec:\(scene.program)"])
                } catch let error as HarnessError where error.isOf(EEXIST) {
                    try Test.cancel("another process has got the number")
                }
                try #require(pids[1] == used)
                let middle = scene.callerFacts.forked(pids[0], between: since)
                let facts = try LifeScene.facts(of: used, since: since)
                var expected = ExpectedLife(
                    kind: .exec(properties: nil, cgroup: try ProcessCgroup(of: used).json),
                    process: facts, parent: middle, since: since)
                let events = try await scene.events(of: used, "process_exec", "process_exit")
                var exec = try await events.next { $0.exec?["binary"]?.text == scene.program }
                for _ in 0..<round {
                    exec = try await events.next { $0.exec?["binary"]?.text == scene.program }
                }
                expected.check(exec)
                kill(pid_t(used), SIGKILL)
                try await scene.caller.end(pids[0])
                expected.kind = .exit(signal: "SIGKILL")
                let exit = try await events.nextEvent()
                expected.check(exit)
                let id = try #require(exit.exit?["exec_id"]?.text)
                #expect(id == exec.exec?["exec_id"]?.text)
                #expect(seen.insert(id).inserted)
            }
        }

        /// Checks the start of a program that waits, ends it, and checks its end.
        private func check(
            _ pid: Int, since: Moment, parent: ProcessFacts, _ scene: LifeScene
        ) async throws {
            var process = try LifeScene.facts(of: pid, since: since)
            process.parent = parent.pid
            var expected = ExpectedLife(
                kind: .exec(properties: nil, cgroup: try ProcessCgroup(of: pid).json),
                process: process, parent: parent, since: since)
            let events = try await scene.events(of: pid, "process_exec", "process_exit")
            expected.check(try await events.next { $0.exec?["binary"]?.text == scene.program })
            try await scene.caller.end(pid, by: SIGKILL)
            expected.kind = .exit(signal: "SIGKILL")
            expected.check(try await events.nextEvent())
        }

        /// The only child of a process.
        private func child(of pid: Int) throws -> Int {
            let text = try String(
                contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
            return try #require(text.split(separator: " ").compactMap { Int($0) }.first)
        }
    }
}
