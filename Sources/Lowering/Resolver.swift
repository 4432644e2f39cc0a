import Policy

/// Targets of a hook that one set of programs can serve.
struct TargetGroup {
    var subject: Subject
    var traits = SystemCallTraits()
    /// Bytes of the result that count.
    var resultBytes = 8
    /// How many elements a result has that is an array; a parameter as in ``ValueSource``.
    var resultCount: ElementCount?
    /// By position in the policy's argument list.
    var sources: [ValueSource]
}

/// Finds what a hook names in the kernel, and says what does not fit.
struct Resolver<Facts: KernelFacts> {
    let hook: Hook
    let facts: Facts
    private(set) var diagnostics: [Diagnostic] = []
    /// For how many names the nearest was looked for: a kernel has 60,000 to compare with.
    private var suggestions = 0

    init(hook: Hook, facts: Facts) {
        self.hook = hook
        self.facts = facts
    }

    /// The hook's targets, in groups that are served alike; errors are in ``diagnostics``.
    mutating func resolve() -> [TargetGroup] {
        let target = hook.target
        switch target.kind {
        case .systemCall(let name):
            return groups(ofSystemCalls: [NamedTarget(name, at: target)])
        case .unprefixed(let name):
            notASystemCall(name)
            return []
        case .function(let name):
            return groups(ofFunctions: [NamedTarget(name, at: target)])
        case .list(let list):
            return groups(of: list)
        case .tracepoint(let subsystem, let event):
            return tracepoint(subsystem: subsystem, event: event)
        case .rawTracepoint(let subsystem, let event):
            return rawTracepoint(subsystem: subsystem, event: event)
        case .program, .staticProbe, .securityHook:
            report(
                .error, .notSupported, hook.pointer, hook.position,
                "hooks such as \(target.written) are not supported yet")
            return []
        }
    }

    mutating func report(
        _ severity: Diagnostic.Severity = .error, _ code: DiagnosticCode, _ pointer: String,
        _ position: SourcePosition, _ message: String, hint: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                severity: severity, code: code, pointer: pointer, position: position,
                message: message, hint: hint))
    }

    /// Whether events wait for the call's return.

    /// What a name is likely meant to be; not for all the names of a long list.
    mutating func suggestion(for name: String, among candidates: (Facts) -> [String]) -> String? {
        suggestions += 1
        return suggestions > 10 ? nil : nearest(to: name, in: candidates(facts))
    }

    /// Something that the kernel does not have: an error, unless the hook tolerates that.
    mutating func missing(_ named: NamedTarget, _ message: String, hint: String) {
        report(
            hook.toleratesMissing ? .warning : .error, .unknownCall, named.pointer, named.position,
            hook.toleratesMissing ? message + "; it is left out" : message, hint: hint)
    }

    /// No method serves these targets.
    mutating func noMethod(for subject: Subject, _ refused: [RefusedMethod]) {
        let place = hook.method.map { ($0.pointer, $0.position) }
        let reasons = refused.map { "\($0.method.rawValue): \($0.reason)" }
        let names = subject.names
        let what = names.count == 1 ? names[0] : "\(names.count) functions"
        let alternative: String =
            switch (place?.0, subject) {
            case (hook.pointer, _):
                "move the hook to kprobes, and the best method that there is is taken"
            case (_?, _): "leave attach-method out, and the best one that there is is taken"
            case (nil, .functions):
                "this kernel may serve a system call near it (syscall: true, sys_NAME) or a tracepoint"
            case (nil, _): "no other method serves it"
            }
        report(
            .error, .kernelLacks, place?.0 ?? hook.target.pointer,
            place?.1 ?? hook.target.position,
            "this kernel cannot attach to \(what): \(reasons.joined(separator: "; "))",
            hint: alternative + ". GET /v1/kernel says what this kernel has")
    }
}

/// A name, and where the document has it.
struct NamedTarget {
    let name: String
    let pointer: String
    let position: SourcePosition

    init(_ name: String, at target: Target) {
        self.name = name
        pointer = target.pointer
        position = target.position
    }

    init(_ entry: CallList.Entry) {
        name = entry.name
        pointer = entry.pointer
        position = entry.position
    }
}
