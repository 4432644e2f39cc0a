import Policy
import Tracing

/// Problems of sets of documents.
extension Problem {
    static func tooManyDocuments(_ count: Int, limit: Int) -> Problem {
        Problem(
            status: 422, type: "too-many-documents", title: "Too many documents",
            detail: "a set has \(limit) documents at most, not \(count)")
    }

    /// Everything that is wrong with any of the documents, as one problem.
    static func set(_ rejections: [(document: Int, rejection: PolicyRejection)]) -> Problem {
        let problems = rejections.map { (document: $0.document, problem: Problem($0.rejection)) }
        let first = problems.first?.problem
        var set = Problem(
            // One document that cannot be read makes the whole one that cannot be read.
            status: problems.contains { $0.problem.status == 400 } ? 400 : 422,
            type: "invalid-set", title: "Invalid set",
            detail: problems.count == 1
                ? "document \(problems[0].document + 1) is not accepted, so none is: "
                    + (first?.detail ?? "")
                : "\(problems.count) documents are not accepted, so none is")
        for (document, problem) in problems {
            let findings =
                problem.errors.isEmpty
                ? [Finding.whole(code: problem.code, message: problem.detail)] : problem.errors
            set.errors += findings.map { .inSet(document: document, $0) }
        }
        return set
    }

    /// As findings name themselves.
    private var code: String { type.replacing("-", with: "_") }

    /// The same problem, with lines counted from the beginning of the stream.
    func located(in documents: [DocumentStream.Document]) -> Problem {
        var problem = self
        problem.errors = errors.map { finding in
            guard case .inSet(let document, .document(var diagnostic)) = finding,
                documents.indices.contains(document)
            else { return finding }
            diagnostic.position = SourcePosition(
                line: diagnostic.position.line + documents[document].linesBefore,
                column: diagnostic.position.column)
            return .inSet(document: document, .document(diagnostic))
        }
        return problem
    }
}
