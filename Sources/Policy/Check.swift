/// What there is to say about a document.
public struct PolicyCheck: Sendable {
    /// The policy's name, where it could be read and is a valid one.
    public let name: String?
    /// The policy, unless there is an error.
    public let policy: CheckedPolicy?
    /// The hooks that are sound by themselves, so that whoever knows the kernel can add findings
    /// about them to the same answer.
    public let hooks: [Hook]
    /// All problems, in the order of the document.
    public let diagnostics: [Diagnostic]
}

/// Checks a policy document, YAML or JSON, against the format and the rules.
///
/// The work and the memory are bounded by the size of the document, and the stack by a constant,
/// whatever the document says. Who receives documents limits their size.
///
/// - Parameter document: The bytes as they were sent.
/// - Returns: The policy, or all that is wrong with it.
public func check(document: [UInt8]) -> PolicyCheck {
    let intake = Intake(document)
    var diagnostics = intake.diagnostics
    var name: String?
    var hooks: [Hook] = []
    if let root = intake.root {
        var walker = Walker()
        let value = walker.value(of: root, as: .object(PolicyFormat.document), at: .init())
        diagnostics += walker.diagnostics
        if let value {
            var rules = Rules(isEverythingRead: walker.diagnostics.isEmpty)
            name = rules.name(in: value)
            hooks = rules.hooks(in: value)
            diagnostics += rules.diagnostics
        }
    }
    let errors = diagnostics.filter { $0.severity == .error }
    let policy = errors.isEmpty ? name.map { CheckedPolicy(name: $0, hooks: hooks) } : nil
    // Past that many problems a pass may have stopped to collect them.
    let isComplete = diagnostics.count <= DocumentLimit.diagnostics
    let sound = SoundPointers(errors)
    return PolicyCheck(
        name: name, policy: policy,
        hooks: hooks.filter { isComplete && sound.contains($0.pointer) },
        diagnostics: listed(diagnostics))
}

/// The objects of a document that no error is about.
private struct SoundPointers {
    /// Every pointer of an error, and all that lead to it.
    private var faulty: Set<String> = []

    init(_ errors: [Diagnostic]) {
        for error in errors {
            var pointer = error.pointer[...]
            while faulty.insert(String(pointer)).inserted, let slash = pointer.lastIndex(of: "/") {
                pointer = pointer[..<slash]
            }
        }
    }

    func contains(_ pointer: String) -> Bool { !faulty.contains(pointer) }
}

/// The problems in the order of the document, as many as anybody reads.
private func listed(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    let sorted = diagnostics.enumerated()
        .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
        .map(\.element)
    guard sorted.count > DocumentLimit.diagnostics else { return sorted }
    let first = sorted.prefix(DocumentLimit.diagnostics - 1)
    let rest = sorted[first.endIndex...]
    let isError = rest.contains { $0.severity == .error }
    return first + [
        Diagnostic(
            severity: isError ? .error : .warning, code: .tooManyProblems, pointer: "",
            position: rest[first.endIndex].position,
            message: "there are more problems, from here on",
            hint: "correct the first ones, then check again")
    ]
}
