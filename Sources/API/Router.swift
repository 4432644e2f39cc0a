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

    /// Answers what needs no body: strangers, unknown paths, other methods and types, `OPTIONS`.
    public func admit(_ head: RequestHead) -> Admission {
        do throws(Problem) {
            try origins.check(head)
            try Self.checkSize(head.headers)
            if head.method == "OPTIONS" { return .refuse(try options(head)) }
            let route = try find(head).route
            guard route.produces.isEmpty || head.accepted.best(of: route.produces) != nil else {
                throw .notAcceptable(route.produces)
            }
            return .accept(bodyLimit: route.bodyLimit)
        } catch {
            return .refuse(error.response)
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
        return Response(status: 204, headers: ["Allow": Self.list(methods)])
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
        case .malformed(let reason): Problem.badHeader(reason).response
        case .bodyTooLarge(let limit): Problem.bodyTooLarge(limit: limit).response
        case .stopping: Problem.stopping.response
        }
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
