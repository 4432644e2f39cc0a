/// Answers requests: the one thing that a ``Daemon`` needs to be given.
///
/// It is asked once there is a head. What is none, or too large for the connection's memory, or of
/// another version (400, 413, 414, 431, 505), libmicrohttpd 0.9.75 answers itself, by pages of HTML
/// that are constants of its code: it has no callback there, and takes a response nowhere but in the
/// access handler.
public protocol Responder: Sendable {
    /// Decides on a request whose headers are here and whose body is not.
    ///
    /// Called on an HTTP thread: must not block.
    func admit(_ head: RequestHead) -> Admission

    /// Answers an admitted request when its body is complete.
    ///
    /// Its connection waits without holding a thread. Cancelled when the daemon stops and cannot
    /// wait any longer; the response is then dropped.
    func respond(to request: Request) async -> Response

    /// Answers what cannot be served for a reason of HTTP's own.
    ///
    /// Called on an HTTP thread: must not block.
    func refuse(_ problem: TransportProblem, head: RequestHead) -> Response
}

/// Whether a request's body is read.
public enum Admission: Sendable {
    /// Read a body of at most this many bytes, then ask for the response.
    case accept(bodyLimit: Int)
    /// Do not read the body; this is the answer.
    case refuse(Response)
}

/// Why a request was not passed on.
public enum TransportProblem: Sendable, Equatable {
    /// Others may read the request as another one, for this reason: 400.
    case malformed(String)
    /// The request target has no form that there is, or is not for this server, for this reason: 400.
    case badTarget(String)
    /// The body is longer than was admitted: 413.
    case bodyTooLarge(limit: Int)
    /// The daemon is stopping: 503.
    case stopping
}
