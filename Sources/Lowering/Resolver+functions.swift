import Policy

extension Resolver {
    /// Kernel functions, grouped by the size of their results.
    mutating func groups(ofFunctions named: [NamedTarget]) -> [TargetGroup] {
        var groups: [TargetGroup] = []
        var misfits = Misfits()
        for function in named {
            guard let found = find(function, &misfits) else { continue }
            let bytes = found.facts?.result.map { min($0.bytes, 8) } ?? 8
            let sources = sources(found.facts?.parameters)
            if let index = groups.firstIndex(where: {
                $0.resultBytes == bytes && $0.sources == sources
            }), case .functions(let members) = groups[index].subject {
                groups[index].subject = .functions(members + [found.member])
            } else {
                groups.append(
                    TargetGroup(
                        subject: .functions([found.member]), resultBytes: bytes, sources: sources))
            }
        }
        report(misfits)
        return groups
    }

    private mutating func find(_ function: NamedTarget, _ misfits: inout Misfits) -> (
        member: Subject.Function, facts: FunctionFacts?
    )? {
        guard let facts = facts.function(function.name) else {
            return symbolOnly(function).map { ($0, nil) }
        }
        misfits.add(
            parameterProblems(of: function.name, facts.parameters)
                + resultProblems(of: function.name, facts))
        let id = facts.module == nil ? facts.id : nil
        return (Subject.Function(name: function.name, id: id), facts)
    }

    /// In which register the parameters are: a structure that is passed by value takes several.
    private func sources(_ parameters: [Parameter]?) -> [ValueSource] {
        hook.arguments.map { argument in
            let before = parameters?.prefix(argument.index) ?? []
            let shift = before.reduce(0) { $0 + ($1.bytes > 16 ? -1 : ($1.bytes + 7) / 8 - 1) }
            return ValueSource(type: argument.type, parameter: argument.index + max(0, shift))
        }
    }

    private func resultProblems(of name: String, _ facts: FunctionFacts) -> [Diagnostic] {
        guard let result = hook.result, facts.result == nil else { return [] }
        return [
            Diagnostic(
                code: .wrongType, pointer: result.pointer, position: result.position,
                message: "\(name) returns nothing",
                hint: "remove return and returnArg")
        ]
    }

    /// A function that the kernel's types do not have: a module's, one that the compiler changed,
    /// or none at all.
    private mutating func symbolOnly(_ function: NamedTarget) -> Subject.Function? {
        let name = function.name
        let symbol = facts.symbol(name)
        if symbol.count > 1 {
            report(
                .error, .unknownCall, function.pointer, function.position,
                "this kernel has \(symbol.count) functions of the name \(name)",
                hint: "name a function that calls them; which of them is meant cannot be said")
            return nil
        }
        if symbol.count == 1 {
            let isPart = name.contains(".")
            report(
                .warning, .unknownPrototype, function.pointer, function.position,
                isPart
                    ? "\(name) was made by the compiler, which may have moved or removed parameters"
                    : "the kernel's types do not have \(name), so its parameters are not checked",
                hint: "compare the values with what you expect before you rely on them")
            return Subject.Function(name: name, id: nil)
        }
        if !symbol.variants.isEmpty {
            let parts = symbol.variants.joined(separator: ", ")
            missing(
                function, "the compiler has made other functions of \(name): \(parts)",
                hint: "name one of them, whose parameters may not be those of the source, "
                    + "or a function that calls it")
            return nil
        }
        let suggestion = nearest(to: name, in: facts.functionNames())
        let isSystemCall =
            name.hasPrefix("sys_") && facts.systemCall(String(name.dropFirst(4))) != nil
        missing(
            function, "this kernel has no function \(name)",
            hint: isSystemCall
                ? "\(name) is a system call: remove \"syscall: false\""
                : suggestion.map { "did you mean \($0)?" } ?? "GET /v1/functions?q= finds functions"
        )
        return nil
    }
}
