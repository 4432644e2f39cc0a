import Events
import HTTP

/// `/v1/session`: a token for a cookie, which an EventSource sends by itself.
struct SessionEndpoints: Sendable {
    let access: AccessControl

    private static let path = "/v1/session"

    var routes: [Route] {
        [
            Route("getSession", "GET", Self.path, needs: .read, respond: get),
            Route("beginSession", "POST", Self.path, needs: .read, changes: .beginSession, begin),
            Route(
                "endSession", "DELETE", Self.path, needs: .open, changes: .endSession,
                produces: [], end),
        ]
    }

    private func get(_ request: Request, _ path: PathParameters) -> Response {
        .json(describe(access.caller(of: request.head) ?? .nobody))
    }

    private func begin(
        _ request: Request, _ path: PathParameters, _ change: inout Change
    ) throws -> Response {
        let (caller, cookie) = try access.beginSession(request.head)
        var response = Response.json(describe(caller), status: 201)
        response.headers["Location"] = Self.path
        response.headers["Set-Cookie"] = cookie
        return response
    }

    private func end(
        _ request: Request, _ path: PathParameters, _ change: inout Change
    ) -> Response {
        if access.caller(of: request.head)?.isKnownByCookie != true { change.action = .none }
        return Response(
            status: 204,
            headers: ["Set-Cookie": access.endSession(request.head), "Cache-Control": "no-store"])
    }

    private func describe(_ caller: Caller) -> JSONWriter {
        var json = JSONWriter(capacity: 256)
        json.append("{\"scope\":")
        json.append(quoted: caller.scope.name)
        json.append(",\"name\":")
        if let name = caller.name { json.append(quoted: name) } else { json.append("null") }
        json.append(",\"session\":")
        json.append(caller.isKnownByCookie ? "true" : "false")
        json.append("}\n")
        return json
    }
}
