import Events
import HTTP
import Tracing

/// `/v1/policies`.
struct PolicyEndpoints: Sendable {
    let policies: PolicyRegistry

    /// Bytes of the largest document.
    static let documentLimit = 1024 * 1024

    var routes: [Route] {
        [
            Route("listPolicies", "GET", "/v1/policies", respond: list),
            Route(
                "addPolicy", "POST", "/v1/policies", bodyLimit: Self.documentLimit, respond: add),
            Route("getPolicy", "GET", "/v1/policies/{name}", respond: get),
            Route("deletePolicy", "DELETE", "/v1/policies/{name}", respond: delete),
        ]
    }

    private func list(_ request: Request, _ path: PathParameters) async throws -> Response {
        var json = JSONWriter()
        json.append("{\"count\":")
        let statuses = await policies.statuses()
        json.append(statuses.count)
        json.appendList(statuses, named: "policies") { status, json in json.append(status) }
        json.append("}\n")
        return .json(json)
    }

    private func add(_ request: Request, _ path: PathParameters) async throws -> Response {
        try checkType(request)
        do throws(PolicyRejection) {
            let status = try await policies.add(request.body)
            var response = Response.json(status, status: 201)
            response.headers["Location"] = "/v1/policies/\(status.name)"
            response.headers["ETag"] = status.etag
            return response
        } catch {
            throw Problem(error)
        }
    }

    private func get(_ request: Request, _ path: PathParameters) async throws -> Response {
        let name = path["name"]
        guard let status = await policies.status(name) else { throw Problem(.notFound(name)) }
        var response = Response.json(status)
        if request.accepts("application/yaml"), let document = await policies.document(name) {
            response = Response(
                status: 200, headers: ["Content-Type": "application/yaml"],
                body: .bytes(document))
        }
        response.headers["ETag"] = status.etag
        response.headers["Vary"] = "Accept"
        return response
    }

    private func delete(_ request: Request, _ path: PathParameters) async throws -> Response {
        do throws(PolicyRejection) {
            try await policies.remove(path["name"])
        } catch {
            throw Problem(error)
        }
        return Response(status: 204)
    }

    private static let documentTypes: Set = [
        "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain",
        "application/json",
    ]

    /// A body without a type is taken for what it says itself.
    private func checkType(_ request: Request) throws(Problem) {
        guard let field = request.headers["Content-Type"] else { return }
        let type = field.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard Self.documentTypes.contains(type) else { throw .unsupportedType(field) }
    }
}
