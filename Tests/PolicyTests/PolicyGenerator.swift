@testable import Policy

/// Makes documents that are valid by the schema and by the rules, from the tables of both.
struct PolicyGenerator {
    var random: SplitMix
    /// What the policy must have, counted while the document is made.
    private(set) var counts = Counts()

    /// How many of each there are.
    struct Counts: Equatable {
        var hooks = 0
        var arguments = 0
        var filters = 0
        var actions = 0
    }

    init(seed: UInt64) {
        random = SplitMix(state: seed)
    }

    mutating func document() -> Tree {
        counts = Counts()
        let section = random.one(of: HookSection.allCases)
        counts.hooks = Int.random(in: 1...3, using: &random)
        let hooks = (0..<counts.hooks).map { hook(section, number: $0) }
        return .object([
            .init("apiVersion", .text(PolicyFormat.apiVersion)),
            .init("kind", .text(PolicyKind.cluster.rawValue)),
            .init("metadata", .object([.init("name", .text("generated"))])),
            .init(
                "spec",
                .object([
                    .init(
                        "enforcers", .list([.object([.init("calls", .list([.text("sys_dup")]))])])),
                    .init(section.rawValue, .list(hooks)),
                ])),
        ])
    }

    private mutating func hook(_ section: HookSection, number: Int) -> Tree {
        let types = (0..<Int.random(in: 1...5, using: &random)).map { _ in type(in: section) }
        counts.arguments += types.count
        let arguments = types.enumerated().map { index, type -> Tree in
            .object(
                [
                    .init("index", .number(index)),
                    .init("type", .text(random.one(of: type.spellings))),
                ]
                    + ([.characterBuffer, .characterVector].contains(type)
                        ? [.init("sizeArgIndex", .number(6))] : []))
        }
        let selectors = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            selector(types, section)
        }
        return .object(
            place(of: section, number: number) + [
                .init("args", .list(arguments)), .init("selectors", .list(selectors)),
            ])
    }

    private func place(of section: HookSection, number: Int) -> [Tree.Member] {
        switch section {
        case .kprobes, .fentries:
            [.init("call", .text("security_\(number)")), .init("syscall", .flag(false))]
        case .tracepoints: [.init("subsystem", .text("a")), .init("event", .text("b"))]
        case .uprobes: [.init("path", .text("/a")), .init("symbols", .list([.text("b")]))]
        case .usdts:
            [
                .init("path", .text("/a")), .init("provider", .text("b")),
                .init("name", .text("c")),
            ]
        case .lsmhooks: [.init("hook", .text("file_open"))]
        }
    }

    private mutating func type(in section: HookSection) -> ArgumentType {
        let ofTracepoints: Set<ArgumentType> = [.auto, .dataLocation, .systemCallNumber]
        return random.one(
            of: ArgumentType.allCases.filter {
                section == .tracepoints || !ofTracepoints.contains($0)
            })
    }

    // MARK: - Selectors

    private mutating func selector(_ types: [ArgumentType], _ section: HookSection) -> Tree {
        var members: [Tree.Member] = []
        let filters = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in filter(types) }
        counts.filters += filters.count
        if !filters.isEmpty { members.append(.init("matchArgs", .list(filters))) }
        let names = ActionName.allCases.filter {
            $0.sections.contains(section) && ![.trackSock, .untrackSock].contains($0)
        }
        let actions = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            action(random.one(of: names), section)
        }
        counts.actions += actions.count
        return .object(members + [.init("matchActions", .list(actions))])
    }

    private mutating func filter(_ types: [ArgumentType]) -> Tree? {
        let index = Int.random(in: 0..<types.count, using: &random)
        guard let filterClass = types[index].filterClass else { return nil }
        let fitting = ArgumentOperator.allCases.filter {
            $0.takes(filterClass) && ![.expression, .capabilitiesGained].contains($0)
        }
        let comparison = random.one(of: fitting)
        let members: [Tree.Member] = [
            .init("index", .number(index)), .init("operator", .text(comparison.rawValue)),
        ]
        if comparison.operand == .none { return .object(members) }
        let values = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            Tree.text(value(for: comparison, filterClass))
        }
        return .object(members + [.init("values", .list(values))])
    }

    private mutating func value(
        for comparison: ArgumentOperator, _ filterClass: FilterClass
    ) -> String {
        let number = String(Int.random(in: 0...100, using: &random))
        switch comparison.operand {
        case .numbersOrTexts:
            switch filterClass {
            case .integer, .systemCall, .capabilities: return number
            default: return random.one(of: ["/etc/passwd", "", "a\nb", "1"])
            }
        case .numbers: return number
        case .ranges, .numbersRangesOrLists, .ports:
            return random.one(of: [number, "\(number):127", "0x10"])
        case .texts: return random.one(of: ["/etc", "a: b", "é"])
        case .addresses: return random.one(of: ["192.0.2.1", "10.0.0.0/8", "2001:db8::/32"])
        case .protocols: return random.one(of: KernelNames.protocols.keys.sorted())
        case .families: return random.one(of: KernelNames.families.keys.sorted())
        case .states: return random.one(of: KernelNames.states.keys.sorted())
        case .fileKinds: return random.one(of: KernelNames.fileKinds.keys.sorted())
        case .expression, .none: return ""
        }
    }

    private func action(_ name: ActionName, _ section: HookSection) -> Tree {
        var members = [Tree.Member("action", .text(name.rawValue))]
        switch name {
        case .signal: members.append(.init("argSig", .number(15)))
        case .getURL: members.append(.init("argUrl", .text("http://192.0.2.1/")))
        case .dnsLookup: members.append(.init("argFqdn", .text("a.example")))
        case .set: members.append(.init("argValue", .number(1)))
        case .override, .notifyEnforcer: members.append(.init("argError", .number(-1)))
        case .post: members.append(.init("rateLimit", .text("1m")))
        default: break
        }
        return .object(members)
    }
}
