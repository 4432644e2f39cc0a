import CWire
public import Policy

/// What lowering made of a policy's hooks.
public struct Lowered: Sendable {
    /// One plan per hook that the kernel can serve.
    public let hooks: [HookPlan]
    /// What does not fit this kernel; errors leave their hook out.
    public let diagnostics: [Diagnostic]

    /// The plan of the whole policy, or nil where any hook was left out.
    public func plan(policy: String) -> KernelPlan? {
        diagnostics.contains { $0.severity == .error }
            ? nil : KernelPlan(policy: policy, hooks: hooks)
    }
}

/// Turns the hooks of a checked policy into what the kernel needs, or says why this kernel cannot.
public func lower(_ hooks: [Hook], facts: some KernelFacts) -> Lowered {
    var plans: [HookPlan] = []
    var diagnostics: [Diagnostic] = []
    for hook in hooks {
        let checked = checkAgainstKernel(hook, facts: facts)
        diagnostics += checked.diagnostics
        if let name = checked.systemCall { plans.append(plan(hook, systemCall: name)) }
    }
    return Lowered(hooks: plans, diagnostics: diagnostics)
}

/// The symbol prefix of this architecture's system calls.
let systemCallPrefix: String = {
    #if arch(x86_64)
        "__x64_sys_"
    #elseif arch(arm64)
        "__arm64_sys_"
    #else
        "sys_"
    #endif
}()

private func plan(_ hook: Hook, systemCall: String) -> HookPlan {
    let shape = shape(of: hook, systemCall: systemCall)
    return HookPlan(
        pointer: hook.pointer, position: hook.position, systemCall: systemCall,
        function: systemCallPrefix + systemCall, shape: shape,
        layout: layout(of: hook, systemCall: systemCall, shape: shape),
        followed: hook.selectors.flatMap(\.processes).filter(\.followsForks).map(\.processes),
        labels: hook.arguments.map(\.label), reportsReturn: hook.result != nil,
        returnLabel: hook.result?.label, message: hook.message, tags: hook.tags)
}

/// A return program alone is enough where nothing has to be read before the call changes it.
private func shape(of hook: Hook, systemCall: String) -> HookPlan.Shape {
    let needsReturn = hook.result != nil || hook.arguments.contains(where: \.isCopiedAtReturn)
    guard needsReturn else { return .entry }
    let readsAtEntry = hook.arguments.contains { $0.type.readsMemory && !$0.isCopiedAtReturn }
    let registersChange = SystemCallTraits.replaceRegisters.contains(systemCall)
    return readsAtEntry || registersChange ? .pair : .return
}

private func layout(of hook: Hook, systemCall: String, shape: HookPlan.Shape) -> SpecLayout {
    var layout = SpecLayout()
    layout.ignoresZero = SystemCallTraits.fork.contains(systemCall)
    layout.selectors = hook.selectors.map(\.processes)
    for (position, argument) in hook.arguments.enumerated() where argument.type != .nop {
        layout.arguments.append(value(of: argument, at: position, systemCall: systemCall))
    }
    layout.result = hook.result.map { value(ofResult: $0, systemCall: systemCall) }
    place(&layout, shape: shape)
    return layout
}

/// Gives every value its place, or the record a buffer where the places vary.
private func place(_ layout: inout SpecLayout, shape: HookPlan.Shape) {
    let values = layout.arguments + (layout.result.map { [$0] } ?? [])
    let largest = values.reduce(MemoryLayout<wire_call>.size) { $0 + $1.size }
    let varies = values.contains {
        $0.type == WIRE_TYPE_STRING.rawValue
            || $0.type == WIRE_TYPE_INT32_ARR.rawValue && $0.countRule != SPEC_COUNT_FIXED.rawValue
    }
    if shape == .pair {
        let sizes = [SPEC_BUFFER_SMALL, SPEC_BUFFER_MEDIUM].map(Int.init)
        layout.bufferSize = UInt32(sizes.first { largest <= $0 } ?? Int(SPEC_BUFFER_LARGE))
    } else if varies {
        layout.bufferSize = UInt32(SPEC_BUFFER_LARGE)
    } else {
        var offset = MemoryLayout<wire_call>.size
        for index in layout.arguments.indices {
            layout.arguments[index].offset = offset
            offset += layout.arguments[index].size
        }
        layout.result?.offset = offset
        layout.recordSize = UInt32(largest)
    }
}
