import CWire
import Events
import Foundation
import Kernel
import Logging
import Testing

@testable import Tracing

/// In a process of its own, as those of the registry are.
@Suite("Processes whose records were lost", .requiresBPF, .serialized, .timeLimit(.minutes(1)))
struct RepairTests {
    @Test("after a loss who is gone is forgotten, and who runs is known")
    func repair() async {
        await #expect(processExitsWith: .success) {
            try await RegistryScene.with { scene in
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let engine = try Engine()
                let reporting = ProcessReporting()
                let session = ReadingSession(
                    log: EventLog(capacity: 0, boot: "a"), ringBytes: 4096, nodeName: "test",
                    reporting: reporting,
                    source: RunningProcesses(
                        iterator: engine.processList, scan: ProcScan(for: reporting),
                        logger: logger), logger: logger)
                // A number that no process can have: its end was lost.
                let ghost: UInt32 = 0x7FFF_FFF0
                session.take(RepairTests.fork(of: ghost).span.bytes, scene.reader)
                func running() -> Set<UInt32> {
                    Set(session.encoder.processes.running().map(\.id.pid))
                }
                #expect(running().contains(ghost))

                session.repair(lostProcessRecords: 0)
                session.finishLateTasks(isEmpty: true)
                #expect(running().contains(ghost), "nothing was lost")

                session.repair(lostProcessRecords: 1)
                #expect(running().contains(ghost), "its end may still be in the ring")
                session.finishLateTasks(isEmpty: true)
                #expect(!running().contains(ghost))
                #expect(running().isSuperset(of: [UInt32(getpid()), UInt32(getppid())]))
            }
        }
    }

    /// The record of a child that this process forked.
    fileprivate static func fork(of child: UInt32) -> [UInt8] {
        var record = wire_fork()
        record.header.version = UInt16(WIRE_VERSION)
        record.header.kind = UInt16(WIRE_KIND_FORK.rawValue)
        record.header.size = UInt32(MemoryLayout<wire_fork>.size)
        record.header.time_ns = 1
        record.header.tgid = UInt32(getpid())
        record.child.start_ns = 1
        record.child.tgid = child
        record.child.parent_tgid = UInt32(getpid())
        return withUnsafeBytes(of: record) { Array($0) }
    }
}
