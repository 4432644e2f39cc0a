import Policy

/// The system call that a hook names, or what is wrong with the hook on this kernel.
struct KernelCheck {
    var systemCall: String?
    var diagnostics: [Diagnostic]
}

/// Compares a hook with what the kernel says of its call.
func checkAgainstKernel(_ hook: Hook, facts: some KernelFacts) -> KernelCheck {
    switch hook.target.kind {
    case .unprefixed(let name):
        return KernelCheck(diagnostics: [notASystemCall(hook.target, name: name, facts: facts)])
    case .systemCall(let name):
        guard let call = facts.systemCall(name) else {
            return KernelCheck(diagnostics: [unknown(hook.target, name: name, facts: facts)])
        }
        let diagnostics =
            parameterProblems(hook, name: name, call: call)
            + returnProblems(hook, name: name)
        let isServed = !diagnostics.contains { $0.severity == .error }
        return KernelCheck(systemCall: isServed ? name : nil, diagnostics: diagnostics)
    case .function, .list, .tracepoint, .rawTracepoint:
        preconditionFailure("the format does not have it yet")
    }
}

private func notASystemCall(_ call: Target, name: String, facts: some KernelFacts) -> Diagnostic {
    let isSystemCall = facts.systemCall(name) != nil
    let isFunction = facts.hasFunction(name)
    let message =
        isFunction && !isSystemCall
        ? "\(name) is a kernel function, not a system call"
        : "\"\(name)\" is not the name of a system call"
    let candidates = facts.systemCallNames()
    // do_pipe2 and ksys_read carry the name of the call that leads to them.
    let stem = name.split(separator: "_").last.map(String.init) ?? name
    let suggestion =
        isSystemCall
        ? name : candidates.contains(stem) ? stem : nearest(to: name, in: candidates)
    let hint =
        suggestion.map { "did you mean sys_\($0)?" }
        ?? "name a system call as sys_NAME, such as sys_pipe2"
    return Diagnostic(
        code: .unknownCall, pointer: call.pointer, position: call.position, message: message,
        hint: isFunction && !isSystemCall
            ? hint + " Hooks on other kernel functions (syscall: false) are not supported yet."
            : hint)
}

private func unknown(_ call: Target, name: String, facts: some KernelFacts) -> Diagnostic {
    let suggestion = nearest(to: name, in: facts.systemCallNames())
    return Diagnostic(
        code: .unknownCall, pointer: call.pointer, position: call.position,
        message: "this kernel has no system call \(name)",
        hint: suggestion.map { "did you mean sys_\($0)?" }
            ?? "man 2 syscalls lists them")
}

private func parameterProblems(_ hook: Hook, name: String, call: SystemCallFacts) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for argument in hook.arguments {
        guard argument.index < call.parameters.count else {
            diagnostics.append(
                Diagnostic(
                    code: .outOfRange, pointer: argument.pointer + "/index",
                    position: argument.position,
                    message: "\(name) has no parameter \(argument.index)",
                    hint: "its parameters, counted from 0: \(call.declaration)"))
            continue
        }
        let parameter = call.parameters[argument.index]
        diagnostics += typeProblem(argument, parameter: parameter, of: name)
        if case .parameter(let index) = argument.count, index >= call.parameters.count {
            diagnostics.append(
                Diagnostic(
                    code: .outOfRange, pointer: argument.pointer + "/sizeArgIndex",
                    position: argument.position,
                    message: "\(name) has no parameter \(index + 1)",
                    hint: "sizeArgIndex counts from 1: \(call.declaration)"))
        }
    }
    return diagnostics
}

private func typeProblem(
    _ argument: Argument, parameter: SystemCallFacts.Parameter, of name: String
) -> [Diagnostic] {
    let type = argument.type
    let declared = "parameter \(argument.index) of \(name) is \(parameter.type) \(parameter.name)"
    func diagnostic(_ severity: Diagnostic.Severity, _ message: String, _ hint: String)
        -> Diagnostic
    {
        Diagnostic(
            severity: severity, code: .wrongType, pointer: argument.pointer + "/type",
            position: argument.position, message: message, hint: hint)
    }
    if type.readsMemory && !parameter.isPointer {
        return [
            diagnostic(
                .error, "\(declared): no pointer for \(type.rawValue) to follow",
                "use an integer type such as int")
        ]
    }
    if parameter.isPointer && !type.readsMemory && ![.size, .uint64, .int64, .nop].contains(type) {
        return [
            diagnostic(
                .warning, "\(declared): \(type.rawValue) reports only a part of the address",
                "use uint64 for the address, or string or int32_arr for what it points to")
        ]
    }
    return []
}

private func returnProblems(_ hook: Hook, name: String) -> [Diagnostic] {
    let waits = hook.result != nil || hook.arguments.contains(where: \.isCopiedAtReturn)
    guard waits, SystemCallTraits.neverReturn.contains(name) else { return [] }
    return [
        Diagnostic(
            code: .conflict, pointer: hook.target.pointer, position: hook.target.position,
            message: "\(name) does not return, so an event that waits for its return never comes",
            hint: "leave out return and returnCopy")
    ]
}
