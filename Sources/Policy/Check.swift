/// What there is to say about a document.
public struct PolicyCheck: Sendable {
    /// The policy's name, where it could be read and is a valid one.
    public let name: String?
    /// The policy, unless there is an error.
    public let policy: CheckedPolicy?
    /// The hooks that are sound by themselves and served, so that whoever knows the kernel can add
    /// findings about them to the same answer.
    public let hooks: [Hook]
    /// All problems, in the order of the document.
    public let diagnostics: [Diagnostic]
    /// What is valid and not served by this version of the service, each with the code
    /// `not_supported`, in the order of the document.
    public let unserved: [Diagnostic]
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
    return check(intake.root, intake.diagnostics)
}

/// Checks every document of a text that may have several, with `---` lines between them.
///
/// - Parameter text: The bytes of a file.
/// - Returns: What there is to say about each document, or about a text that has none.
public func check(documentsIn text: [UInt8]) -> [PolicyCheck] {
    Intake.documents(of: text).map { check($0.root, $0.diagnostics) }
}

private func check(_ root: DocumentNode?, _ intake: [Diagnostic]) -> PolicyCheck {
    var diagnostics = intake
    var policy: CheckedPolicy?
    var rules: Rules?
    var unserved: [Diagnostic] = []
    if let root {
        var walker = Walker()
        let value = walker.value(of: root, as: .object(PolicyFormat.document), at: .init())
        diagnostics += walker.diagnostics
        if let value {
            var found = Rules(isEverythingRead: walker.diagnostics.isEmpty)
            policy = found.policy(in: value)
            diagnostics += found.diagnostics
            rules = found
            unserved = Serving(value).diagnostics
        }
    }
    let errors = diagnostics.filter { $0.severity == .error }
    // Past that many problems a pass may have stopped to collect them.
    let isComplete = max(diagnostics.count, unserved.count) <= DocumentLimit.diagnostics
    let sound = SoundPointers(errors + unserved)
    return PolicyCheck(
        name: rules?.name, policy: errors.isEmpty ? policy : nil,
        hooks: (rules?.hooks ?? []).filter {
            isComplete && sound.contains($0.pointer) && $0.target.kind.isServed
        },
        diagnostics: listed(diagnostics), unserved: listed(unserved))
}

extension Target.Kind {
    /// Whether the hook is of a section that the service serves, and on calls that it can trace.
    fileprivate var isServed: Bool {
        switch self {
        case .program, .staticProbe, .securityHook: return false
        case .list(let list):
            guard case .systemCalls(let calls) = list.content else { return true }
            return !calls.contains { SystemCallName.isNarrow($0.name) }
        case .systemCall, .unprefixed, .function, .tracepoint, .rawTracepoint: return true
        }
    }
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

/// The problems in the order of the document, each once, as many as anybody reads.
private func listed(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    let sorted = diagnostics.filter { seen.insert($0).inserted }.enumerated()
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
