/// What is sent back.
public struct Response: Sendable {
    /// The status code, 200 to 599.
    public let status: Int
    /// The header fields.
    ///
    /// The daemon adds `Date`, `Connection` and the body's length or encoding. A field that
    /// libmicrohttpd refuses (a line break in its value, a `Content-Length`) is left out, and a
    /// message says so.
    public var headers: Headers
    /// The body.
    ///
    /// It is left out where HTTP has none: `HEAD`, 204, 304.
    public var body: Body

    /// Makes a response.
    public init(status: Int, headers: Headers = Headers(), body: Body = .bytes([])) {
        precondition((200...599).contains(status), "\(status) is not a final status code")
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The body of a response.
public enum Body: Sendable {
    /// Bytes that are there already.
    case bytes([UInt8])
    /// Bytes that are produced while they are sent.
    ///
    /// A source serves one response.
    case stream(any ByteSource)

    /// Tells a source that its response will never be sent.
    func discard() {
        if case .stream(let source) = self { source.closed() }
    }
}
