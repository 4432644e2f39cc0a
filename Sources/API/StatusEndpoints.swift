import Events
import HTTP
import Tracing

/// `/healthz`, `/readyz`, `/metrics` and `/v1/status`.
struct StatusEndpoints: Sendable {
    let service: TracingService
    let subscribers: Subscribers
    let access: AccessControl
    /// Nil without TLS.
    let tls: TLSFiles?

    var routes: [Route] {
        [
            Route("getHealth", "GET", "/healthz", needs: .open) { _, _ in
                var json = JSONWriter(capacity: 64)
                json.append("{\"status\":\"ok\"}\n")
                return .json(json)
            },
            Route("getReadiness", "GET", "/readyz", needs: .open, respond: readiness),
            Route("getMetrics", "GET", "/metrics", needs: .read, produces: ["text/plain"]) { _, _ in
                Response(
                    status: 200,
                    headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
                    body: .bytes(Array(await MetricsPage(service, subscribers, tls).text.utf8)))
            },
            Route("getStatus", "GET", "/v1/status", needs: .read, respond: status),
        ]
    }

    /// Ready even when a stored policy failed: the others trace, and one is as good as none.
    private func readiness(_ request: Request, _ path: PathParameters) async -> Response {
        let failed = await service.policies.statuses().filter { $0.state == .loadError }
        // Anybody may ask, but the names of policies are for those who may look.
        let mayLook = access.caller(of: request.head).map { $0.scope >= .read } ?? false
        var json = JSONWriter(capacity: 256)
        json.append("{\"status\":")
        json.append(quoted: failed.isEmpty ? "ready" : "degraded")
        json.appendList(failed, named: "reasons") { policy, json in
            json.append(
                quoted: mayLook
                    ? "policy \(policy.name): \(policy.error ?? "not loaded")"
                    : "a policy was not loaded; a token tells which")
        }
        json.append("}\n")
        return .json(json)
    }

    /// Where the stream stands, and what has not come through.
    private func status(_ request: Request, _ path: PathParameters) async -> Response {
        let log = service.log
        let newest = log.newest
        var json = JSONWriter(capacity: 1024)
        json.append("{\"boot\":")
        json.append(quoted: log.boot)
        json.append(",\"started\":")
        json.append(quotedTime: log.start)
        json.append(",\"log\":{\"capacity_bytes\":")
        json.append(log.capacity)
        json.append(",\"newest\":")
        json.append(quoted: "\(newest)")
        json.append(",\"oldest\":")
        json.append(quoted: "\(EventID(boot: log.boot, sequence: log.oldestSequence))")
        json.append("},\"subscribers\":{\"open\":")
        json.append(subscribers.count)
        json.append(",\"refused\":")
        json.append(count: subscribers.refused)
        json.append("},\"counters\":")
        json.append(await service.stageCounters())
        json.append("}\n")
        return .json(json)
    }
}
