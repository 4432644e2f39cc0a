import CWire
import Foundation
import Lowering
import Testing

@testable import Kernel
@testable import Tracing

/// Each test has a process of its own: what others do meanwhile would count.
@Suite("Failures while a policy is loaded", .requiresBPF, .serialized, .timeLimit(.minutes(2)))
struct InstallFaultTests {
    @Test("a failure at any step of starting leaves nothing in the kernel")
    func starting() async {
        await #expect(processExitsWith: .success) {
            let steps = try InstallFaultTests.everyStep {
                _ = try Engine()
                return []
            }
            #expect(steps > 20)
        }
    }

    @Test(
        "a failure at any step of an installation leaves nothing of it",
        arguments: FaultCase.allCases)
    func installing(kind: FaultCase) async {
        await #expect(processExitsWith: .success) { [kind = kind as FaultCase] in
            let engine = try Engine()
            let plan = try engine.plan(kind.document())
            let slot = try engine.slots.take()
            let hookIDs = plan.hooks.indices.map { UInt32($0) + 1 }
            let steps = try InstallFaultTests.everyStep {
                let sensor = try Sensor(
                    plan, hookIDs: hookIDs, slot: slot, after: nil, engine: engine)
                Sensor.detach([sensor])
                try InjectedFault.$current.withValue(nil) { try sensor.releaseFollowSets() }
                return sensor.failedMethods
            } afterwards: {
                #expect(engine.slots[slot] == 0)
                #expect(engine.followSets.taken == 0)
                #expect(engine.followSets.map.keys().isEmpty)
            }
            // Maps, programs, what they are attached to, and a look at each.
            #expect(steps >= 7 * plan.hooks.count)
        }
    }

    @Test(
        "a failure at any step of a replacement leaves the version before as it was",
        arguments: FaultCase.allCases)
    func replacing(kind: FaultCase) async {
        await #expect(processExitsWith: .success) { [kind = kind as FaultCase] in
            let engine = try Engine()
            let slot = try engine.slots.take()
            let before = try Sensor(
                engine.plan(kind.document()), hookIDs: [1, 2, 3], slot: slot, after: nil,
                engine: engine)
            before.activate()
            let sets = engine.followSets.taken
            let points = before.hooks.flatMap(\.stations).map(\.point)
            let attachments = points.map(\.attachments.count)
            #expect(!attachments.contains(0))
            let plan = try engine.plan(kind.document(label: "new", extended: true))
            let hookIDs = plan.hooks.indices.map { UInt32($0) + 4 }
            let steps = try InstallFaultTests.everyStep {
                let after = try Sensor(
                    plan, hookIDs: hookIDs, slot: slot, after: before, engine: engine)
                defer { InstallFaultTests.discard(after, before: before) }
                // Some of it is handed events, and the hook that came on top is attached.
                #expect(Set(after.hooks.flatMap(\.stations).map(\.isChained)) == [true, false])
                try after.takePlaces()
                return after.failedMethods
            } afterwards: {
                #expect(engine.slots[slot] == before.generation)
                #expect(engine.followSets.taken == sets)
                #expect(points.map(\.attachments.count) == attachments)
                #expect(try points.flatMap { try InstallFaultTests.programs(in: $0.chain) } == [])
                // It goes on reporting.
                let counters = try before.counters()
                FaultCase.act()
                #expect(try before.counters().reported > counters.reported)
            }
            #expect(steps >= 10 * before.hooks.count)
        }
    }

    @Test("a failure while a replaced version is taken out keeps none of it")
    func leaving() async {
        await #expect(processExitsWith: .success) {
            let engine = try Engine()
            let slot = try engine.slots.take()
            let before = Holdings.now()
            func install(_ label: String, after: Sensor?) throws -> Sensor {
                let plan = try engine.plan(FaultCase.pair.document(label: label))
                let sensor = try Sensor(
                    plan, hookIDs: [1], slot: slot, after: after, engine: engine)
                try sensor.takePlaces()
                sensor.activate()
                return sensor
            }
            var fault: InjectedFault
            var step = 0
            repeat {
                fault = InjectedFault(after: step)
                let first = try install("first", after: nil)
                let second = try install("second", after: first)
                try first.leave(to: second)
                let third = try install("third", after: second)
                do {
                    try InjectedFault.$current.withValue(fault) { try second.leave(to: third) }
                    #expect(!fault.hasStruck, "nobody hears of step \(step)")
                } catch {
                    #expect(fault.hasStruck, "\(error)")
                }
                #expect(engine.followSets.taken.nonzeroBitCount == 1)
                Sensor.detach([first, second, third])
                try third.releaseFollowSets()
                #expect(engine.followSets.taken == 0)
                step += 1
            } while fault.hasStruck
            #expect(step > 4)
            // The set that could not be emptied was, by whoever got it next.
            #expect(engine.followSets.map.keys().isEmpty)
            #expect(Holdings.settled(at: before.events) == before)
        }
    }

    // MARK: - Steps

    private static func discard(_ version: Sensor, before other: Sensor) {
        do {
            try InjectedFault.$current.withValue(nil) { try version.leave(to: other) }
        } catch {
            Issue.record(error)
        }
    }

    /// The ids of the programs that events are handed on to.
    private static func programs(in chain: BPFMap) throws -> [UInt64] {
        try (0..<UInt32(SPEC_CHAIN_LENGTH)).compactMap { try chain.value(key: $0) }
    }

    /// Does something with a fault at its first step, at its second, and so on until it gets to its
    /// end without one; returns how many steps there are.
    ///
    /// `act` returns what it did without; it has to if it did not fail.
    static func everyStep(
        _ act: () throws -> [RefusedMethod], afterwards check: () throws -> Void = {}
    ) throws -> Int {
        let before = Holdings.now()
        for step in 0... {
            let fault = InjectedFault(after: step)
            do {
                let refused = try InjectedFault.$current.withValue(fault) { try act() }
                #expect(fault.hasStruck == !refused.isEmpty, "nobody heard of step \(step)")
            } catch {
                #expect(fault.hasStruck, "\(error)")
            }
            let after = Holdings.now()
            #expect(after.attached == before.attached, "step \(step): \(after), not \(before)")
            try check()
            guard fault.hasStruck else {
                #expect(Holdings.settled(at: before.events) == before)
                return step
            }
        }
        return 0
    }
}
