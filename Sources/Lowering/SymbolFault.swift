public import Policy

extension SymbolFacts {
    /// Why a name that somebody knows is none to attach to; nil where the symbols say nothing of it.
    func fault(of name: String) -> (message: String, hint: String)? {
        if count > 1 {
            return (
                "this kernel has \(count) functions of the name \(name)",
                "name a function that calls them; which of them is meant cannot be said"
            )
        }
        guard count == 0, !variants.isEmpty else { return nil }
        return (
            "the compiler has made other functions of \(name): "
                + variants.joined(separator: ", "),
            "name one of them, whose parameters may not be those of the source, "
                + "or a function that calls it"
        )
    }
}

/// What is wrong with the functions of a hook that the kernel refused, where its symbols tell.
///
/// The kernel's types have functions that the compiler has taken apart; only the
/// symbols show that. They are 10 MB of text, read when something went wrong.
///
/// - Parameters:
///   - plan: the hook that was refused.
///   - facts: the kernel that refused it.
/// - Returns: one problem for each function that cannot be attached to.
public func symbolFaults(of plan: HookPlan, facts: some KernelFacts) -> [Diagnostic] {
    guard case .functions(let functions) = plan.subject else { return [] }
    let symbols = facts.symbols(Set(functions.map(\.name)))
    return functions.compactMap { function in
        symbols[function.name]?.fault(of: function.name).map { fault in
            Diagnostic(
                code: .unknownCall, pointer: plan.pointer + "/call", position: plan.position,
                message: fault.message, hint: fault.hint)
        }
    }
}
