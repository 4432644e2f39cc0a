import HTTP
import Tracing

/// `/v1/events`.
struct EventEndpoints: Sendable {
    let log: EventLog
    let policies: PolicyRegistry
    let heartbeat: Heartbeat

    var routes: [Route] { [Route("streamEvents", "GET", "/v1/events", respond: stream)] }

    private func stream(_ request: Request, _ path: PathParameters) async throws -> Response {
        let query = try await EventQuery(request) { await policies.id(of: $0) }
        let form: Cursor.Form =
            request.accepts("application/x-ndjson") ? .lines : .serverSentEvents
        var headers: Headers = [
            "Content-Type": form == .lines ? "application/x-ndjson" : "text/event-stream",
            "Cache-Control": "no-store",
            // Proxies that gather responses would hold events back.
            "X-Accel-Buffering": "no",
        ]
        headers["X-Content-Type-Options"] = "nosniff"
        let stream = EventStream(log: log, query: query, form: form, heartbeat: heartbeat)
        return Response(status: 200, headers: headers, body: .stream(stream))
    }
}
