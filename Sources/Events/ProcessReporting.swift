/// What is told of processes.
public struct ProcessReporting: Sendable {
    /// Whether processes that exec or end become events; they are followed in any case.
    public var reportsLives = true
    /// Whether a process shows its capabilities, users and groups.
    public var showsCredentials = false
    /// Whether a process shows its namespaces.
    public var showsNamespaces = false
    /// Whether events show the processes above the parent.
    public var showsAncestors = false
    /// Whether a process shows the name of its user.
    public var showsUserNames = false
    /// The variables of the environment that a process shows.
    public var environment: Set<String> = []
    /// What is taken out of arguments and variables before they are stored or sent.
    public var redactions: [Redaction] = []

    /// Lives, and nothing else.
    public init() {}

    /// Whether namespaces matter.
    var needsNamespaces: Bool { showsNamespaces || showsUserNames }

    /// The text without its secrets.
    func redacted(_ text: [UInt8]) -> [UInt8] {
        redactions.reduce(text) { $1.apply(to: $0) }
    }
}
