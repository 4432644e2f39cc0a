import Foundation
import Testing

/// The tests that need a kernel, on kernels that have what this machine's may lack.
///
/// Only where asked for, because other tests would wait for a processor beside a guest.
@Suite(
    "The service on other kernels", .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["MARTLET_MATRIX"] != nil,
        "make test runs it after the others, with MARTLET_MATRIX=1"))
struct KernelMatrixTests {
    @Test("every test passes in a virtual machine", arguments: ["6.1", "6.12"])
    func kernel(_ kernel: String) async throws {
        let guest = try await Guest.run(kernel)
        if guest.ending == .unavailable {
            try Test.cancel("\(guest.lines.joined(separator: "; "))")
        }
        let results = try GuestResults(stream: guest.file("results.jsonl"))
        for failure in results.failures {
            Issue.record(
                "\(guest.system): \(failure.test)\n\(failure.message)",
                sourceLocation: failure.location ?? #_sourceLocation)
        }
        if guest.ending == .died {
            let tests = results.unfinished.joined(separator: ", ")
            let end = guest.lines.suffix(40).joined(separator: "\n")
            Issue.record("\(guest.system) did not come to its end; begun: \(tests)\n\(end)")
        }
        if guest.ending == .failed, results.failures.isEmpty {
            Issue.record("\(guest.system): the tests failed without a word; see output.log")
        }
        #expect(!results.passed.isEmpty, "\(guest.system): no test passed")
        // A processor that the host took away looks like one that is stuck: no failure by itself.
        let complaints = String(decoding: try guest.file("complaints.log"), as: UTF8.self)
        if !complaints.isEmpty {
            Issue.record(
                "\(guest.system): the kernel complained\n\(complaints)", severity: .warning)
        }
        for (test, reason) in results.skipped.sorted(by: { $0.key < $1.key }) {
            say("\(guest.system): skipped \(test): \(reason)")
        }
        say(
            "\(guest.system): \(results.passed.count) tests passed, "
                + "\(results.failed.count) failed, \(results.skipped.count) skipped")
    }
}
