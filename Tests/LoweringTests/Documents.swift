import Lowering
import Policy
import Testing

/// A policy with one hook on `call`, whose further fields are `fields` from line 8, column 5.
///
/// `spec` are further sections, from the line after the hook, column 3.
func policy(
    _ call: String, _ fields: String = "", spec: String = "", section: String = "kprobes"
) -> String {
    let head = """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata:
          name: test
        spec:
          \(section):
          - call: \(call)

        """
    return head + indented(fields, by: 4) + indented(spec, by: 2)
}

/// A policy with one hook on a tracepoint, with its arguments in line 9, column 12.
func tracepointPolicy(_ name: String, args: String = "", fields: String = "") -> String {
    let names = name.split(separator: "/")
    return """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata:
          name: test
        spec:
          tracepoints:
          - subsystem: \(names[0])
            event: \(names[1])
            args: [\(args)]
        \(indented(fields, by: 4))
        """
}

private func indented(_ text: String, by spaces: Int) -> String {
    text.split(separator: "\n").map { String(repeating: " ", count: spaces) + $0 + "\n" }.joined()
}

/// Lowers a document that is right by itself.
func lower(_ document: String, on kernel: FakeKernel = FakeKernel()) throws -> Lowered {
    let checked = check(document: Array(document.utf8))
    let policy = try #require(checked.policy, "\(checked.diagnostics)")
    return lower(policy.hooks, facts: kernel)
}

/// The plan of the only hook of a policy.
func plan(document: String, on kernel: FakeKernel = FakeKernel()) throws -> HookPlan {
    let lowered = try lower(document, on: kernel)
    try #require(lowered.hooks.count == 1, "\(lowered.diagnostics)")
    return lowered.hooks[0]
}

/// The plan of a policy with one hook.
func plan(_ call: String, _ fields: String = "") throws -> HookPlan {
    try plan(document: policy(call, fields))
}

/// A document that is right by itself, and what the kernel has against it.
struct Misfit: Sendable, CustomTestStringConvertible {
    let document: String
    var kernel = FakeKernel()
    var severity = Diagnostic.Severity.error
    let code: DiagnosticCode
    let pointer: String
    let line: Int
    let column: Int
    let message: String
    let hint: String?

    var testDescription: String { message }

    var diagnostic: Diagnostic {
        Diagnostic(
            severity: severity, code: code, pointer: pointer,
            position: SourcePosition(line: line, column: column), message: message, hint: hint)
    }

    /// Expects that it is all that there is to say, and that only an error leaves the hook out.
    func expect(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let lowered = try lower(document, on: kernel)
        #expect(lowered.diagnostics == [diagnostic], sourceLocation: sourceLocation)
        #expect(lowered.hooks.isEmpty == (severity == .error), sourceLocation: sourceLocation)
        #expect(
            (lowered.plan(policy: "test") == nil) == (severity == .error),
            sourceLocation: sourceLocation)
    }
}
