public import HTTP
import Logging

/// Answers requests by the route table.
public struct Router: Responder {
    /// Every route, in the order of the contract.
    public let routes: [Route]
    private let guards: Guards
    private let logger: Logger

    /// What stands before every route.
    struct Guards: Sendable {
        let origins: OriginPolicy
        let others: CrossOrigins
        let access: AccessControl
        let audit: AuditLog
    }

    /// Joins the endpoints' routes.
    init(routes: [Route], guards: Guards, logger: Logger) {
        self.routes = routes
        self.guards = guards
        self.logger = logger
    }

    /// Answers what needs no body: strangers, unknown paths, other methods and types, `OPTIONS`.
    public func admit(_ head: RequestHead) -> Admission {
        do throws(Problem) {
            try guards.origins.check(head)
        } catch {
            return .refuse(finished(error.response, to: head))
        }
        do throws(Problem) {
            try Self.checkSize(head.headers)
            guard head.method != "CONNECT" else { throw .noTunnels }
            if head.method == "OPTIONS" { return .refuse(finished(try options(head), to: head)) }
            let route = try find(head).route
            _ = try guards.access.admit(head, to: route.needs)
            guard route.produces.isEmpty || head.accepted.best(of: route.produces) != nil else {
                throw .notAcceptable(route.produces)
            }
            return .accept(bodyLimit: route.bodyLimit)
        } catch {
            return .refuse(refused(error, head))
        }
    }

    /// Bytes of header fields; libmicrohttpd itself refuses what is twice as long.
    private static let headerLimit = 16 * 1024

    private static func checkSize(_ headers: Headers) throws(Problem) {
        let size = headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard size <= headerLimit else { throw .headersTooLarge(limit: headerLimit) }
    }

    /// What can be done with a path; with `*`, with any.
    private func options(_ head: RequestHead) throws(Problem) -> Response {
        let methods =
            head.path == "*" ? Set(routes.map(\.method)).sorted() : self.methods(of: head.segments)
        guard !methods.isEmpty else { throw .noSuchPath(head.path) }
        return guards.others.preflight(head, methods: methods)
            ?? Response(status: 204, headers: ["Allow": Self.list(methods)])
    }

    /// Runs the endpoint, and turns what it throws into a problem document.
    public func respond(to request: Request) async -> Response {
        let head = request.head
        do throws(Problem) {
            let (route, parameters) = try find(head)
            // Once more: the token may be gone since the headers came.
            let caller = try guards.access.admit(head, to: route.needs)
            switch route.endpoint {
            case .question(let respond):
                return finished(
                    await response(to: request) { try await respond(request, parameters) }, to: head
                )
            case .change(let action, let carryOut):
                var change = Change(
                    action, policy: parameters.values["name"],
                    document: action.takesDocument ? request.body : [])
                let response = await response(to: request) {
                    try await carryOut(request, parameters, &change)
                }
                guards.audit.write(change, by: caller, in: head, status: response.status)
                return finished(response, to: head)
            }
        } catch {
            return refused(error, head)
        }
    }

    private func response(
        to request: Request, _ endpoint: () async throws -> Response
    ) async -> Response {
        do {
            return try await endpoint()
        } catch let problem as Problem {
            return problem.response
        } catch {
            logger.error("request \(request.id): \(request.method) \(request.path): \(error)")
            return Problem.internalError(request: request.id).response
        }
    }

    /// Answers what the HTTP layer could not pass on.
    public func refuse(_ problem: TransportProblem, head: RequestHead) -> Response {
        switch problem {
        case .malformed(let reason): refused(.badHeader(reason), head)
        case .badTarget(let reason): refused(.badTarget(reason), head)
        case .bodyTooLarge(let limit): refused(.bodyTooLarge(limit: limit), head)
        case .stopping: refused(.stopping, head)
        }
    }

    /// A refusal; of a change by somebody who is known it is for the audit log, too.
    private func refused(_ problem: Problem, _ head: RequestHead) -> Response {
        if let (route, parameters) = try? find(head), case .change(let action, _) = route.endpoint,
            let caller = guards.access.caller(of: head)
        {
            let change = Change(action, policy: parameters.values["name"])
            guards.audit.write(change, by: caller, in: head, status: problem.status)
        }
        return finished(problem.response, to: head)
    }

    /// An answer with what all of them have.
    private func finished(_ response: Response, to head: RequestHead) -> Response {
        var response = response
        AnswerHeaders.add(to: &response)
        guards.others.mark(&response, to: head)
        return response
    }

    private func find(_ head: RequestHead) throws(Problem) -> (route: Route, PathParameters) {
        let method = head.method == "HEAD" ? "GET" : head.method
        let methods = methods(of: head.segments)
        // What takes any path does not take one that is another route's.
        for route in routes where route.method == method && (methods.isEmpty || !route.takesRest) {
            if let parameters = route.match(head.segments) { return (route, parameters) }
        }
        guard !methods.isEmpty else { throw .noSuchPath(head.path) }
        throw .methodNotAllowed(head.method, allowed: Self.list(methods))
    }

    /// The methods of the routes with this path.
    private func methods(of segments: [String]) -> [String] {
        // A path that only the viewer's files could have is no path for other methods.
        routes.filter { !$0.takesRest && $0.match(segments) != nil }.map(\.method)
    }

    /// As `Allow` lists methods.
    private static func list(_ methods: [String]) -> String {
        (methods + (methods.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]).joined(separator: ", ")
    }
}
