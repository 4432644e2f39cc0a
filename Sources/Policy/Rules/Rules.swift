/// The rules between fields, applied to a document that is as the schema wants it.
///
/// Each rule reads what the schema left over: a value that was refused there is missing here, and
/// its hook is not sound.
struct Rules {
    private(set) var diagnostics: [Diagnostic] = []
    /// Whether the schema refused nothing, so that what is not here is not in the document.
    let isEverythingRead: Bool
    /// The policy's name, where it is valid.
    private(set) var name: String?
    /// Every hook of which enough is left to describe it.
    private(set) var hooks: [Hook] = []
    /// What `spec.lists` says.
    var lists = NamedLists()
    /// What `spec.options` says.
    var options = PolicyOptions()
    /// What `spec.selectorsMacros` says.
    var macros: [String: Macro] = [:]
    /// What uses up limits that hold for a policy.
    var tally = PolicyTally()

    init(isEverythingRead: Bool) {
        self.isEverythingRead = isEverythingRead
    }

    /// The policy, where there is enough for one; it counts only if there are no errors.
    mutating func policy(in document: Value) -> CheckedPolicy? {
        name = name(in: document)
        let scope = scope(of: document)
        guard let spec = document["spec"] else { return nil }
        checkSections(of: spec)
        readLists(of: spec)
        readOptions(of: spec)
        readMacros(of: spec)
        let enforced = enforcedCalls(of: spec)
        tally.hasEnforcer = !enforced.isEmpty || spec.refused.contains("enforcers")
        hooks = HookSection.allCases.flatMap { section in
            spec.list(section.rawValue).compactMap { hook($0, in: section) }
        }
        checkEveryListIsUsed()
        checkEveryOptionCounts()
        checkEnforcer(of: spec)
        checkPlaces(of: hooks)
        let workloads = workload(spec)
        checkWorkloads(of: spec, scope)
        return name.map { name in
            CheckedPolicy(
                name: name, scope: scope, hooks: hooks,
                reportsMappings: spec.enabled("loader") != nil, enforcedCalls: enforced,
                workloads: workloads, nodes: spec["nodeSelector"].map { labelSelector($0) },
                options: options.settings)
        }
    }

    private mutating func name(in document: Value) -> String? {
        guard let value = document["metadata"]?["name"], let name = value.text else { return nil }
        guard let fault = NameFault(name) else { return name }
        report(
            .invalidValue, value, fault.message,
            hint: "use lower-case letters, digits, \"-\" and \".\", such as \"file-opens\"")
        return nil
    }

    /// Where the policy counts; kubectl, too, takes a missing namespace for `default`.
    private mutating func scope(of document: Value) -> CheckedPolicy.Scope {
        let namespace = document["metadata"]?["namespace"]
        if document["kind"]?.text == PolicyKind.namespaced.rawValue {
            return .namespace(namespace?.text ?? "default")
        }
        if let namespace, document["kind"] != nil {
            report(
                severity: .warning, .noEffect, namespace, at: namespace.keyPosition,
                "\"namespace\" has no effect on a TracingPolicy, which is for the whole machine",
                hint: "remove it, or write kind: TracingPolicyNamespaced")
        }
        return .cluster
    }

    /// A policy has hooks of one section, as in Tetragon.
    private mutating func checkSections(of spec: Value) {
        let names = HookSection.allCases.map(\.rawValue)
        let sections = names.compactMap { name in spec[name].map { (name, $0) } }
            .sorted { $0.1.keyPosition < $1.1.keyPosition }
        for (name, section) in sections.dropFirst() {
            report(
                .conflict, section, at: section.keyPosition,
                "a policy has hooks of one section, and this one has \(sections[0].0.quoted) and "
                    + name.quoted,
                hint: "move \(name) to a policy of its own")
        }
        if sections.isEmpty, spec.enabled("loader") == nil, spec.refused.isEmpty {
            report(
                .missingField, spec,
                "nothing to trace: spec has none of \(names.map(\.quoted).joined(separator: ", "))",
                hint: "list at least one hook, such as {call: sys_pipe2} under spec.kprobes")
        }
    }

    mutating func report(
        severity: Diagnostic.Severity = .error, _ code: DiagnosticCode, _ value: Value,
        at position: SourcePosition? = nil, _ message: String,
        hint: @autoclosure () -> String? = nil
    ) {
        guard diagnostics.count < DocumentLimit.collected else { return }
        diagnostics.append(
            Diagnostic(
                severity: severity, code: code, pointer: value.pointer,
                position: position ?? value.position,
                message: message, hint: hint()))
    }
}

/// What the hooks of a policy have together.
struct PolicyTally {
    /// Whether there are calls for `NotifyEnforcer` to end.
    var hasEnforcer = false
    /// Whether an action needs them.
    var notifiesEnforcer = false
    /// Whether an action returns in a call's place.
    var overrides = false
    /// Whether an action interferes with calls at all.
    var interferes = false
    /// Values that macros stand for, each time that one is used.
    var macroValues = 0
    /// Expressions that are compiled.
    var expressions = 0
}
