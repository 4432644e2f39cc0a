import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The end of a process")
    struct ExitTests {
        /// The last steps of a process, what wait(2) tells then, and what the event does.
        static let endings:
            [(steps: [String], wait: (exit: Int, signal: CInt), event: ExpectedLife.Kind)] = [
                (["exit:0"], (0, 0), .exit()),
                (["exit:7"], (7, 0), .exit(status: 7)),
                (["exit:255"], (255, 0), .exit(status: 255)),
                (["raise:\(SIGTERM)"], (0, SIGTERM), .exit(signal: "SIGTERM")),
                (["raise:\(SIGKILL)"], (0, SIGKILL), .exit(signal: "SIGKILL")),
                (["raise:\(SIGSEGV)"], (0, SIGSEGV), .exit(signal: "SIGSEGV")),
                // A real-time signal has no name.
                (["raise:40"], (0, 40), .exit(signal: "40")),
                (["thread", "exit:9"], (9, 0), .exit(status: 9)),
                (["thread", "raise:\(SIGUSR1)"], (0, SIGUSR1), .exit(signal: "SIGUSR1")),
                // The last thread's word counts, not the first thread's.
                (["survivor:3", "end:5"], (5, 0), .exit(status: 5)),
                (["survivor:3", "exit:6"], (6, 0), .exit(status: 6)),
                (["survivor:3", "end:0"], (0, 0), .exit()),
                (["survivor:3", "raise:\(SIGHUP)"], (0, SIGHUP), .exit(signal: "SIGHUP")),
            ]

        @Test("an end has the status or the signal that the parent is told, once")
        func endings() async throws {
            let scene = try await LifeScene()
            for (steps, wait, kind) in Self.endings {
                let since = Moment.now
                let pid = try await scene.caller.start(steps)[0]
                let status = try await scene.caller.end(pid)
                #expect((status.exit, status.signal) == wait, "\(steps)")
                #expect(!status.dumpedCore)
                try await checkOnly(pid, kind, since: since, scene)
            }
        }

        @Test("a core file changes nothing of the signal's name")
        func core() async throws {
            let scene = try await LifeScene()
            let since = Moment.now
            let folder = scene.folder.path
            let pid = try await scene.caller.start(["chdir:\(folder)", "core:\(SIGABRT)"])[0]
            let status = try await scene.caller.end(pid)
            #expect(status.signal == SIGABRT)
            if !status.dumpedCore { try Test.cancel("no core file was written") }
            // It ran what its parent runs, there.
            try await checkOnly(pid, .exit(signal: "SIGABRT"), since: since, scene)
        }

        /// Checks that a process which only ever was a child of the caller has one event.
        private func checkOnly(
            _ pid: Int, _ kind: ExpectedLife.Kind, since: Moment, _ scene: LifeScene
        ) async throws {
            // What ends after it shows that it has no more.
            let last = try await scene.caller.start(["exit:0"])[0]
            try await scene.caller.end(last)
            let events = try await EventSubscriber(
                port: scene.service.port,
                query: "since=oldest&type=process_exec&type=process_exit&pid=\(pid)&pid=\(last)")
            let mine = try await events.take { $0.exit?["pid"]?.number == last }.dropLast()
                .filter { $0.exec != nil || $0.exit != nil }
            #expect(mine.count == 1)
            ExpectedLife(
                kind: kind, process: scene.callerFacts.forked(pid, between: since),
                parent: scene.callerFacts, since: since
            ).check(try #require(mine.first))
        }
    }
}
