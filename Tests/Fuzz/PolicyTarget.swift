import Foundation
import Lowering

@testable import Policy

/// Policy documents: from bytes to what the kernel would get, on a kernel that is none.
struct PolicyTarget: FuzzTarget {
    static let name = "policy"

    static func made() -> (any FuzzTarget)? { PolicyTarget() }

    private let examples = PolicyExamples()

    func input(_ random: inout SplitMix) -> [UInt8] {
        let document = examples.document(&random)
        return random.chance(20)
            ? document : random.damage(document, words: PolicyExamples.words)
    }

    func check(_ input: [UInt8]) throws { try Self.check(input) }

    static func check(_ input: [UInt8]) throws {
        let result = Policy.check(document: input)
        let lines = lineLengths(of: input)
        let errors = result.diagnostics.filter { $0.severity == .error }
        try require(
            (result.policy == nil) == !errors.isEmpty, "a policy with errors, or none without")
        try require(
            result.unserved.allSatisfy { $0.code == .notSupported },
            "unserved with another code: \(result.unserved)")
        for list in [result.diagnostics, result.unserved] {
            try require(list.count <= 100, "\(list.count) diagnostics")
            try require(
                zip(list, list.dropFirst()).allSatisfy { $0.position <= $1.position },
                "diagnostics out of order")
            for diagnostic in list { try check(diagnostic, lines) }
        }
        _ = Policy.check(documentsIn: input)

        let lowered = lower(result.hooks, facts: FakeKernel())
        for diagnostic in lowered.diagnostics { try check(diagnostic, lines) }
        let isComplete = !lowered.diagnostics.contains { $0.severity == .error }
        try require((lowered.plan(policy: "p") != nil) == isComplete, "a plan with errors")
        for hook in lowered.hooks {
            try require(!hook.attempts.isEmpty, "a hook without a method")
            for attempt in hook.attempts {
                let specification = attempt.specification(.init(hook: 1))
                try require(specification.count > 0 && !attempt.maps.isEmpty, "an empty plan")
                try require(attempt.paired.shape != .return, "a pair that is none")
            }
        }
    }

    func end() {}

    /// Every problem stands in the document, and says something.
    private static func check(_ diagnostic: Diagnostic, _ lines: [Int]) throws(Violation) {
        let position = diagnostic.position
        try require(
            (1...lines.count).contains(position.line)
                && (1...lines[position.line - 1] + 1).contains(position.column),
            "outside of the document: \(diagnostic)")
        try require(
            diagnostic.pointer.isEmpty || diagnostic.pointer.hasPrefix("/"), "\(diagnostic)")
        try require(!diagnostic.message.isEmpty && diagnostic.hint != "", "\(diagnostic)")
        try require(
            diagnostic.message.utf8.count < 4096, "a message of many bytes: \(diagnostic.message)")
    }
}
