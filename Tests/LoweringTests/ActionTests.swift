import CWire
import Policy
import Testing

@testable import Lowering

@Suite("Actions in a hook's specification")
struct ActionTests {
    private static let result = "return: true\nreturnArg: {type: int}\n"

    private func plan(_ selectors: String, result: String = "") throws -> HookPlan {
        try LoweringTests.plan("sys_close", result + "selectors:\n" + selectors)
    }

    @Test("signals stand in their order, and a selector with NoPost is silent")
    func placed() throws {
        let plan = try plan(
            """
            - matchActions: [{action: Signal, argSig: 10}, {action: Sigkill}]
            - {label: quiet, matchActions: [{action: NoPost}]}
            - matchActions:
              - {action: Signal, argSig: 64}
              - {action: Signal, argSig: 1}
              - {action: NoPost}
            - matchActions: [{action: Post}]
            """)
        #expect(plan.selectors.map(\.signals) == [[10, 9], [], [64, 1], []])
        #expect(plan.selectors.map(\.reports) == [true, false, false, true])
        #expect(plan.selectors.map(\.enforces) == [true, false, true, false])
        #expect(plan.selectors.map(\.label) == [nil, "quiet", nil, nil])
        for attempt in plan.attempts {
            let spec = attempt.spec()
            #expect(spec.acts == 1)
            #expect(spec.selector_count == 4)
            let selectors = [
                spec.selectors.0, spec.selectors.1, spec.selectors.2, spec.selectors.3,
            ]
            #expect(selectors.map(\.silent) == [0, 1, 1, 0])
            #expect(
                selectors.map { [$0.signals.0, $0.signals.1, $0.signals.2] }
                    == [[10, 9, 0], [0, 0, 0], [64, 1, 0], [0, 0, 0]])
            #expect(selectors.allSatisfy { $0.pid_filter_count == 0 })
            #expect(attempt.mapNames.contains("actions"))
        }
    }

    @Test(
        "a hook whose selectors only report has neither the code nor the map of actions",
        arguments: [
            "[]", "\n- matchPIDs: [{operator: In, values: [1]}]",
            "\n- matchActions: [{action: Post}]",
        ])
    func idle(selectors: String) throws {
        let plan = try LoweringTests.plan("sys_close", "selectors: \(selectors)")
        #expect(plan.attempts.allSatisfy { $0.spec().acts == 0 })
        #expect(plan.attempts.allSatisfy { !$0.mapNames.contains("actions") })
    }

    @Test("a label alone has its selector counted")
    func label() throws {
        let plan = try plan("- label: all")
        #expect(plan.attempts.allSatisfy { $0.spec().acts == 1 })
        #expect(plan.attempts.allSatisfy { $0.mapNames == ["counters", "actions"] })
        #expect(plan.selectors.map(\.label) == ["all"])
    }

    @Test("what is enforced is done where the call is entered, whatever the return would show")
    func enforcedAtEntry() throws {
        let plain = try plan("- matchActions: [{action: Post}]", result: Self.result)
        #expect(plain.attempts.allSatisfy { $0.shape == .return })
        let killing = try plan("- matchActions: [{action: Sigkill}]", result: Self.result)
        #expect(killing.attempts.allSatisfy { $0.shape == .pair })
        let early = try plan("- matchActions: [{action: Sigkill}]")
        #expect(early.attempts.allSatisfy { $0.shape == .entry })
    }

    @Test("nobody waits for the return of calls of which nothing is reported")
    func silent() throws {
        let plan = try plan(
            "- matchActions: [{action: Sigkill}, {action: NoPost}]", result: Self.result)
        #expect(plan.attempts.allSatisfy { $0.shape == .entry })
        let partly = try LoweringTests.plan(
            "sys_close", Self.result + "selectors:\n- matchActions: [{action: NoPost}]\n- {}")
        #expect(partly.attempts.allSatisfy { $0.shape == .return })
    }

    @Test("a policy enforces where one of its hooks does, and says what mode its author wants")
    func policies() throws {
        func plan(_ action: String, _ options: String = "") throws -> KernelPlan {
            let document = policy(
                "sys_close", "selectors: [{matchActions: [{action: \(action)}]}]", spec: options)
            let checked = try #require(check(document: Array(document.utf8)).policy)
            return try #require(
                lower(checked.hooks, facts: FakeKernel()).plan(
                    policy: checked.name, mode: checked.options.mode))
        }
        #expect(try !plan("NoPost").enforces)
        #expect(try plan("Sigkill").enforces)
        #expect(try plan("Sigkill").mode == nil)
        let option = "options: [{name: policy-mode, value: \"monitor\"}]"
        #expect(try plan("Sigkill", option).mode == .monitor)
    }
}
