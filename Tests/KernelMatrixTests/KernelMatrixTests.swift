import Foundation
import Testing

/// The tests that need a kernel, on kernels that have what this machine's may lack.
///
/// Only where asked for, because other tests would wait for a processor beside guests, of which each
/// keeps one busy.
@Suite(
    "The service on other kernels",
    .enabled(
        if: ProcessInfo.processInfo.environment["MARTLET_MATRIX"] != nil,
        "make test runs it after the others, with MARTLET_MATRIX=1"))
struct KernelMatrixTests {
    @Test("every test passes in a virtual machine", arguments: ["6.1", "6.12"])
    func kernel(_ kernel: String) async throws {
        let guest = try await Guest.run(kernel)
        if guest.ending == .unavailable {
            // Said here, too: of a single case, the run's output does not tell.
            let reason = guest.lines.joined(separator: "; ")
            say("\(guest.system): skipped: \(reason)")
            try Test.cancel("\(reason)")
        }
        let system = guest.system
        let results = try GuestResults(stream: guest.file("results.jsonl"))
        for failure in results.failures {
            Issue.record(
                "\(system): \(failure)", sourceLocation: failure.location ?? #_sourceLocation)
        }
        if guest.ending == .died || guest.ending == .failed && results.failures.isEmpty {
            let begun = results.unfinished.joined(separator: ", ")
            let end = guest.lines.suffix(80).joined(separator: "\n")
            Issue.record("\(system) failed outside tests, or in: \(begun)\n\(end)")
        }
        if results.isEmpty { Issue.record("\(system): no test ran") }
        // A processor that the host took away looks like one that is stuck: no failure by itself.
        let complaints = String(decoding: guest.file("complaints.log"), as: UTF8.self)
        if !complaints.isEmpty {
            Issue.record("\(system): the kernel complained\n\(complaints)", severity: .warning)
        }
        say(
            "\(system): \(results.passed.count) tests passed, \(results.failed.count) failed, "
                + "\(results.skipped.count) skipped")
    }
}
