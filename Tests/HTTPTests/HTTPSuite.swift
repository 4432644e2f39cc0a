import Dispatch
import Glibc
import HTTP
import Testing

/// Holds every suite that opens sockets.
///
/// Serialized: they measure time, and share two cores.
@Suite("HTTP on a loopback socket", .serialized, .timeLimit(.minutes(2)))
struct HTTPSuite {}

/// Runs `body`, which blocks, where it does not hold one of the few threads that `async` code has.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}

/// Waits until `condition` holds, for at most this long.
func eventually(within limit: Duration = .seconds(30), _ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        usleep(500)
    }
    return true
}

extension Limits {
    /// None of time: nothing ends because somebody took too long.
    static var patient: Limits {
        var limits = Limits()
        limits.silence = 600
        limits.reception = 600
        return limits
    }
}

/// A responder made of closures.
struct Script: Responder {
    var bodyLimit = 1024 * 1024
    var onAdmit: @Sendable (RequestHead) -> Admission? = { _ in nil }
    var onRequest: @Sendable (Request) async -> Response = { echo($0) }

    func admit(_ head: RequestHead) -> Admission { onAdmit(head) ?? .accept(bodyLimit: bodyLimit) }

    func respond(to request: Request) async -> Response { await onRequest(request) }

    func refuse(_ problem: TransportProblem, head: RequestHead) -> Response {
        switch problem {
        case .malformed(let reason), .badTarget(let reason): text(400, reason)
        case .bodyTooLarge(let limit): text(413, "at most \(limit)")
        case .stopping: text(503, "stopping")
        }
    }
}

func text(_ status: Int, _ body: String) -> Response {
    Response(
        status: status, headers: ["Content-Type": "text/plain"], body: .bytes(Array(body.utf8)))
}

/// The method and path, then the body.
func echo(_ request: Request) -> Response {
    var response = text(200, "\(request.method) \(request.path)\n")
    response.body = .bytes(Array("\(request.method) \(request.path)\n".utf8) + request.body)
    return response
}

/// Listens on a port of its own, or where it is told to.
func startDaemon(
    _ script: Script = Script(), on addresses: String..., tls: TLSFiles? = nil,
    limits: Limits = Limits(), onMessage: @escaping @Sendable (String) -> Void = { _ in }
) throws -> Daemon {
    let sockets = try (addresses.isEmpty ? ["127.0.0.1:0"] : addresses).map {
        try ListenSocket(
            at: ListenAddress(parsing: $0), acknowledgement: limits.acknowledgement)
    }
    return try Daemon(
        sockets: sockets, tls: tls, limits: limits, responder: script, onMessage: onMessage)
}
