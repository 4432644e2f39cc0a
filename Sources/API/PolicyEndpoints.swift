import Events
import HTTP
import Tracing

/// `/v1/policies`.
struct PolicyEndpoints: Sendable {
    let policies: PolicyRegistry

    /// Bytes of the largest document.
    static let documentLimit = 1024 * 1024

    /// What a policy is shown as: its status, or its document.
    private static let forms = ["application/json", "application/yaml"]

    var routes: [Route] {
        [
            Route("listPolicies", "GET", "/v1/policies", needs: .read, respond: list),
            Route(
                "addPolicy", "POST", "/v1/policies", needs: .admin, changes: .add,
                bodyLimit: Self.documentLimit, add),
            Route(
                "getPolicy", "GET", "/v1/policies/{name}", needs: .read, produces: Self.forms,
                respond: get),
            Route(
                "putPolicy", "PUT", "/v1/policies/{name}", needs: .admin, changes: .replace,
                bodyLimit: Self.documentLimit, put),
            Route(
                "patchPolicy", "PATCH", "/v1/policies/{name}", needs: .admin, changes: .patch,
                bodyLimit: 4096, patch),
            Route(
                "deletePolicy", "DELETE", "/v1/policies/{name}", needs: .admin, changes: .delete,
                produces: [], delete),
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

    private func add(
        _ request: Request, _ path: PathParameters, _ change: inout Change
    ) async throws -> Response {
        try Self.checkBody(request)
        if let trial = try DryRun(request) {
            change.action = .none
            return try await tryOut(request.body, trial)
        }
        do throws(PolicyRejection) {
            let status = try await policies.add(request.body)
            change.subjects = [Change.Subject(status)]
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
        if request.accepted.best(of: Self.forms) == "application/yaml",
            let document = await policies.document(name)
        {
            response = Response(
                status: 200, headers: ["Content-Type": "application/yaml"],
                body: .bytes(document))
        }
        response.headers["ETag"] = status.etag
        response.headers["Vary"] = "Accept"
        return response
    }

    /// Installs the document in the place of what has the name, without a gap.
    private func put(
        _ request: Request, _ path: PathParameters, _ change: inout Change
    ) async throws -> Response {
        let name = path["name"]
        let condition = try Precondition(request.headers)
        if let version = try Self.version(request) {
            change.action = .rollback
            return try await answer(&change) { () throws(PolicyRejection) in
                try await policies.restore(name, version: version, if: condition)
            }
        }
        try Self.checkBody(request)
        if let trial = try DryRun(request) {
            change.action = .none
            return try await tryOut(request.body, trial, expecting: name)
        }
        return try await answer(&change) { () throws(PolicyRejection) in
            try await policies.replace(name, with: request.body, if: condition)
        }
    }

    /// Which version the document is to be taken from; nil where it is the body.
    private static func version(_ request: Request) throws(Problem) -> Int? {
        guard request.query.map(\.name) == ["version"], let text = request.query.first?.value else {
            return nil
        }
        guard let number = Int(text), number > 0, !text.hasPrefix("+") else {
            throw .badQuery("version is the number of a version, not \"\(text)\"")
        }
        guard request.body.isEmpty else {
            throw .badQuery("with version there is no body: the document is that of the version")
        }
        return number
    }

    private func answer(
        _ change: inout Change,
        _ replace: () async throws(PolicyRejection) -> (PolicyRegistry.Replacement, PolicyStatus)
    ) async throws(Problem) -> Response {
        do throws(PolicyRejection) {
            let (replacement, status) = try await replace()
            if replacement == .added { change.action = .add }
            change.subjects = [Change.Subject(status)]
            var response = Response.json(status, status: replacement == .added ? 201 : 200)
            if replacement == .added {
                response.headers["Location"] = "/v1/policies/\(status.name)"
            }
            response.headers["ETag"] = status.etag
            return response
        } catch {
            throw Problem(error)
        }
    }

    /// Merges `{"enabled": false, "mode": "monitor"}` into the policy (RFC 7396).
    private func patch(
        _ request: Request, _ path: PathParameters, _ change: inout Change
    ) async throws -> Response {
        let patch = try PolicyPatch(request)
        let condition = try Precondition(request.headers)
        do throws(PolicyRejection) {
            let name = path["name"]
            let status = try await policies.change(
                name, enabled: patch.enabled, mode: patch.mode, if: condition)
            change.subjects = [Change.Subject(status, settings: true)]
            var response = Response.json(status)
            response.headers["ETag"] = status.etag
            return response
        } catch {
            throw Problem(error)
        }
    }

    private func tryOut(
        _ document: [UInt8], _ trial: DryRun, expecting expected: String? = nil
    ) async throws -> Response {
        do throws(PolicyRejection) {
            let (name, warnings) = try await policies.tryOut(document, loading: trial == .load)
            if let expected, name != expected { throw .otherName(name, expected: expected) }
            var json = JSONWriter(capacity: 256)
            json.append("{\"name\":")
            json.append(quoted: name)
            json.append(",\"dry_run\":")
            json.append(quoted: trial.rawValue)
            json.appendList(warnings, named: "warnings") { warning, json in json.append(warning) }
            json.append("}\n")
            return .json(json)
        } catch {
            throw Problem(error)
        }
    }

    private func delete(
        _ request: Request, _ path: PathParameters, _ change: inout Change
    ) async throws -> Response {
        let name = path["name"]
        let condition = try Precondition(request.headers)
        do throws(PolicyRejection) {
            let (version, digest) = try await policies.remove(name, if: condition)
            change.subjects = [Change.Subject(policy: name, version: version, digest: digest)]
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
    static func checkBody(_ request: Request) throws(Problem) {
        guard request.announcesBody else { throw .lengthRequired }
        guard let field = request.headers["Content-Type"] else { return }
        let type = field.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard documentTypes.contains(type) else { throw .unsupportedType(field) }
    }
}
