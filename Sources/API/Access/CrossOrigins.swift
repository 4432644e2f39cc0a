import HTTP

/// Pages of which other sites may call the service (the Fetch standard's CORS protocol).
///
/// They send a token: cookies are not for them, and they are told so.
public struct CrossOrigins: Sendable, Equatable {
    private let origins: Set<String>

    /// None.
    public static let none = CrossOrigins(origins: [])

    private init(origins: Set<String>) { self.origins = origins }

    /// Reads origins as browsers send them, such as `https://tools.example:8443`.
    public init(parsing texts: [String]) throws(CrossOriginError) {
        for text in texts { try Self.check(text) }
        origins = Set(texts)
    }

    private static func check(_ text: String) throws(CrossOriginError) {
        guard text != "*" else { throw .everybody }
        let schemes = [("http://", ":80"), ("https://", ":443")]
        guard let (scheme, port) = schemes.first(where: { text.hasPrefix($0.0) }) else {
            throw .noScheme(text)
        }
        let host = text.dropFirst(scheme.count)
        guard text == text.lowercased() else { throw .other(text, text.lowercased()) }
        if host.hasSuffix(port), !host.dropLast(port.count).isEmpty {
            throw .other(text, String(text.dropLast(port.count)))
        }
        let end = host.prefix { $0 != "/" }
        guard end == host else { throw .other(text, scheme + end) }
        let form = /([a-z0-9_.\-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?/
        guard host.wholeMatch(of: form) != nil else { throw .noScheme(text) }
    }

    /// The origin of a request, where its pages may call.
    func origin(of head: RequestHead) -> String? {
        head.headers["Origin"].flatMap { origins.contains($0) ? $0 : nil }
    }

    /// Tells a browser whether its page gets to see an answer.
    func mark(_ response: inout Response, to head: RequestHead) {
        guard !origins.isEmpty else { return }
        let vary = response.headers["Vary"].map { $0 + ", " } ?? ""
        response.headers["Vary"] = vary + "Origin"
        guard let origin = origin(of: head) else { return }
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] =
            "ETag, Location, Retry-After, WWW-Authenticate"
    }

    /// Answers a browser that asks whether a page may send what it wants to; nil for other requests.
    func preflight(_ head: RequestHead, methods: [String]) -> Response? {
        guard origin(of: head) != nil, head.headers["Access-Control-Request-Method"] != nil else {
            return nil
        }
        return Response(
            status: 204,
            headers: [
                "Access-Control-Allow-Methods": methods.joined(separator: ", "),
                "Access-Control-Allow-Headers":
                    "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID",
                // As long as browsers keep it at most, or longer.
                "Access-Control-Max-Age": "7200",
            ])
    }
}

/// Why a text is no origin that pages can have.
public enum CrossOriginError: Error, Equatable, CustomStringConvertible {
    /// `*` would let any page that somebody opens in.
    case everybody
    /// It is not of the form.
    case noScheme(String)
    /// Browsers write it in another way.
    case other(String, String)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .everybody: "'*' would be every page that somebody opens; name the origins one by one"
        case .noScheme(let text): "'\(text)' is no origin, such as https://tools.example:8443"
        case .other(let text, let right): "browsers write the origin '\(text)' as '\(right)'"
        }
    }
}
