import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Many short lives", .timeLimit(.minutes(5 * Machine.slowness)))
    struct ProcessStormTests {
        @Test("of 20,000 programs one after the other every start and every end is told once")
        func complete() async throws {
            let service = try await ServiceProcess.start(["--event-log-size", "256MiB"])
            let caller = try await Syscaller()
            let folder = try TestFolder()
            let program = try folder.write(.ending, as: "ending")
            let count = Machine.repetitions(20_000) / 2
            let workers = try await caller.beginChurn(workers: 2, count: count, program)
            let started = try await caller.endChurn().map { $0.before + $0.after }
            #expect(started.map(\.count) == [count, count])

            let lives = try await lives(of: program, service, caller, folder)
            let callerID = try await execID(of: caller.pid, service)
            #expect(lives.told.count == 2 * 2 * count)
            #expect(lives.unmatched.isEmpty)
            for (worker, pids) in zip(workers, started) {
                let starts = lives.starts(by: worker)
                #expect(starts.map(\.process.pid) == pids)
                // One worker, that the caller forked.
                #expect(Set(starts.map(\.process.parent_exec_id)).count == 1)
                for life in starts {
                    #expect(life.parent.exec_id == life.process.parent_exec_id)
                    #expect(life.parent.pid == worker)
                    #expect(life.parent.parent_exec_id == callerID)
                }
            }
            for life in lives.told {
                #expect(life.process.flags == ProcessFacts.followed)
                #expect(life.signal == nil && life.status == nil)
            }
            for stage in ["kernel_process_record", "undecodable"] {
                let lost = try await service.metric("lost_total{stage=\"\(stage)\"}")
                #expect(lost == 0, "\(stage)")
            }
        }

        @Test("a service that starts in the middle tells all that begins after it is ready")
        func middle() async throws {
            let caller = try await Syscaller()
            let folder = try TestFolder()
            let program = try folder.write(.ending, as: "ending")
            let workers = try await caller.beginChurn(workers: 2, program)
            let service = try await ServiceProcess.start(["--event-log-size", "256MiB"])
            try await caller.markChurn()
            // Something that takes time, so that there is much to tell.
            for _ in 0..<20 { _ = try await service.metric("processes") }
            let started = try await caller.endChurn()

            let lives = try await lives(of: program, service, caller, folder)
            for (worker, pids) in zip(workers, started) {
                #expect(!pids.after.isEmpty)
                let starts = lives.starts(by: worker)
                #expect(starts.map(\.process.pid).suffix(pids.after.count) == pids.after[...])
                let parents = Set(starts.suffix(pids.after.count).map(\.process.parent_exec_id))
                #expect(parents.count == 1)
                for life in starts.suffix(pids.after.count) {
                    #expect(life.parent.flags == ProcessFacts.scanned)
                    #expect(lives.ends[life.process.exec_id] == 1)
                }
            }
            // Of what was on its way when the service came, there may be one end each.
            #expect(lives.ends.allSatisfy { $0.value == 1 })
            #expect(Set(lives.starts.map(\.process.exec_id)).count == lives.starts.count)
        }

        // MARK: - What was told

        /// What of an event matters here.
        private struct Life: Decodable {
            var process: Process
            var parent: Process
            var signal: String?
            var status: Int?

            struct Process: Decodable {
                var exec_id: String
                var parent_exec_id: String?
                var pid: Int
                var binary: String?
                var flags: String
            }
        }

        private struct Line: Decodable {
            var process_exec: Life?
            var process_exit: Life?
            var gap: JSON?
        }

        private struct Lives {
            /// In order.
            var told: [Life] = []
            var starts: [Life] = []
            /// How often the end of each was told.
            var ends: [String: Int] = [:]
            /// Those whose start and end were not told once each, in this order.
            var unmatched: Set<String> = []

            func starts(by parent: Int) -> [Life] {
                starts.filter { ExecID($0.process.parent_exec_id)?.pid == parent }
            }
        }

        /// All that the service told of a program, once it has told of one more.
        private func lives(
            of program: String, _ service: ServiceProcess, _ caller: Syscaller, _ folder: TestFolder
        ) async throws -> Lives {
            let last = try folder.write(.ending, as: "last")
            try await caller.end(try await caller.start(["exec:\(last)"])[0])
            let lines = try await EventSubscriber(
                port: service.port, query: "since=oldest&type=process_exec&type=process_exit",
                form: .lines)
            var lives = Lives()
            let decoder = JSONDecoder()
            while true {
                let bytes = try #require(try await lines.nextLine())
                let line = try decoder.decode(Line.self, from: Data(bytes))
                #expect(line.gap == nil)
                if let life = line.process_exec, life.process.binary == program {
                    lives.told.append(life)
                    lives.starts.append(life)
                    lives.unmatched.insert(life.process.exec_id)
                } else if let life = line.process_exit, life.process.binary == program {
                    lives.told.append(life)
                    lives.ends[life.process.exec_id, default: 0] += 1
                    if lives.unmatched.remove(life.process.exec_id) == nil {
                        lives.unmatched.insert(life.process.exec_id)
                    }
                } else if line.process_exit?.process.binary == last {
                    return lives
                }
            }
        }

        /// The exec_id of a process that began under the service's eyes.
        private func execID(of pid: Int, _ service: ServiceProcess) async throws -> String? {
            let events = try await EventSubscriber(
                port: service.port, query: "since=oldest&type=process_exec&pid=\(pid)")
            let binary = try ChildProcess.built("syscaller")
            return try await events.next { $0.exec?["binary"]?.text == binary }
                .exec?["exec_id"]?.text
        }
    }
}
