import Policy

/// What is wrong with a hook's arguments, for one target after the other.
///
/// A list may have a hundred functions with one misfit each; its author reads
/// the first, and how many there are.
struct Misfits {
    private var first: [(diagnostic: Diagnostic, others: Int)] = []

    mutating func add(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            let known = first.firstIndex {
                $0.diagnostic.pointer == diagnostic.pointer
                    && $0.diagnostic.code == diagnostic.code
                    && $0.diagnostic.severity == diagnostic.severity
            }
            if let known {
                first[known].others += 1
            } else {
                first.append((diagnostic, 0))
            }
        }
    }

    var diagnostics: [Diagnostic] {
        first.map { entry in
            var diagnostic = entry.diagnostic
            if entry.others > 0 { diagnostic.message += " (and \(entry.others) more like it)" }
            return diagnostic
        }
    }
}

extension Resolver {
    mutating func report(_ misfits: Misfits) { report(misfits.diagnostics) }

    mutating func report(_ problems: [Diagnostic]) {
        for problem in problems {
            report(
                problem.severity, problem.code, problem.pointer, problem.position, problem.message,
                hint: problem.hint)
        }
    }
}
