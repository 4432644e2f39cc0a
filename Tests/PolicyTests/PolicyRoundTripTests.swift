import Testing

@testable import Policy

@Suite("Random valid policies")
struct PolicyRoundTripTests {
    @Test("they are accepted whole, and mean the same as YAML and as JSON", arguments: 0..<8)
    func roundTrip(seed: UInt64) throws {
        var generator = PolicyGenerator(seed: seed)
        for _ in 0..<40 {
            let tree = generator.document()
            let yaml = tree.yaml(&generator.random)
            let result = check(document: Array(yaml.utf8))
            let policy = try #require(result.policy, "\(result.diagnostics)\n\(yaml)")
            #expect(!result.diagnostics.contains { $0.code != .noEffect }, "\(result.diagnostics)")
            #expect(Self.counts(of: policy) == generator.counts, "\(yaml)")
            let fromJSON = try #require(check(document: Array(tree.json.utf8)).policy)
            #expect(Printer.text(of: fromJSON) == Printer.text(of: policy))
        }
    }

    private static func counts(of policy: CheckedPolicy) -> PolicyGenerator.Counts {
        let selectors = policy.hooks.flatMap(\.selectors)
        return .init(
            hooks: policy.hooks.count, arguments: policy.hooks.map(\.arguments.count).reduce(0, +),
            filters: selectors.map(\.arguments.count).reduce(0, +),
            actions: selectors.map(\.actions.count).reduce(0, +))
    }
}
