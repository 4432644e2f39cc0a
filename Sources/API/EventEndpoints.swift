import HTTP
import Tracing

/// `/v1/events`.
struct EventEndpoints: Sendable {
    let log: EventLog
    let heartbeat: Heartbeat
    let subscribers: Subscribers
    let access: AccessControl
    /// A policy's id by its name, nil where there are too many names.
    let policyID: @Sendable (String) async -> UInt32?

    var routes: [Route] {
        [
            Route(
                "streamEvents", "GET", "/v1/events", needs: .read,
                produces: ["text/event-stream", "application/x-ndjson"], respond: stream)
        ]
    }

    private func stream(_ request: Request, _ path: PathParameters) async throws -> Response {
        let query = try await EventQuery(request, policyID: policyID)
        let seat = try subscribers.admit(from: request.peer.address)
        let type = request.accepted.best(of: ["text/event-stream", "application/x-ndjson"])
        let form: Cursor.Form = type == "application/x-ndjson" ? .lines : .serverSentEvents
        let caller = access.caller(of: request.head) ?? .nobody
        let stream = EventStream(
            log: log, query: query, form: form, heartbeat: heartbeat, seat: seat,
            isWelcome: { [access] in access.isStillGood(caller) })
        var response = Response(
            status: 200,
            headers: [
                "Content-Type": form == .lines ? "application/x-ndjson" : "text/event-stream",
                "Cache-Control": "no-store",
                "Vary": "Accept, Accept-Encoding",
                // Proxies that gather responses would hold events back.
                "X-Accel-Buffering": "no",
            ], body: .stream(stream))
        if request.acceptedCodings.takes(coding: "gzip") {
            response.headers["Content-Encoding"] = "gzip"
            response.body = .stream(GzipSource(stream))
        }
        return response
    }
}
