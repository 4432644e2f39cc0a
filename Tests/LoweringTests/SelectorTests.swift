import CWire
import Filters
import Testing

@testable import Lowering

@Suite("Selectors")
struct SelectorTests {
    @Test("filters are placed in order, and those that follow forks get their sets")
    func placed() throws {
        let plan = try plan(
            "sys_pipe2",
            """
            selectors:
            - matchPIDs:
              - {operator: In, values: [10, 11], followForks: true}
              - {operator: NotIn, values: [12]}
            - matchPIDs:
              - {operator: NotIn, values: [1, 2, 3, 4, 5, 6, 7, 8], followForks: true}
            """)
        #expect(plan.followed == [[10, 11], [1, 2, 3, 4, 5, 6, 7, 8]])
        let spec = plan.attempts[0].spec(.init(hook: 1, followSets: [3, 64]))
        #expect(spec.follows == 1)
        #expect(spec.selector_count == 2)
        let (first, second) = (spec.selectors.0, spec.selectors.1)
        #expect(first.pid_filter_count == 2)
        #expect(first.pid_filters.0.negated == 0)
        #expect(first.pid_filters.0.follow_set == 3)
        #expect(first.pid_filters.0.count == 2)
        #expect(first.pid_filters.0.values.0 == 10)
        #expect(first.pid_filters.0.values.1 == 11)
        #expect(first.pid_filters.0.values.2 == 0)
        #expect(first.pid_filters.1.negated == 1)
        #expect(first.pid_filters.1.follow_set == 0)
        #expect(first.pid_filters.1.values.0 == 12)
        #expect(second.pid_filter_count == 1)
        #expect(second.pid_filters.0.follow_set == 64)
        #expect(second.pid_filters.0.count == 8)
        #expect(second.pid_filters.0.values.7 == 8)
        #expect(spec.selectors.2.pid_filter_count == 0)
    }

    @Test("five selectors of four filters of eight processes fill the struct to its end")
    func full() throws {
        let filter = "{operator: In, values: [1, 2, 3, 4, 5, 6, 7, 4194304]}"
        let filters = Array(repeating: filter, count: 4).joined(separator: ", ")
        let plan = try plan(
            "sys_pipe2",
            "selectors:\n"
                + Array(repeating: "- matchPIDs: [\(filters)]", count: 5).joined(separator: "\n"))
        let bytes = plan.attempts[0].specification(.init(hook: 1))
        // The last process, and a selector that is not silent and has no signals.
        #expect(bytes.suffix(8) == [0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00])
        #expect(bytes.count == 940)
    }

    @Test("the kernel takes what the model takes, by the same selector", arguments: 0..<4)
    func property(seed: UInt64) {
        var random = Random(seed: seed)
        var taken = 0
        let rounds = 500
        for _ in 0..<rounds {
            let selectors = Model.selectors(&random)
            var spec = Model.spec(of: selectors)
            let tgid = UInt32.random(in: 1...12, using: &random)
            let sets = UInt64.random(in: .min ... .max, using: &random)
            let expected = Model.find(selectors, tgid: tgid, sets: sets)
            if expected < SPEC_SELECTORS { taken += 1 }
            let found = Int32(filters_probe_find(&spec, tgid, sets))
            #expect(found == expected, "\(selectors) for \(tgid) in \(String(sets, radix: 2))")
            if found != expected { return }
        }
        #expect((rounds / 5..<rounds * 4 / 5).contains(taken), "both answers are tried")
    }
}

/// The rule as spec.h states it, in sets.
private enum Model {
    struct Filter {
        var isNegated: Bool
        var followSet: UInt8
        var values: Set<UInt32>
    }

    static func selectors(_ random: inout Random) -> [[Filter]] {
        (0..<Int.random(in: 0...Int(SPEC_SELECTORS), using: &random)).map { _ in
            (0..<Int.random(in: 1...Int(SPEC_PID_FILTERS), using: &random)).map { _ in
                let count = Int.random(in: 1...Int(SPEC_PIDS), using: &random)
                let follows = Int.random(in: 0..<3, using: &random) == 0
                return Filter(
                    isNegated: .random(using: &random),
                    followSet: follows ? .random(in: 1...64, using: &random) : 0,
                    values: Set((0..<count).map { _ in UInt32.random(in: 1...12, using: &random) }))
            }
        }
    }

    /// The first that takes the call, or SPEC_SELECTORS; where there is none, it is as if the first
    /// did.
    static func find(_ selectors: [[Filter]], tgid: UInt32, sets: UInt64) -> Int32 {
        if selectors.isEmpty { return 0 }
        let first = selectors.firstIndex { filters in
            filters.allSatisfy { filter in
                let follows = filter.followSet > 0 && sets & (1 << (filter.followSet - 1)) != 0
                return (filter.values.contains(tgid) || follows) != filter.isNegated
            }
        }
        return first.map(Int32.init) ?? SPEC_SELECTORS
    }

    static func spec(of selectors: [[Filter]]) -> hook_spec {
        var spec = hook_spec()
        spec.selector_count = UInt32(selectors.count)
        for (index, filters) in selectors.enumerated() {
            var selector = spec_selector()
            selector.pid_filter_count = UInt32(filters.count)
            for (index, filter) in filters.enumerated() {
                var wire = spec_pid_filter()
                wire.negated = filter.isNegated ? 1 : 0
                wire.follow_set = filter.followSet
                wire.count = UInt16(filter.values.count)
                for (index, value) in filter.values.enumerated() {
                    set(&wire.values, at: index, to: value)
                }
                set(&selector.pid_filters, at: index, to: wire)
            }
            set(&spec.selectors, at: index, to: selector)
        }
        return spec
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
