public import Policy

/// What lowering made of a policy's hooks.
public struct Lowered: Sendable {
    /// The plans of the hooks that the kernel can serve.
    public let hooks: [HookPlan]
    /// What does not fit this kernel; errors leave their hook out.
    public let diagnostics: [Diagnostic]

    /// The plan of the whole policy, or nil where any hook was left out.
    public func plan(policy: String, mode: PolicyMode? = nil) -> KernelPlan? {
        diagnostics.contains { $0.severity == .error }
            ? nil : KernelPlan(policy: policy, mode: mode, hooks: hooks)
    }
}

/// Turns the hooks of a checked policy into what the kernel needs, or says why this kernel cannot.
public func lower(_ hooks: [Hook], facts: some KernelFacts) -> Lowered {
    var plans: [HookPlan] = []
    var diagnostics: [Diagnostic] = []
    var limit = TargetLimit()
    for hook in hooks {
        var resolver = Resolver(hook: hook, facts: facts)
        let groups = resolver.resolve()
        limit.count(groups, of: &resolver)
        let hasErrors = resolver.diagnostics.contains { $0.severity == .error }
        for group in groups where !hasErrors {
            if let plan = plan(hook, group, facts: facts, &resolver) { plans.append(plan) }
        }
        diagnostics += resolver.diagnostics
    }
    return Lowered(hooks: plans, diagnostics: diagnostics)
}

/// A hook's plan for targets that are served alike; nil where no method serves them.
private func plan<Facts: KernelFacts>(
    _ hook: Hook, _ group: TargetGroup, facts: Facts, _ resolver: inout Resolver<Facts>
) -> HookPlan? {
    var attempts: [Attempt] = []
    var refused: [RefusedMethod] = []
    let methods =
        hook.method.map { [$0.method] }
        ?? MethodOrder.methods(for: group.subject, waits: hook.waits)
    for method in methods {
        let obstacle =
            (hook.excludedMethods.contains(method) ? "the policy excludes it" : nil)
            ?? facts.obstacle(to: method)
            ?? MethodOrder.obstacle(to: method, for: group.subject)
        if let obstacle {
            refused.append(RefusedMethod(method: method, reason: obstacle))
        } else {
            attempts.append(attempt(hook, group, method))
        }
    }
    guard let best = attempts.first else {
        resolver.noMethod(for: group.subject, refused)
        return nil
    }
    // What is worse than the best that there is interests nobody.
    let better = methods.prefix { $0 != best.method }
    return HookPlan(
        pointer: hook.pointer, position: hook.position, subject: group.subject,
        attempts: attempts, refused: refused.filter { better.contains($0.method) },
        selectors: hook.selectorPlans,
        followed: hook.selectors.flatMap(\.processes).filter(\.followsForks).map(\.processes),
        description: HookPlan.Description(
            labels: hook.arguments.map(\.label), reportsReturn: hook.result != nil,
            returnLabel: hook.result?.label, message: hook.message, tags: hook.tags))
}

private func attempt(_ hook: Hook, _ group: TargetGroup, _ method: AttachMethod) -> Attempt {
    let shape = shape(hook, group, method)
    var layout = SpecLayout()
    layout.subject = group.subject.wire
    layout.targets = group.subject.names.count
    layout.resultBytes = group.resultBytes
    layout.ignoresZero = group.traits.forks
    layout.selectors = hook.selectors.map { SelectorPlan($0) }
    for (position, argument) in hook.arguments.enumerated() {
        let source = group.sources[position]
        guard source.type != .nop else { continue }
        layout.arguments.append(
            value(of: argument, at: position, from: source, traits: group.traits))
    }
    layout.result = hook.result.map {
        value(ofResult: $0, elements: group.resultCount, traits: group.traits)
    }
    layout.place(shape: shape)
    return Attempt(method: method, shape: shape, layout: layout)
}

extension TargetGroup {
    /// Whether a parameter says how many elements the result has.
    fileprivate var countsResultByParameter: Bool {
        if case .parameter = resultCount { true } else { false }
    }
}

/// A return program alone is enough where everything that is asked for is still there when the
/// function returns, and nothing has to happen before.
private func shape(_ hook: Hook, _ group: TargetGroup, _ method: AttachMethod) -> Attempt.Shape {
    guard hook.waits else { return .entry }
    if hook.selectorPlans.contains(where: \.enforces) { return .pair }
    let readsMemoryAtEntry = zip(hook.arguments, group.sources).contains {
        $1.type.readsMemory && !$0.isCopiedAtReturn
    }
    if readsMemoryAtEntry || group.traits.replacesRegisters { return .pair }
    let keepsParameters =
        switch (group.subject, method) {
        // The caller's registers, or the trampoline's copy.
        case (.systemCalls, _), (_, .fentry): true
        default: group.sources.allSatisfy { $0.type == .nop } && !group.countsResultByParameter
        }
    return keepsParameters ? .return : .pair
}
