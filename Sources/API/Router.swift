public import HTTP
import Logging

/// Answers requests by the route table.
public struct Router: Responder {
    /// Every route, in the order of the contract.
    public let routes: [Route]
    private let origins: OriginPolicy
    private let logger: Logger

    /// Joins the endpoints' routes.
    init(routes: [Route], origins: OriginPolicy, logger: Logger) {
        self.routes = routes
        self.origins = origins
        self.logger = logger
    }

    /// Refuses what needs no body to be refused: strangers, unknown paths, other methods.
    public func admit(_ head: RequestHead) -> Admission {
        do throws(Problem) {
            try origins.check(head)
            return .accept(bodyLimit: try find(head).route.bodyLimit)
        } catch {
            return .refuse(error.response)
        }
    }

    /// Runs the endpoint, and turns what it throws into a problem document.
    public func respond(to request: Request) async -> Response {
        do {
            let (route, parameters) = try find(request.head)
            return try await route.respond(request, parameters)
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
        case .bodyTooLarge(let limit): Problem.bodyTooLarge(limit: limit).response
        case .stopping: Problem.stopping.response
        }
    }

    private func find(_ head: RequestHead) throws(Problem) -> (route: Route, PathParameters) {
        let method = head.method == "HEAD" ? "GET" : head.method
        var allowed: [String] = []
        for route in routes {
            guard let parameters = route.match(head.segments) else { continue }
            if route.method == method { return (route, parameters) }
            // A path that only the viewer's files could have is no path for other methods.
            if !route.takesRest { allowed.append(route.method) }
        }
        guard !allowed.isEmpty else { throw .noSuchPath(head.path) }
        if allowed.contains("GET") { allowed.append("HEAD") }
        throw .methodNotAllowed(head.method, allowed: allowed)
    }
}
