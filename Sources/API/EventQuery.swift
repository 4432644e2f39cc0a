import Events
import HTTP
import Tracing

/// What a client wants of the stream.
struct EventQuery: Sendable {
    var filter = EventFilter()
    var mask: FieldMask?
    var start = Start.now
    var limit = UInt64.max
    /// Seconds after which the stream ends.
    var timeout: Int?

    /// Where a stream begins.
    enum Start: Sendable, Equatable {
        case now
        case oldest
        /// After the event that the client saw last, as it names it.
        case after(String)
        /// With the events since this time, in nanoseconds since 1970; and as the client wrote it.
        case since(UInt64, String)
    }

    /// Seconds that a stream may be asked to last: a day.
    static let longestTimeout = 86_400

    private static let parameters = [
        "type", "policy", "pid", "namespace_pid", "binary", "binary_prefix", "function", "fields",
        "since", "limit", "timeout",
    ]

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
        var paths: [String] = []
        for item in request.query {
            switch item.name {
            case "type": try Self.insert(try Self.kind(item.value), into: &filter.kinds)
            case "policy":
                guard let id = await policyID(item.value) else {
                    throw .badQuery("too many policy names were asked for")
                }
                try Self.insert(id, into: &filter.policies)
            case "pid": try Self.insert(try Self.number(item), into: &filter.pids)
            case "namespace_pid":
                try Self.insert(try Self.number(item), into: &filter.namespacePIDs)
            case "binary": try Self.insert(try Self.text(item), into: &filter.binaries)
            case "binary_prefix":
                try Self.insert(try Self.text(item), into: &filter.binaryPrefixes)
            case "function":
                for name in Self.names(of: try Self.text(item)) {
                    try Self.insert(name, into: &filter.functions)
                }
            case "fields": paths += item.value.split(separator: ",").map(String.init)
            case "limit":
                limit = try Self.number(item)
                guard limit > 0 else { throw .badQuery("limit is 1 or more") }
            case "timeout":
                let seconds: Int = try Self.number(item)
                guard (1...Self.longestTimeout).contains(seconds) else {
                    throw .badQuery("timeout is 1 to \(Self.longestTimeout) seconds")
                }
                timeout = seconds
            case "since": start = try Self.start(item.value)
            default:
                throw .badQuery(
                    "unknown parameter \"\(item.name)\"; there are "
                        + Self.parameters.joined(separator: ", "))
            }
        }
        if request.query.contains(where: { $0.name == "fields" }) { mask = try Self.mask(paths) }
        if let id = request.headers["Last-Event-ID"], !id.isEmpty { start = .after(id) }
    }
}

// MARK: - Values

extension EventQuery {
    /// Values of one filter; each event is compared with all.
    private static let mostValues = 1000

    private static func insert<Value>(
        _ value: Value, into values: inout Set<Value>?
    ) throws(Problem) {
        values = values ?? []
        values?.insert(value)
        guard values?.count ?? 0 <= mostValues else {
            throw .badQuery("a filter has \(mostValues) values at most")
        }
    }

    private static func kind(_ text: String) throws(Problem) -> FrameKind {
        guard let kind = FrameKind.askedFor.first(where: { $0.rawValue == text }) else {
            let names = FrameKind.askedFor.map(\.rawValue).joined(separator: ", ")
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

    /// A text to compare with; an empty one would take all or nothing, and is a mistake.
    private static func text(_ item: QueryItem) throws(Problem) -> EscapedText {
        guard !item.value.isEmpty else { throw .badQuery("\(item.name) is empty") }
        return EscapedText(item.value)
    }

    /// A function as events name it; `sys_pipe2`, as policies do, is `__x64_sys_pipe2` there.
    private static func names(of function: EscapedText) -> [EscapedText] {
        let name = String(decoding: function.bytes, as: UTF8.self)
        return [function] + (name.hasPrefix("sys_") ? [EscapedText("__x64_" + name)] : [])
    }

    private static func mask(_ paths: [String]) throws(Problem) -> FieldMask {
        guard !paths.isEmpty else { throw .badQuery("fields names no field") }
        guard paths.count <= mostValues else {
            throw .badQuery("fields has \(mostValues) paths at most")
        }
        do throws(FieldMask.Fault) {
            return try FieldMask(paths)
        } catch {
            throw .badQuery(
                "fields are paths such as process.pid, or -process.arguments to leave it out, "
                    + "not \"\(error.path)\"")
        }
    }

    private static func start(_ text: String) throws(Problem) -> Start {
        switch text {
        case "now": return .now
        case "oldest": return .oldest
        default:
            if EventID(text) != nil { return .after(text) }
            if let time = Timestamp(text) { return .since(time.nanoseconds, text) }
            throw .badQuery(
                "since is an event's id, a time such as 2026-11-23T09:02:58Z, now or oldest, "
                    + "not \"\(text)\"")
        }
    }
}
