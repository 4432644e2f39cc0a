import Policy

extension Resolver {
    /// System calls, grouped by what is special about them.
    mutating func groups(ofSystemCalls named: [NamedTarget]) -> [TargetGroup] {
        var groups: [TargetGroup] = []
        var misfits = Misfits()
        for call in named {
            guard let found = facts.systemCall(call.name) else {
                let suggestion = suggestion(for: call.name) { $0.systemCallNames() }
                missing(
                    call, "this kernel has no system call \(call.name)",
                    hint: suggestion.map { "did you mean sys_\($0)?" }
                        ?? "man 2 syscalls lists them")
                continue
            }
            misfits.add(
                parameterProblems(of: call.name, found.parameters) + returnProblems(of: call))
            let member = Subject.SystemCall(name: call.name, functionID: found.functionID)
            let traits = SystemCallTraits(of: call.name)
            if let index = groups.firstIndex(where: { $0.traits == traits }),
                case .systemCalls(let members) = groups[index].subject
            {
                groups[index].subject = .systemCalls(members + [member])
            } else {
                groups.append(
                    TargetGroup(
                        subject: .systemCalls([member]), traits: traits,
                        resultCount: hook.result?.count,
                        sources: hook.arguments.map {
                            ValueSource(type: $0.type, parameter: $0.index, count: $0.count)
                        }))
            }
        }
        report(misfits)
        return groups
    }

    private func returnProblems(of call: NamedTarget) -> [Diagnostic] {
        guard hook.waits, SystemCallTraits.neverReturn.contains(call.name) else { return [] }
        return [
            Diagnostic(
                code: .conflict, pointer: call.pointer, position: call.position,
                message:
                    "\(call.name) does not return, so an event that waits for its return never comes",
                hint: "leave out return and returnCopy")
        ]
    }

    /// The hook says that this is a system call; `do_pipe2` is a function, or a slip of the pen.
    mutating func notASystemCall(_ name: String) {
        let isSystemCall = facts.systemCall(name) != nil
        let isFunction = !isSystemCall && facts.function(name) != nil
        let message =
            isFunction
            ? "\(name) is a kernel function, not a system call"
            : "\"\(name)\" is not the name of a system call"
        let candidates = facts.systemCallNames()
        // do_pipe2 and ksys_read carry the name of the call that leads to them.
        let stem = name.split(separator: "_").last.map(String.init) ?? name
        let suggestion =
            isSystemCall
            ? name : candidates.contains(stem) ? stem : nearest(to: name, in: candidates)
        let question = suggestion.map { "did you mean sys_\($0)?" }
        let hint =
            isFunction
            ? ["add \"syscall: false\" to trace the function", question].compactMap { $0 }
                .joined(separator: "; or ")
            : question ?? "name a system call as sys_NAME, such as sys_pipe2"
        missing(NamedTarget(name, at: hook.target), message, hint: hint)
    }
}
