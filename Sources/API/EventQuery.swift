import HTTP
import Tracing

/// What a client wants of the stream.
struct EventQuery: Sendable {
    var filter = EventFilter()
    var start = Start.now
    var limit = UInt64.max

    /// Where a stream begins.
    enum Start: Sendable, Equatable {
        case now
        case oldest
        /// After the event that the client saw last, as it names it.
        case after(String)
    }

    /// Reads the query and `Last-Event-ID`; a browser that reconnects sends both, and the
    /// header is the newer.
    ///
    /// - Parameters:
    ///   - request: the client's.
    ///   - policyID: gives a policy's id by its name, nil where there are too many names.
    /// - Throws: the problem with the query.
    init(
        _ request: Request, policyID: (String) async -> UInt32?
    ) async throws(Problem) {
        for item in request.query {
            switch item.name {
            case "type": filter.kinds = (filter.kinds ?? []).union([try Self.kind(item.value)])
            case "policy":
                guard let id = await policyID(item.value) else {
                    throw .badQuery("too many policy names were asked for")
                }
                filter.policies = (filter.policies ?? []).union([id])
            case "pid": filter.pids = (filter.pids ?? []).union([try Self.number(item)])
            case "limit":
                limit = try Self.number(item)
                guard limit > 0 else { throw .badQuery("limit is 1 or more") }
            case "since": start = try Self.start(item.value)
            default:
                throw .badQuery(
                    "unknown parameter \"\(item.name)\"; "
                        + "there are type, policy, pid, limit and since")
            }
        }
        if let id = request.headers["Last-Event-ID"], !id.isEmpty { start = .after(id) }
    }

    private static func kind(_ text: String) throws(Problem) -> FrameKind {
        guard let kind = FrameKind(rawValue: text) else {
            let names = FrameKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badQuery("unknown type \"\(text)\"; there are \(names)")
        }
        return kind
    }

    private static func number<Number: FixedWidthInteger>(
        _ item: QueryItem
    ) throws(Problem) -> Number {
        guard let number = Number(item.value), !item.value.hasPrefix("+") else {
            throw .badQuery("\(item.name) is a number, not \"\(item.value)\"")
        }
        return number
    }

    private static func start(_ text: String) throws(Problem) -> Start {
        switch text {
        case "now": return .now
        case "oldest": return .oldest
        default:
            guard EventID(text) != nil else {
                throw .badQuery("since is an event's id, now or oldest, not \"\(text)\"")
            }
            return .after(text)
        }
    }
}
