/// What a call asks of who makes it; whoever may do one of these may do those before it.
enum Scope: Int, Comparable, Sendable {
    /// Nothing: the viewer's files, the contract, and whether the service lives.
    case open
    /// To see what is traced, what is seen, and who runs.
    case read
    /// To change what is traced. Trials too: they have the kernel verify programs.
    case admin

    /// As messages, the contract and `GET /v1/session` name it.
    var name: String {
        switch self {
        case .open: "open"
        case .read: "read"
        case .admin: "admin"
        }
    }

    static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}
