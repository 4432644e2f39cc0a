import Events
import HTTP
import Tracing

/// `/healthz`, `/readyz` and `/metrics`.
struct StatusEndpoints: Sendable {
    let service: TracingService

    var routes: [Route] {
        [
            Route("getHealth", "GET", "/healthz") { _, _ in
                var json = JSONWriter(capacity: 64)
                json.append("{\"status\":\"ok\"}\n")
                return .json(json)
            },
            Route("getReadiness", "GET", "/readyz", respond: readiness),
            Route("getMetrics", "GET", "/metrics") { _, _ in
                Response(
                    status: 200,
                    headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
                    body: .bytes(Array(await MetricsPage(service).text.utf8)))
            },
        ]
    }

    /// Ready even when a stored policy failed: the others trace, and one is as good as none.
    private func readiness(_ request: Request, _ path: PathParameters) async -> Response {
        let failed = await service.policies.statuses().filter { $0.state == .loadError }
        var json = JSONWriter(capacity: 256)
        json.append("{\"status\":")
        json.append(quoted: failed.isEmpty ? "ready" : "degraded")
        json.appendList(failed, named: "reasons") { policy, json in
            json.append(quoted: "policy \(policy.name): \(policy.error ?? "not loaded")")
        }
        json.append("}\n")
        return .json(json)
    }
}
