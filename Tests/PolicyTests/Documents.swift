import Policy
import Testing

/// A policy with one hook on pipe2, whose further fields are `fields` from line 8, column 5.
func policy(hook fields: String) -> String {
    let indented = fields.split(separator: "\n", omittingEmptySubsequences: false).map {
        "    " + $0
    }
    return """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata:
          name: pipes
        spec:
          kprobes:
          - call: sys_pipe2
        \(indented.joined(separator: "\n"))
        """
}

/// A policy with the name `name`, in line 4 from column 9.
func policy(name: String) -> String {
    """
    apiVersion: cilium.io/v1alpha1
    kind: TracingPolicy
    metadata:
      name: \(name)
    spec:
      kprobes:
      - call: sys_pipe2
    """
}

/// A policy with the call `call`, in line 7 from column 11.
func policy(call: String) -> String {
    """
    apiVersion: cilium.io/v1alpha1
    kind: TracingPolicy
    metadata:
      name: pipes
    spec:
      kprobes:
      - call: \(call)
    """
}

/// A policy with the tracepoint sched_process_fork, whose further fields are `fields` from line 9,
/// column 5.
func policy(tracepoint fields: String) -> String {
    let indented = fields.split(separator: "\n").map { "  " + $0 }
    return policy(
        spec: """
            tracepoints:
            - subsystem: sched
              event: sched_process_fork
            \(indented.joined(separator: "\n"))
            """)
}

/// A policy with the hook `hook` in line 7 from column 5, and what `spec` says from line 8,
/// column 3.
func policy(hooks hook: String, _ spec: String) -> String {
    policy(spec: "kprobes:\n- \(hook)\n\(spec)")
}

/// A policy whose spec is `spec`, from line 6, column 3.
func policy(spec: String) -> String {
    let indented = spec.split(separator: "\n").map { "  " + $0 }
    return """
        apiVersion: cilium.io/v1alpha1
        kind: TracingPolicy
        metadata:
          name: pipes
        spec:
        \(indented.joined(separator: "\n"))
        """
}

func check(_ text: String) -> PolicyCheck {
    check(document: Array(text.utf8))
}

/// A hook field with one argument of the type int32_arr, whose other fields are `fields`.
func array(_ fields: String) -> String {
    policy(hook: "args: [{index: 0, type: int32_arr, \(fields)}]")
}

/// A document that is refused, and how.
struct Refusal: Sendable, CustomTestStringConvertible {
    let document: String
    let code: DiagnosticCode
    let pointer: String
    let line: Int
    let column: Int
    let fragment: String

    init(
        _ document: String, _ code: DiagnosticCode, _ pointer: String, _ line: Int, _ column: Int,
        _ fragment: String
    ) {
        self.document = document
        self.code = code
        self.pointer = pointer
        self.line = line
        self.column = column
        self.fragment = fragment
    }

    /// A document in which `§` stands before what is reported, and is not a part of it.
    init(
        marked document: String, _ code: DiagnosticCode, _ pointer: String, _ fragment: String
    ) {
        let before = document.prefix { $0 != "§" }
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        self.init(
            document.replacing("§", with: ""), code, pointer, lines.count,
            (lines.last?.unicodeScalars.count ?? 0) + 1, fragment)
    }

    var position: SourcePosition { SourcePosition(line: line, column: column) }

    var testDescription: String { "\(code.rawValue) at \(line):\(column): \(fragment)" }
}

extension Diagnostic {
    /// What it says, the hint included.
    var text: String { message + " | " + (hint ?? "") }
}
