import HTTP

/// `?dry_run=`: how far a document is tried, of which nothing is kept.
enum DryRun: String {
    /// It is checked, against the format and this kernel.
    case validate
    /// The kernel verifies its programs, too; none is attached.
    case load

    /// What the query asks for; nil where the document is meant.
    ///
    /// A parameter that is misspelt must not install what was only to be tried.
    init?(_ request: Request) throws(Problem) {
        if let other = request.query.first(where: { $0.name != "dry_run" }) {
            throw .badQuery("unknown parameter \"\(other.name)\"; there is dry_run")
        }
        guard let value = request.query.last(where: { $0.name == "dry_run" })?.value else {
            return nil
        }
        guard let trial = DryRun(rawValue: value) else {
            throw .badQuery("dry_run is validate or load, not \"\(value)\"")
        }
        self = trial
    }
}
