import Policy

extension Resolver {
    /// Every member of a list that the kernel has.
    mutating func groups(of list: CallList) -> [TargetGroup] {
        let groups: [TargetGroup]
        switch list.content {
        case .systemCalls(let entries):
            guard areFewEnough(entries.count, of: list) else { return [] }
            groups = self.groups(ofSystemCalls: entries.map(NamedTarget.init))
        case .functions(let entries):
            guard areFewEnough(entries.count, of: list) else { return [] }
            groups = self.groups(ofFunctions: entries.map(NamedTarget.init))
        case .everySystemCall:
            groups = self.groups(
                ofSystemCalls: facts.systemCallNames()
                    .filter { !hook.waits || !SystemCallTraits.neverReturn.contains($0) }
                    .map { NamedTarget($0, at: hook.target) })
        case .functionsMatching(let pattern):
            groups = matched(by: pattern, of: list)
        }
        if groups.isEmpty, !diagnostics.contains(where: { $0.severity == .error }) {
            report(
                .error, .empty, list.pointer, list.position,
                "nothing is left of the list \(list.name) on this kernel")
        }
        return groups
    }

    /// The functions of a pattern that have types of their own.
    private mutating func matched(by pattern: String, of list: CallList) -> [TargetGroup] {
        switch facts.traceableFunctions(matching: pattern) {
        case .found(let names):
            guard areFewEnough(names.count, matching: pattern, of: list) else { return [] }
            // Those without types may be anything, and of several by one name none is the one. A
            // pattern for results means the functions that have one.
            let times = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
            let known = names.filter { name in
                guard times[name] == 1, let function = facts.function(name) else { return false }
                return function.module == nil && (hook.result == nil || function.result != nil)
            }
            return groups(ofFunctions: known.map { NamedTarget($0, at: hook.target) })
        case .notListed:
            report(
                .error, .kernelLacks, list.pointer, list.position,
                "this kernel does not list the functions that it can trace",
                hint: "generated_ftrace needs a kernel with CONFIG_FUNCTION_TRACER=y; "
                    + "name the functions under values")
        case .invalidPattern(let reason):
            report(
                .error, .invalidValue, list.pointer + "/pattern", list.position,
                "functions cannot be looked for by \"\(pattern)\": \(reason)",
                hint:
                    "use letters, \".\", \"*\", \"+\", \"?\", \"|\", \"^\", \"$\", [a-z] and groups, "
                    + "but none that starts with \"(?\"")
        }
        return []
    }

    private mutating func areFewEnough(
        _ count: Int, matching pattern: String? = nil, of list: CallList
    ) -> Bool {
        guard count > TargetLimit.policy else { return true }
        report(
            .error, .tooMany, list.pointer, list.position,
            pattern.map { "\(count) functions match \"\($0)\"" }
                ?? "the list \(list.name) has \(count) values",
            hint: "a policy has at most \(TargetLimit.policy); "
                + (pattern == nil
                    ? "make the list shorter" : "make the pattern narrower, such as ^vfs_"))
        return false
    }
}
