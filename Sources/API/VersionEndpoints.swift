import Events
import HTTP
import Tracing

/// `/v1/policies/{name}/versions`: the documents that a policy has had.
struct VersionEndpoints: Sendable {
    let policies: PolicyRegistry

    var routes: [Route] {
        [
            Route(
                "listPolicyVersions", "GET", "/v1/policies/{name}/versions", needs: .read,
                respond: list),
            Route(
                "getPolicyVersion", "GET", "/v1/policies/{name}/versions/{version}",
                needs: .read, produces: ["application/yaml"], respond: get),
        ]
    }

    private func list(_ request: Request, _ path: PathParameters) async throws -> Response {
        let versions = try await versions(of: path["name"])
        var json = JSONWriter()
        json.append("{\"count\":")
        json.append(versions.count)
        json.appendList(versions, named: "versions") { version, json in
            json.append("{\"version\":")
            json.append(version.number)
            json.append(",\"stored\":")
            json.append(quotedTime: version.stored)
            json.append(",\"etag\":")
            json.append(quoted: version.etag)
            json.append("}")
        }
        json.append("}\n")
        return .json(json)
    }

    private func get(_ request: Request, _ path: PathParameters) async throws -> Response {
        let versions = try await versions(of: path["name"])
        guard let version = versions.first(where: { "\($0.number)" == path["version"] }) else {
            throw Problem.noSuchVersion(path["version"], of: path["name"])
        }
        return Response(
            status: 200,
            headers: [
                "Content-Type": "application/yaml", "Cache-Control": "no-store",
                "ETag": version.etag,
            ], body: .bytes(version.document))
    }

    private func versions(of name: String) async throws(Problem) -> [PolicyVersion] {
        do throws(PolicyRejection) {
            return try await policies.versions(of: name)
        } catch {
            throw Problem(error)
        }
    }
}
