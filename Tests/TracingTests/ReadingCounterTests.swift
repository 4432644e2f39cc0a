import Events
import Kernel
import Logging
import Testing

@testable import Tracing

/// Each test has a process of its own, as those of the registry have.
@Suite("Records that become no event", .requiresBPF, .serialized, .timeLimit(.minutes(2)))
struct ReadingCounterTests {
    @Test("one that is damaged and one of a hook that is gone are counted, and write nothing")
    func counted() async {
        await #expect(processExitsWith: .success) {
            try await RegistryScene.with { scene in
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let engine = try Engine()
                let log = EventLog(capacity: 0, boot: "a")
                let reporting = ProcessReporting()
                let session = ReadingSession(
                    log: log, ringBytes: 4096, nodeName: "test", reporting: reporting,
                    source: RunningProcesses(
                        iterator: engine.processList, scan: ProcScan(for: reporting),
                        logger: logger), logger: logger)
                let damaged = [UInt8](repeating: 0xFF, count: 16)
                session.take(damaged.span.bytes, scene.reader)
                #expect(session.counters.undecodable == 1)
                #expect(session.counters.orphaned == 0)
                // A call: version 2, kind 1, 32 bytes, at 1 ns, of process 1, hook 99, no values.
                var call: [UInt8] = [2, 0, 1, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
                call += [1, 0, 0, 0, 1, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0]
                session.take(call.span.bytes, scene.reader)
                #expect(session.counters.undecodable == 1)
                #expect(session.counters.orphaned == 1)
                #expect(session.counters.records == 2)
                session.flush()
                #expect(log.counters.appended == 0)
            }
        }
    }
}
