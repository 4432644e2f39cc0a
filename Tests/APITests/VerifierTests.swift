import Events
import Foundation
import HTTP
import Kernel
import Logging
import Policy
import Testing

@testable import API
@testable import Lowering
@testable import Tracing

/// No document of today gets as far as that: a plan is broken here where it is about to be loaded.
@Suite("A hook that the verifier refuses", .requiresBPF, .timeLimit(.minutes(1)))
struct VerifierTests {
    /// What has the kernel verify a plan.
    enum Request: String, CaseIterable, Codable, Sendable { case install, dryRun }

    @Test(
        "is 422, with its place, the kernel's release and errno, and the verifier's last words",
        arguments: Request.allCases)
    func problem(request: Request) throws {
        let scene = try Scene()
        defer { scene.reader.stop() }
        let refusal = try scene.refusal(of: request)
        let response = Problem(refusal.rejection).response
        let problem = try JSONDecoder().decode(Document.self, from: Data(response.text.utf8))
        let release = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        let message = "loading the BPF program syscall_exit: Permission denied"
        let function = Subject.SystemCall.prefix + "socketpair"
        let log = refusal.log.split(separator: "\n").map(String.init)
        #expect(response.status == 422)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        #expect(
            problem
                == Document(
                    type: "/problems/kernel-refused", title: "The kernel refused the policy",
                    status: 422,
                    detail: "Linux \(release) refused the hook on \(function): \(message)",
                    errors: [
                        Document.Finding(
                            severity: "error", code: "kernel_refused",
                            pointer: "/spec/kprobes/1", kernel: release, errno: EACCES,
                            message: message, log: log.suffix(20))
                    ]))
        // The reason, and what the verifier says of its work.
        #expect(log.suffix(20).contains { $0.contains("mem_size=8 ") }, "\(log.suffix(20))")
        #expect(log.last?.hasPrefix("processed ") == true)
        #expect(log.count > 20)
    }

    /// In a process of its own: what others hold of the kernel would count.
    @Test(
        "leaves nothing in the kernel, and does not keep the next policy from it",
        arguments: Request.allCases)
    func goesOn(request: Request) async {
        await #expect(processExitsWith: .success) { [request = request as Request] in
            let scene = try Scene()
            defer { scene.reader.stop() }
            let before = heldByKind()
            #expect(before.keys.contains("bpf-map"))
            _ = try scene.refusal(of: request)
            #expect(heldByKind() == before)
            #expect(scene.engine.followSets.taken == 0)

            let sensor = try scene.installer.install(scene.plan, policy: 2)
            // The slot was given back.
            #expect(sensor.slot == 0)
            let installation = Installation(sensor, warnings: [], mode: .enforce)
            var ends: [Int32] = [-1, -1]
            #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            ends.forEach { close($0) }
            #expect(try sensor.counters().sent == 1)
            scene.installer.remove([installation])
        }
    }
}

/// The kernel's side of a service, and a policy whose second hook can be broken.
private struct Scene {
    let engine: Engine
    let reader: EventReader
    let installer: PolicyInstaller
    let plan: KernelPlan

    init() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        engine = try Engine()
        reader = try EventReader.start(
            engine: engine, log: EventLog(capacity: 1 << 20, boot: "00000000"), nodeName: "test",
            reporting: ProcessReporting(), logger: logger)
        installer = PolicyInstaller(engine: engine, reader: reader, logger: logger)
        plan = try installer.plan(Array(Self.document.utf8)).0
    }

    private static var document: String {
        """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata: {name: refused}
        spec:
          options: [{name: attach-method, value: tracepoint}]
          kprobes:
          - call: sys_openat
            args: [{index: 1, type: string}]
            return: true
            returnArg: {index: 0, type: int}
            selectors: [{matchPIDs: [{operator: In, followForks: true, values: [1000000]}]}]
          - call: sys_socketpair
            args: [{index: 3, type: int32_arr, returnCopy: true}]
            selectors: [{matchPIDs: [{operator: In, values: [\(getpid())]}]}]
        """
    }

    /// Has the kernel verify the plan with its second hook broken, and returns why it did not.
    func refusal(of request: VerifierTests.Request) throws -> (
        rejection: PolicyRejection, log: String
    ) {
        let broken = KernelPlan(
            policy: plan.policy, mode: nil,
            hooks: [plan.hooks[0], plan.hooks[1].writingBeyondItsRecord])
        let rejection = try #require(throws: PolicyRejection.self) {
            switch request {
            case .install: _ = try installer.install(broken, policy: 1)
            case .dryRun: try installer.verify(broken)
            }
        }
        guard case .refused(let refused, _) = rejection else {
            throw Unexpected(rejection: rejection)
        }
        return (rejection, try #require(refused.error.verifierLog))
    }

    struct Unexpected: Error { let rejection: PolicyRejection }
}

extension HookPlan {
    /// The same hook, whose programs ask for a record of 8 bytes and write its values behind them.
    fileprivate var writingBeyondItsRecord: HookPlan {
        HookPlan(
            pointer: pointer, position: position, subject: subject,
            attempts: attempts.map { attempt in
                var layout = attempt.layout
                layout.recordSize = 8
                return Attempt(method: attempt.method, shape: attempt.shape, layout: layout)
            }, refused: refused, selectors: selectors, followed: followed, description: description)
    }
}

/// A problem document with all that it may have.
private struct Document: Decodable, Equatable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let errors: [Finding]

    struct Finding: Decodable, Equatable {
        let severity: String
        let code: String
        let pointer: String
        let kernel: String
        let errno: Int32
        let message: String
        let log: [String]
    }
}

/// How many programs, maps and links this process holds.
///
/// Not perf events, of which those of tracepoints are kept for a while.
private func heldByKind() -> [String: Int] {
    let folder = "/proc/self/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let targets = names.compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }
    let kinds = targets.filter { $0.hasPrefix("anon_inode:bpf") }.map {
        $0.dropFirst("anon_inode:".count).replacing("_", with: "-")
    }
    return Dictionary(grouping: kinds) { String($0) }.mapValues(\.count)
}
