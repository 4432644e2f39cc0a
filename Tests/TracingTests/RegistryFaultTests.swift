import Events
import Foundation
import Kernel
import Logging
import Testing

@testable import Tracing

/// Each test has a process of its own: what others do meanwhile would count.
@Suite("Failures while policies are changed", .requiresBPF, .serialized, .timeLimit(.minutes(2)))
struct RegistryFaultTests {
    @Test("a policy that fails at any step of being added was never there")
    func adding() async {
        await #expect(processExitsWith: .success) {
            try await RegistryScene.with { scene in
                let before = try await scene.state()
                let steps = try await scene.everyStep {
                    _ = try await scene.registry.add(FaultCase.pair.document())
                } afterFailure: {
                    try await scene.expect(before)
                } afterSuccess: {
                    let after = try await scene.state()
                    #expect(after.policies == ["faulty enabled 1"])
                    #expect(after.files == ["faulty.yaml": FaultCase.pair.document()])
                    // Those that failed had it, and gave it back.
                    #expect(after.slots == ["faulty": 0])
                    #expect(after.hooks.count == 1)
                    try await scene.registry.remove("faulty")
                    try await scene.expect(before)
                }
                // Loading, then storing.
                #expect(steps > 20)
            }
        }
    }

    @Test("a replacement that fails at any step changes nothing")
    func replacing() async {
        await #expect(processExitsWith: .success) {
            try await RegistryScene.with { scene in
                let old = FaultCase.pair.document()
                _ = try await scene.registry.add(old)
                let before = try await scene.state()
                let steps = try await scene.everyStep {
                    let new = FaultCase.pair.document(label: "new", extended: true)
                    _ = try await scene.registry.replace("faulty", with: new)
                } afterFailure: {
                    try await scene.expect(before, butForHooks: true)
                } afterSuccess: {
                    let after = try await scene.state()
                    #expect(after.slots == before.slots)
                    // Both hooks, and that of the version that goes.
                    #expect(after.hooks.count == 3)
                    try await scene.registry.remove("faulty")
                    _ = try await scene.registry.add(old)
                }
                #expect(steps > 20)
                try await scene.registry.remove("faulty")
                try await scene.expect(RegistryScene.State())
            }
        }
    }

    @Test("the version before the last is retired once, whatever comes of the next")
    func retiredOnce() async {
        await #expect(processExitsWith: .success) {
            try await RegistryScene.with { scene in
                _ = try await scene.registry.add(FaultCase.pair.document())
                let second = FaultCase.pair.document(label: "second")
                _ = try await scene.registry.replace("faulty", with: second)
                let isLeaving = await scene.registry.isLeaving
                #expect(isLeaving)
                // The third needs the place of the first, and fails when it has it.
                let fault = InjectedFault(after: 12)
                await #expect(throws: PolicyRejection.self) {
                    try await InjectedFault.$current.withValue(fault) {
                        let third = FaultCase.pair.document(label: "third")
                        _ = try await scene.registry.replace("faulty", with: third)
                    }
                }
                let isStillLeaving = await scene.registry.isLeaving
                #expect(!isStillLeaving)
            }
        }
    }

    @Test("hooks that stayed for calls under way go with the place that they were attached to")
    func keptHooks() async {
        await #expect(processExitsWith: .success) {
            try await RegistryScene.with { scene in
                let (pipes, opens) = (FaultCase.returnShape, FaultCase.pair)
                _ = try await scene.registry.add(pipes.document())
                let alone = Holdings.now()
                for round in 1...3 {
                    // The second of each round keeps the first attached; the third needs neither.
                    for document in [
                        opens.document(label: "first"), opens.document(label: "second"),
                        pipes.document(label: "round \(round)"),
                    ] {
                        _ = try await scene.registry.replace("faulty", with: document)
                        try await scene.untilRetired()
                    }
                    #expect(Holdings.now().attached == alone.attached, "round \(round)")
                    let hooks = try await scene.state().hooks
                    #expect(hooks.count == 1)
                }
            }
        }
    }
}

