import Foundation
import Logging
import Testing

@testable import Events
@testable import Tracing

@Suite("Who runs, as the kernel lists it", .requiresBPF, .timeLimit(.minutes(1)))
struct RunningProcessesTests {
    @Test("the kernel's list says what /proc says")
    func comparison() throws {
        var reporting = ProcessReporting()
        reporting.showsNamespaces = true
        reporting.environment = ["PATH"]
        let scan = ProcScan(for: reporting)
        let before = Self.byPID(scan.processes())
        var options = Engine.Options()
        options.carriesEnvironment = true
        let engine = try Engine(options: options)
        let listed = Self.byPID(
            RunningProcesses(
                iterator: engine.processList, scan: scan, logger: Logger(label: "test")
            ).all())
        let after = Self.byPID(scan.processes())

        // Who was there before and after was there meanwhile, as it was if nothing has changed.
        var compared = 0
        for (pid, process) in before {
            guard let still = after[pid], Self.same(process, still) else { continue }
            let found = try #require(
                listed[pid], "\(pid), \(String(decoding: process.binary, as: UTF8.self))")
            compared += 1
            let tick = 1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK)))
            #expect((0..<tick).contains(found.task.start &- process.task.start))
            var expected = process
            expected.task.start = found.task.start
            // /proc does not tell.
            expected.task.cgroup = found.task.cgroup
            expected.task.credentials.secureBits = found.task.credentials.secureBits
            Self.keepWhatIsHidden(in: &expected, from: found)
            #expect(found.task == expected.task)
            #expect(found.container == expected.container)
            // A kernel thread has a longer name in /proc, with what it does.
            let isThread = expected.binary.first != UInt8(ascii: "/")
            #expect(
                isThread
                    ? expected.binary.starts(with: found.binary)
                    : found.binary == expected.binary)
            #expect(found.image(reporting).arguments == expected.image(reporting).arguments)
            #expect(found.image(reporting).directory == expected.image(reporting).directory)
            #expect(found.image(reporting).environment == expected.image(reporting).environment)
        }
        // This process, its parents, and the kernel's own threads at the least.
        #expect(compared > 20)
        #expect(listed[UInt32(getpid())]?.binary.isEmpty == false)
    }

    /// A process may hide its links and its memory from everybody but the kernel.
    private static func keepWhatIsHidden(
        in process: inout ScannedProcess, from found: ScannedProcess
    ) {
        guard process.task.namespaces == Namespaces() else { return }
        process.task.namespaces = found.task.namespaces
        process.binary = found.binary
        process.directory = found.directory
        process.environment = found.environment
    }

    private static func byPID(_ processes: [ScannedProcess]) -> [UInt32: ScannedProcess] {
        Dictionary(processes.map { ($0.pid, $0) }, uniquingKeysWith: { $1 })
    }

    private static func same(_ one: ScannedProcess, _ other: ScannedProcess) -> Bool {
        one.task == other.task && one.arguments == other.arguments && one.binary == other.binary
            && one.directory == other.directory
    }
}
