import Foundation
import Testing

extension IntegrationSuite {
    @Suite("What the service is asked to tell of processes")
    struct ProcessOptionTests {
        @Test("without process events calls have their process all the same")
        func withoutLives() async throws {
            let scene = try await Scene(["--no-process-events"])
            let folder = try TestFolder()
            let policy = PolicyDocument("short", .pipe2(PolicyDocument.family(scene.caller.pid)))
            try await scene.service.add(policy.yaml)
            let events = try await EventSubscriber(
                port: scene.service.port,
                query: "type=process_exec&type=process_exit&type=process_kprobe")
            for _ in 0..<3 {
                let pid = try await scene.caller.exec("pipe2 o:2 0", in: folder.path)[0]
                var expected = scene.pipe2("short", [3, 4])
                expected.parent = scene.callerFacts
                expected.process = scene.callerFacts.forked(pid, between: scene.start)
                expected.process.cwd = folder.path
                expected.process.arguments = "once 0 pipe2 o:2 0"
                expected.check(try await events.nextEvent())
            }
        }

        @Test("credentials and namespaces are shown on request only")
        func withoutDetails() async throws {
            let scene = try await Scene()
            let folder = try TestFolder()
            let program = try folder.write(.waiting, as: "waiting")
            let since = Moment.now
            let pid = try await scene.caller.start(["exec:\(program)"])[0]
            var facts = try ProcessFacts(of: pid, flags: ProcessFacts.followed)
            facts.identity = since.boottime...Moment.now.boottime
            let cgroup = try ProcessCgroup(of: pid).json
            let events = try await EventSubscriber(
                port: scene.service.port, query: "since=oldest&type=process_exec&pid=\(pid)")
            ExpectedLife(
                kind: .exec(properties: nil, cgroup: cgroup), process: facts,
                parent: scene.callerFacts, since: since
            ).check(try await events.next { $0.exec?["binary"]?.text == program })
            try await scene.caller.end(pid, by: SIGKILL)
        }

        @Test("variables are shown that were asked for, without what a pattern takes out")
        func environment() async throws {
            let patterns = ["--redact", "password=([^ ]+)", "--redact", "TOKEN=.*"]
            let scene = try await LifeScene(
                ["--environment", "COLOUR", "TOKEN", "EMPTY", "ABSENT"] + patterns)
            let texts = { (texts: [String]) in texts.map { Array($0.utf8) } }
            let argv = try scene.folder.list(
                texts(["name", "--password=hunter2", "a password=hunter3 b", "-x"]), as: "argv")
            let env = try scene.folder.list(
                texts([
                    "HIDDEN=hunter4", "COLOUR=password=hunter5", "NOVALUE", "TOKEN=hunter6",
                    "EMPTY=",
                ]), as: "env")
            let facts = try await scene.check(
                "argv:\(argv)", "env:\(env)", "exec:\(scene.program)",
                edit: { facts in
                    #expect(facts.arguments.contains("hunter2"))
                    facts.arguments = "--password=***** \"a password=***** b\" -x"
                    facts.more["environment_variables"] = [
                        ["key": "COLOUR", "value": "password=*****"],
                        ["key": "TOKEN", "value": "*****"], ["key": "EMPTY", "value": ""],
                    ]
                })
            let events = try await scene.events(of: facts.pid)
            let told = try await events.take { $0.exit != nil }
            #expect(!told.contains { "\($0.json)".contains("hunter") })
        }

        @Test("the processes above the parent are shown, up to the machine's first")
        func ancestors() async throws {
            let scene = try await LifeScene(["--ancestors"])
            let since = Moment.now
            let pid = try await scene.caller.start(["exec:\(scene.program)"])[0]
            var ancestors: [ProcessFacts] = []
            var ancestor = scene.callerFacts.parent
            while ancestor > 0 {
                var facts = try ProcessFacts(of: ancestor, flags: ProcessFacts.scanned)
                facts.more.merge(try ProcessDetails(of: ancestor).members) { $1 }
                if facts.cwd == "/" { facts.flags += " rootcwd" }
                // What was replaced since it began goes on under its name.
                facts.binary = facts.binary.replacing(" (deleted)", with: "")
                ancestors.append(facts)
                ancestor = facts.parent
            }
            #expect(ancestors.first?.pid == Int(getpid()) && ancestors.last?.pid == 1)
            var expected = ExpectedLife(
                kind: .exec(properties: nil, cgroup: try ProcessCgroup(of: pid).json),
                process: try LifeScene.facts(of: pid, since: since), parent: scene.callerFacts,
                ancestors: ancestors, since: since)
            let events = try await scene.events(of: pid, "process_exec", "process_exit")
            expected.check(try await events.next { $0.exec?["binary"]?.text == scene.program })
            try await scene.caller.end(pid, by: SIGKILL)
            expected.kind = .exit(signal: "SIGKILL")
            expected.check(try await events.nextEvent())
        }

        @Test("users have their names, if they have one on this machine and see its files")
        func userNames() async throws {
            let scene = try await LifeScene(["--user-names"])
            for (steps, name) in [
                ([], "root"), (["uid:54321"], nil), (["unshare:0x20000"], nil),
            ] as [([String], String?)] {
                let pid = try await scene.caller.start(steps + ["exec:\(scene.program)"])[0]
                let events = try await scene.events(of: pid, "process_exec", "process_exit")
                let exec = try await events.next { $0.exec?["binary"]?.text == scene.program }
                #expect(exec.exec?["user"] == name.map { ["name": .string($0)] }, "\(steps)")
                #expect(exec.json["process_exec"]?["parent"]?["user"] == ["name": "root"])
                try await scene.caller.end(pid, by: SIGKILL)
                let exit = try await events.nextEvent()
                #expect(exit.exit?["user"] == name.map { ["name": .string($0)] }, "\(steps)")
            }
        }
    }
}
