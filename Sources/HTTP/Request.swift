/// One `name=value` of a query, decoded.
///
/// A name without `=` has an empty value.
public struct QueryItem: Sendable, Hashable {
    /// The name, decoded.
    public var name: String
    /// The value, decoded.
    public var value: String

    /// Makes an item from decoded text.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A request without its body: what is known when the headers have arrived.
public struct RequestHead: Sendable {
    /// The method as it was sent, such as `GET`.
    public var method: String
    /// The path without the query, percent-decoded; `*` where the request is about all of the server.
    public var path: String
    /// The path's parts, split at `/` before they were decoded.
    ///
    /// So an encoded slash stays inside its segment: `/v1/a%2Fb` is `["v1", "a/b"]`.
    public var segments: [String]
    /// The query in order, repeated names kept.
    public var query: [QueryItem]
    /// The header fields in order.
    public var headers: Headers
    /// Who sent it.
    public var peer: Peer
    /// Where it arrived; nil where it came by no daemon.
    public var listener: ListenAddress?
    /// Whether it came encrypted.
    public var isTLS: Bool
    /// Numbers the requests of one daemon from 1.
    public var id: UInt64
    /// What ``path`` and ``segments`` were taken from.
    let target: RequestTarget

    /// Makes a head.
    ///
    /// `target` is as it is on the wire, but without a query: a path, mostly, or a whole URI.
    public init(
        method: String, target: String, query: [QueryItem] = [], headers: Headers = Headers(),
        peer: Peer = .unknown, listener: ListenAddress? = nil, isTLS: Bool = false, id: UInt64 = 0
    ) {
        let target = RequestTarget(target, method: method)
        self.method = method
        self.target = target
        self.path = String(percentDecoding: target.path)
        self.segments = target.path.split(separator: "/").map { String(percentDecoding: $0) }
        self.query = query
        self.headers = headers
        self.peer = peer
        self.listener = listener
        self.isTLS = isTLS
        self.id = id
    }

    /// Whom the request is for, with the port where there is one; nil where it does not say that.
    ///
    /// This and not `Host` is for whoever asks whether the request is for this service: where the
    /// target is a URI, its authority counts (RFC 9112, 3.2.2), and `Host` has been compared with it.
    public var host: String? { target.authority?.description ?? headers["Host"] }

    /// Whether the peer says that there is a body, if only an empty one (RFC 9112, 6.3).
    public var announcesBody: Bool {
        headers["Content-Length"] != nil || headers["Transfer-Encoding"] != nil
    }

    /// How long the peer says that the body is.
    var declaredLength: Int? { headers["Content-Length"].flatMap { Int($0) } }

    /// Whether the peer waits for permission before it sends the body (RFC 9110, 10.1.1).
    var expectsContinue: Bool {
        headers["Expect"]?.equalsIgnoringCase("100-continue") ?? false
    }
}

/// A complete request.
///
/// What its head knows is read through it: `request.method`.
@dynamicMemberLookup
public struct Request: Sendable {
    /// Everything but the body.
    public var head: RequestHead
    /// The body, at most as long as its ``Admission`` allowed.
    public var body: [UInt8]

    /// Makes a request.
    public init(head: RequestHead, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }

    /// A property of the head.
    public subscript<Value>(dynamicMember property: KeyPath<RequestHead, Value>) -> Value {
        head[keyPath: property]
    }
}
