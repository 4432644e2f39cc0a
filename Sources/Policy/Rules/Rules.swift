/// The rules between fields, applied to a document that is as the schema wants it.
///
/// Each rule reads what the schema left over: a value that was refused there is missing here, and
/// its hook is not sound.
struct Rules {
    private(set) var diagnostics: [Diagnostic] = []

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
        if spec["kprobes"] == nil, spec.refused.isDisjoint(with: PolicyFormat.hookSections) {
            report(
                .missingField, spec, "nothing to trace: \"kprobes\" is missing from spec",
                hint: "list at least one hook under spec.kprobes")
        }
        return spec.list("kprobes").compactMap { hook($0) }
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
