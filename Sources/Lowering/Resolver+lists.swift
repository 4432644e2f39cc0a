import Policy

extension Resolver {
    /// Every member of a list that the kernel has.
    mutating func groups(of list: CallList) -> [TargetGroup] {
        let groups: [TargetGroup]
        switch list.content {
        case .systemCalls(let entries):
            groups = self.groups(ofSystemCalls: entries.map(NamedTarget.init))
        case .functions(let entries):
            groups = self.groups(ofFunctions: entries.map(NamedTarget.init))
        case .everySystemCall:
            groups = self.groups(
                ofSystemCalls: facts.systemCallNames()
                    .filter { !waits || !SystemCallTraits.neverReturn.contains($0) }
                    .map { NamedTarget($0, at: hook.target) })
        case .functionsMatching(let pattern):
            guard let names = facts.traceableFunctions(matching: pattern) else {
                report(
                    .error, .kernelLacks, list.pointer, list.position,
                    "this kernel does not list the functions that it can trace",
                    hint: "generated_ftrace needs a kernel with CONFIG_FUNCTION_TRACER=y; "
                        + "name the functions under values")
                return []
            }
            groups = matched(names, pattern: pattern, of: list)
        }
        if groups.isEmpty, !diagnostics.contains(where: { $0.severity == .error }) {
            report(
                .error, .empty, list.pointer, list.position,
                "nothing is left of the list \(list.name) on this kernel")
        }
        return groups
    }

    /// More functions than that make no policy but a stopped machine.
    private static var mostFunctions: Int { 4096 }

    private mutating func matched(_ names: [String], pattern: String, of list: CallList)
        -> [TargetGroup]
    {
        guard names.count <= Self.mostFunctions else {
            report(
                .error, .tooMany, list.pointer, list.position,
                "\(names.count) functions match \"\(pattern)\"",
                hint: "at most \(Self.mostFunctions); make the pattern narrower, such as ^vfs_")
            return []
        }
        // Those without types may be anything: a pattern means what has its plain name.
        let known = names.filter { facts.function($0)?.module == nil && facts.function($0) != nil }
        return groups(ofFunctions: known.map { NamedTarget($0, at: hook.target) })
    }

    private var waits: Bool {
        hook.result != nil || hook.arguments.contains(where: \.isCopiedAtReturn)
    }
}
