/// The rules between fields, applied to a document that is as the schema wants it.
///
/// Each rule reads what the schema left over: a value that was refused there is missing here, and
/// its hook is not sound.
struct Rules {
    private(set) var diagnostics: [Diagnostic] = []
    /// Whether the schema refused nothing, so that what is not here is not in the document.
    let isEverythingRead: Bool
    /// What `spec.lists` says.
    var lists = NamedLists()
    /// What `spec.options` says.
    var options = PolicyOptions()

    init(isEverythingRead: Bool) {
        self.isEverythingRead = isEverythingRead
    }

    /// The policy's name, where it is valid.
    mutating func name(in document: Value) -> String? {
        guard let value = document["metadata"]?["name"], let name = value.text else { return nil }
        guard let fault = NameFault(name) else { return name }
        report(
            .invalidValue, value, fault.message,
            hint: "use lower-case letters, digits, \"-\" and \".\", such as \"file-opens\"")
        return nil
    }

    /// Every hook of which enough is left to describe it.
    mutating func hooks(in document: Value) -> [Hook] {
        guard let spec = document["spec"] else { return [] }
        checkSections(of: spec)
        readLists(of: spec)
        readOptions(of: spec)
        let hooks =
            spec.list("kprobes").compactMap { call($0) }
            + spec.list("fentries").compactMap { trampoline($0) }
            + spec.list("tracepoints").compactMap { tracepoint($0) }
        checkEveryListIsUsed()
        return hooks
    }

    /// A policy has hooks of one section, as in Tetragon.
    private mutating func checkSections(of spec: Value) {
        let served = PolicyFormat.servedSections
        let sections = served.compactMap { name in spec[name].map { (name, $0) } }
            .sorted { $0.1.keyPosition < $1.1.keyPosition }
        for (name, section) in sections.dropFirst() {
            report(
                .conflict, section, at: section.keyPosition,
                "a policy has hooks of one section, and this one has \(sections[0].0.quoted) and "
                    + name.quoted,
                hint: "move \(name) to a policy of its own")
        }
        if sections.isEmpty, spec.refused.isDisjoint(with: PolicyFormat.hookSections) {
            let names = served.map(\.quoted).joined(separator: ", ")
            report(
                .missingField, spec, "nothing to trace: spec has none of \(names)",
                hint: "list at least one hook, such as {call: sys_pipe2} under spec.kprobes")
        }
    }

    mutating func report(
        severity: Diagnostic.Severity = .error, _ code: DiagnosticCode, _ value: Value,
        at position: SourcePosition? = nil, _ message: String, hint: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                severity: severity, code: code, pointer: value.pointer,
                position: position ?? value.position,
                message: message, hint: hint))
    }
}
