public import Policy

/// Which calls a hook's selector takes, and what is done about them.
public struct SelectorPlan: Sendable, Equatable {
    /// The policy's name for it.
    public let label: String?
    /// What is done, in this order; there is at least one.
    public let actions: [Action]
    /// The filters that the calling process has to pass.
    let processes: [ProcessFilter]

    /// Takes over a selector; without one, every call is reported.
    init(_ selector: Selector? = nil) {
        label = selector?.label
        actions = selector?.actions ?? [.post(.standard)]
        processes = selector?.processes ?? []
    }

    /// The signals that the caller is sent, in their order; at most 3.
    public var signals: [Int] {
        actions.compactMap { action in
            if case .signal(let number) = action { number } else { nil }
        }
    }

    /// Whether there is something that a policy which monitors does not do.
    public var enforces: Bool { !signals.isEmpty }

    /// Whether a call is reported.
    public var reports: Bool { !actions.contains(.noPost) }

    /// Whether the kernel's side has to look at more than its filters.
    var acts: Bool { enforces || !reports || label != nil }
}

extension Hook {
    /// What its selectors do; where it has none, one that reports every call stands for it.
    var selectorPlans: [SelectorPlan] {
        selectors.isEmpty ? [SelectorPlan()] : selectors.map { SelectorPlan($0) }
    }

    /// Whether its events wait for the call to return.
    var waits: Bool {
        (result != nil || arguments.contains(where: \.isCopiedAtReturn))
            && selectorPlans.contains(where: \.reports)
    }
}
