import Events
import HTTP
import Policy
import Tracing

/// `/v1/policies:batch`: several policies at once, all of them or none.
struct PolicySetEndpoints: Sendable {
    let policies: PolicyRegistry

    /// Bytes of all documents together.
    static let limit = 4 * 1024 * 1024
    /// Documents in one set.
    static let mostDocuments = 256

    var routes: [Route] {
        [
            Route(
                "putPolicies", "POST", "/v1/policies:batch", needs: .admin, changes: .batch,
                bodyLimit: Self.limit, put)
        ]
    }

    private func put(
        _ request: Request, _ path: PathParameters, _ change: inout Change
    ) async throws -> Response {
        try PolicyEndpoints.checkBody(request)
        let documents = DocumentStream(request.body).documents
        guard documents.count <= Self.mostDocuments else {
            throw Problem.tooManyDocuments(documents.count, limit: Self.mostDocuments)
        }
        do throws(PolicyRejection) {
            // One that is empty says so itself.
            let bodies = documents.isEmpty ? [[]] : documents.map(\.bytes)
            let statuses = try await policies.replace(bodies)
            change.subjects = statuses.map { Change.Subject($0) }
            var json = JSONWriter()
            json.append("{\"count\":")
            json.append(statuses.count)
            json.appendList(statuses, named: "policies") { status, json in json.append(status) }
            json.append("}\n")
            return .json(json)
        } catch {
            throw Problem(error).located(in: documents)
        }
    }
}
