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
        let stream = try Data(contentsOf: URL(filePath: guest.folder + "/results.jsonl"))
        let results = try GuestResults(stream: stream)
        for failure in results.failures {
            Issue.record(
                "Linux \(kernel): \(failure.test)\n\(failure.message)",
                sourceLocation: failure.location ?? #_sourceLocation)
        }
        if guest.ending == .died {
            let unfinished = results.unfinished.joined(separator: ", ")
            let end = guest.lines.suffix(50).joined(separator: "\n")
            Issue.record("Linux \(kernel) did not come to its end in \(unfinished)\n\(end)")
        }
        #expect(
            guest.ending != .failed || !results.failures.isEmpty,
            "Linux \(kernel): the tests failed and do not say why: \(guest.folder)/output.log")
        #expect(!results.passed.isEmpty, "Linux \(kernel): no test passed")
        for (test, reason) in results.skipped.sorted(by: { $0.key < $1.key }) {
            print("Linux \(kernel): \(test): \(reason)")
        }
        print(
            "Linux \(kernel): \(results.passed.count) tests passed,",
            "\(results.failed.count) failed, \(results.skipped.count) skipped")
    }
}
