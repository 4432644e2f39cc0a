import Policy

extension Resolver {
    /// Kernel functions, grouped by the size of their results and where their parameters are.
    mutating func groups(ofFunctions named: [NamedTarget]) -> [TargetGroup] {
        var groups: [TargetGroup] = []
        var misfits = Misfits()
        let untyped = Set(named.map(\.name).filter { facts.function($0) == nil })
        let symbols = untyped.isEmpty ? [:] : facts.symbols(untyped)
        for function in named {
            let member: Subject.Function
            var group: TargetGroup
            if let facts = facts.function(function.name) {
                let registers = ParameterRegisters(of: facts)
                misfits.add(
                    parameterProblems(of: function.name, facts.parameters, in: registers)
                        + resultProblems(of: function.name, facts, registers))
                member = Subject.Function(
                    name: function.name, id: facts.module == nil ? facts.id : nil)
                group = self.group(member, facts, registers)
            } else {
                let symbol = symbols[function.name] ?? SymbolFacts()
                guard let found = symbolOnly(function, symbol) else { continue }
                member = found
                group = self.group(member)
            }
            if let index = groups.firstIndex(where: { $0.isServed(like: group) }),
                case .functions(let members) = groups[index].subject
            {
                groups[index].subject = .functions(members + [member])
            } else {
                groups.append(group)
            }
        }
        report(misfits)
        return groups
    }

    /// One function, and where it has the values that the hook asks for.
    private func group(
        _ member: Subject.Function, _ facts: FunctionFacts? = nil,
        _ registers: ParameterRegisters? = nil
    ) -> TargetGroup {
        // What is on the stack has been reported.
        func register(of parameter: Int) -> Int {
            guard let registers, parameter < registers.count else { return parameter }
            return registers[parameter] ?? parameter
        }
        func moved(_ count: ElementCount?) -> ElementCount? {
            guard case .parameter(let parameter) = count else { return count }
            return .parameter(register(of: parameter))
        }
        let resultBytes = hook.waits ? facts?.result.map { min($0.bytes, 8) } : nil
        return TargetGroup(
            subject: .functions([member]), resultBytes: resultBytes ?? 8,
            resultCount: moved(hook.result?.count),
            sources: hook.arguments.map { argument in
                // All that read nothing are alike, wherever they are.
                argument.type == .nop
                    ? ValueSource(type: .nop)
                    : ValueSource(
                        type: argument.type, parameter: register(of: argument.index),
                        count: moved(argument.count))
            })
    }

    private func resultProblems(
        of name: String, _ facts: FunctionFacts, _ registers: ParameterRegisters
    ) -> [Diagnostic] {
        guard let result = hook.result else { return [] }
        let reading = Reading(result)
        guard let declared = facts.result, declared.bytes <= 8 else {
            let what = facts.result.map { "\($0.type), a structure" } ?? "nothing"
            return [
                Diagnostic(
                    code: .wrongType, pointer: result.pointer, position: result.position,
                    message: "\(name) returns \(what)", hint: "remove return and returnArg")
            ]
        }
        return typeProblems(
            reading, parameter: declared, declared: "\(name) returns \(declared.type)")
            + countProblems(reading, of: name, facts.parameters, in: registers)
    }

    /// A function that the kernel's types do not have: a module's, one that the compiler changed,
    /// or none at all.
    private mutating func symbolOnly(_ function: NamedTarget, _ symbol: SymbolFacts)
        -> Subject.Function?
    {
        let name = function.name
        if let fault = symbol.fault(of: name) {
            if symbol.count == 0 {
                missing(function, fault.message, hint: fault.hint)
            } else {
                report(
                    .error, .unknownCall, function.pointer, function.position, fault.message,
                    hint: fault.hint)
            }
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
        let suggestion = suggestion(for: name) { $0.functionNames() }
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

extension TargetGroup {
    /// Whether one set of programs can serve both.
    fileprivate func isServed(like other: TargetGroup) -> Bool {
        resultBytes == other.resultBytes && resultCount == other.resultCount
            && sources == other.sources
    }
}
