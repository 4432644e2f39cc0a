import CMicroHTTPD
import Synchronization

/// One request and its response.
///
/// Retained into libmicrohttpd's `con_cls` on the first call of the access handler, released in
/// the completed callback and nowhere else. Between them its methods are called on the
/// connection's HTTP thread, except ``finish(with:)`` and ``shutDown(_:)``.
final class Exchange: Sendable {
    private enum Phase {
        /// The body arrives. A refusal is sent when it has.
        case receiving(BodyCollector, refusal: Response?)
        /// The connection is suspended while the responder works.
        case responding(Task<Void, Never>)
        /// The connection is resumed; its HTTP thread takes the response from here.
        case ready(Response)
        /// libmicrohttpd has the response.
        case replied(BodyStream?)
    }

    private struct State {
        var phase: Phase
        var shutdown = Shutdown.none
    }

    private let head: RequestHead
    private let connection: Connection
    private let service: Service
    private let state: Mutex<State>

    init(_ head: RequestHead, connection: Connection, service: Service) {
        self.head = head
        self.connection = connection
        self.service = service
        let nothing = BodyCollector(limit: nil, discardLimit: 0)
        state = Mutex(State(phase: .receiving(nothing, refusal: nil)))
        service.aliveExchanges.add(1, ordering: .relaxed)
    }

    deinit { service.aliveExchanges.subtract(1, ordering: .relaxed) }

    /// Asks for admission: the headers are here.
    func begin() -> MHD_Result {
        service.watch.expect(on: connection.socket, within: service.limits.reception)
        if let fault = head.fault {
            var refusal = service.responder.refuse(fault, head: head)
            // Nobody knows where the next request would begin, or for whom it would be.
            refusal.headers["Connection"] = "close"
            return reply(refusal)
        }
        let discardLimit = service.limits.discardedBody
        let declared = head.declaredLength ?? 0
        let (limit, refusal) = admission(declared: declared)
        if let refusal, head.expectsContinue || declared > discardLimit {
            // The body is not sent yet, or never ends. libmicrohttpd closes the connection.
            return reply(refusal)
        }
        let collector = BodyCollector(limit: limit, discardLimit: discardLimit)
        state.withLock { $0.phase = .receiving(collector, refusal: refusal) }
        return .YES
    }

    private func admission(declared: Int) -> (limit: Int?, refusal: Response?) {
        guard state.withLock({ $0.shutdown }) == .none else {
            return (nil, service.responder.refuse(.stopping, head: head))
        }
        switch service.responder.admit(head) {
        case .accept(let limit) where declared <= limit: return (limit, nil)
        case .accept(let limit):
            return (nil, service.responder.refuse(.bodyTooLarge(limit: limit), head: head))
        case .refuse(let response): return (nil, response)
        }
    }

    /// Takes a piece of the body.
    func receive(_ piece: UnsafeRawBufferPointer) -> MHD_Result {
        let outcome = state.withLock { state -> BodyCollector.Outcome in
            guard case .receiving(var collector, let refusal) = state.phase else { return .taken }
            // The collector must be the only owner of its bytes, or appending copies them.
            state.phase = .replied(nil)
            let outcome = unsafe collector.receive(piece)
            state.phase = .receiving(collector, refusal: refusal)
            return outcome
        }
        switch outcome {
        case .taken: return .YES
        case .intolerable: return .NO
        case .overflowed(let limit):
            let refusal = service.responder.refuse(.bodyTooLarge(limit: limit), head: head)
            state.withLock { state in
                guard case .receiving(let collector, _) = state.phase else { return }
                state.phase = .receiving(collector, refusal: refusal)
            }
            return .YES
        }
    }

    /// Goes on with a complete request: twice, when its body is here and when it was resumed.
    func proceed() -> MHD_Result {
        let due = state.withLock { state -> Response? in
            switch state.phase {
            case .receiving(_, let refusal?): return refusal
            case .ready(let response): return response
            case .responding, .replied: return nil
            case .receiving(let collector, nil):
                guard state.shutdown == .none else {
                    return service.responder.refuse(.stopping, head: head)
                }
                service.watch.rest(connection.socket)
                connection.suspend()
                state.phase = .responding(respond(to: Request(head: head, body: collector.bytes)))
                return nil
            }
        }
        return due.map { reply($0) } ?? .YES
    }

    private func respond(to request: Request) -> Task<Void, Never> {
        Task { finish(with: await service.responder.respond(to: request)) }
    }

    /// Takes the responder's answer, on any thread.
    private func finish(with response: Response) {
        let isWanted = state.withLock { state in
            guard case .responding = state.phase else { return false }
            state.phase = .ready(response)
            connection.resume()
            return true
        }
        if !isWanted { response.body.discard() }
    }

    private func reply(_ response: Response) -> MHD_Result {
        service.watch.rest(connection.socket)
        var stream: BodyStream?
        if case .stream(let source) = response.body {
            stream = BodyStream(source, connection: connection)
            // A subscriber that does not read costs nobody else anything. The kernel gives up who
            // takes nothing over TCP; here it is libmicrohttpd, which looks away while one waits.
            let seconds = if case .unix = head.peer { service.limits.acknowledgement } else { 0 }
            connection.allowSilence(seconds: seconds)
        }
        state.withLock { state in
            state.phase = .replied(stream)
            stream?.shutDown(state.shutdown)
        }
        let isQueued = connection.queue(response, stream: stream, onMessage: service.onMessage)
        return isQueued ? .YES : .NO
    }

    /// Follows the daemon's stop, on any thread.
    func shutDown(_ shutdown: Shutdown) {
        let abandoned = state.withLock { state -> Task<Void, Never>? in
            state.shutdown = max(state.shutdown, shutdown)
            switch state.phase {
            case .receiving, .ready: return nil
            case .replied(let stream):
                stream?.shutDown(shutdown)
                return nil
            case .responding(let task):
                guard shutdown == .immediate else { return nil }
                state.phase = .ready(service.responder.refuse(.stopping, head: head))
                connection.resume()
                return task
            }
        }
        abandoned?.cancel()
    }

    /// The request is over.
    ///
    /// `keepsConnection` where another one may follow.
    func completed(keepsConnection: Bool) {
        let phase = state.withLock { state in
            defer { state.phase = .replied(nil) }
            return state.phase
        }
        if keepsConnection {
            let limits = service.limits
            service.watch.expect(
                on: connection.socket, within: limits.silence + limits.reception)
        }
        switch phase {
        case .receiving(_, let refusal?): refusal.body.discard()
        case .ready(let response): response.body.discard()
        case .replied(_?) where keepsConnection:
            connection.allowSilence(seconds: service.limits.silence)
        case .receiving, .responding, .replied: break
        }
    }
}