/// A registry with all that it needs, and a state directory that is empty.
struct RegistryScene: Sendable {
    let registry: PolicyRegistry
    let reader: EventReader
    let folder: String

    /// What of all that a change may have changed.
    struct State: Equatable {
        /// Name, state and version.
        var policies: [String] = []
        var documents: [String] = []
        var files: [String: [UInt8]] = [:]
        var slots: [String: UInt32] = [:]
        /// What the reader knows.
        var hooks: Set<UInt32> = []
    }

    /// Runs a test, then detaches everything.
    static func with(_ test: (RegistryScene) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "martlet-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let engine = try Engine()
        let log = EventLog(capacity: 1 << 20, boot: "00000000")
        let reader = try EventReader.start(
            engine: engine, log: log, nodeName: "test", reporting: ProcessReporting(),
            logger: logger)
        let registry = PolicyRegistry(
            engine: engine, reader: reader, log: log, store: try PolicyStore(directory: folder),
            logger: logger)
        defer { reader.stop() }
        // What is found out about the kernel is found out for good, so it is not a step.
        _ = try await registry.tryOut(FaultCase.threeHooks.document(), loading: true)
        try await test(RegistryScene(registry: registry, reader: reader, folder: folder))
        await registry.shutDown()
    }

    func state() async throws -> State {
        let statuses = await registry.statuses()
        var state = State()
        state.policies = statuses.map { "\($0.name) \($0.state) \($0.version)" }
        state.documents = statuses.map(\.etag)
        let policies = folder + "/policies"
        for file in try FileManager.default.contentsOfDirectory(atPath: policies) {
            state.files[file] = FileManager.default.contents(atPath: "\(policies)/\(file)")
                .map(Array.init)
        }
        state.slots = await registry.slots
        state.hooks = await withCheckedContinuation { continuation in
            reader.performLate { continuation.resume(returning: $0.hookIDs) }
        }
        return state
    }

    /// `butForHooks`: as many, of other numbers.
    func expect(_ expected: State, butForHooks: Bool = false) async throws {
        let state = try await state()
        var expected = expected
        if butForHooks, state.hooks.count == expected.hooks.count { expected.hooks = state.hooks }
        #expect(state == expected)
    }

    /// Waits until no replaced version is left.
    func untilRetired() async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while await registry.isLeaving {
            try #require(ContinuousClock.now < deadline, "a replaced version stays")
            await Task.yield()
        }
    }

    /// Makes a change with a fault at its first step, at its second, and so on until it has none;
    /// returns how many steps there are.
    func everyStep(
        _ change: () async throws -> Void, afterFailure: () async throws -> Void,
        afterSuccess: () async throws -> Void
    ) async throws -> Int {
        for step in 0... {
            let before = Holdings.now()
            let fault = InjectedFault(after: step)
            do {
                try await InjectedFault.$current.withValue(fault) { try await change() }
            } catch {
                #expect(fault.hasStruck, "\(error)")
                try await afterFailure()
                let after = Holdings.now()
                #expect(after.attached == before.attached, "step \(step): \(after), not \(before)")
                continue
            }
            // If the fault has struck, it was when the status was put together.
            try await afterSuccess()
            let after = Holdings.now()
            #expect(after.attached == before.attached, "step \(step): \(after), not \(before)")
            guard fault.hasStruck else { return step }
        }
        return 0
    }
}

extension PolicyRegistry {
    private var installations: [String: Installation] {
        policies.compactMapValues { entry in
            guard case .installed(let installation) = entry.installation else { return nil }
            return installation
        }
    }

    fileprivate var slots: [String: UInt32] { installations.mapValues(\.sensor.slot) }

    /// Whether a replaced version waits for calls under way.
    fileprivate var isLeaving: Bool { installations.values.contains { $0.leaving != nil } }
}
