import HTTP

/// `?dry_run=`: how far a document is tried, of which nothing is kept.
enum DryRun: String {
    /// It is checked, against the format and this kernel.
    case validate
    /// The kernel verifies its programs, too; none is attached.
    case load

    /// What the query asks for; nil where the document is meant.
    init?(_ request: Request) throws(Problem) {
        guard let value = request.query.last(where: { $0.name == "dry_run" })?.value else {
            return nil
        }
        guard let trial = DryRun(rawValue: value) else {
            throw .badQuery("dry_run is validate or load, not \(value)")
        }
        self = trial
    }
}
