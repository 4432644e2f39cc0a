extension Rules {
    /// The method that the options ask for, where the target can be attached to that way.
    ///
    /// - Parameters:
    ///   - target: What to trace.
    ///   - noun: The target in a sentence.
    ///   - methods: The ways to attach to it; at least one.
    /// - Returns: The method, or nil where none is asked for or, reported, another one.
    mutating func methodAsked(
        for target: Target, a noun: String, attachableBy methods: [AttachMethod]
    ) -> ChosenMethod? {
        guard let asked = options.method else { return nil }
        if methods.contains(asked.chosen.method) { return asked.chosen }
        // One option, one report: the first hook stands for those that follow.
        if !options.isMisfitKnown {
            options.isMisfitKnown = true
            let names = methods.map(\.rawValue).joined(separator: ", ")
            report(
                .conflict, asked.value,
                "\(asked.chosen.method.rawValue) does not attach to "
                    + "\(target.written.quoted), \(noun)",
                hint: (methods.count == 1 ? "use \(names)" : "use one of \(names)")
                    + ", or remove the option"
                    + Self.advice(target.kind, asked.chosen.method))
        }
        return nil
    }

    private static func advice(_ kind: Target.Kind, _ method: AttachMethod) -> String {
        guard case .tracepoint = kind, method == .rawTracepoint else { return "" }
        return "; raw: true attaches by raw_tp, and counts parameters and not fields"
    }
}
