import HTTP

/// One line of the route table.
public struct Route: Sendable {
    /// The operationId in openapi/openapi.yaml.
    public let operation: String
    /// The HTTP method; HEAD is served wherever GET is.
    public let method: String
    /// The path, in which `{name}` stands for one segment, and `{name...}` at the end for the rest.
    public let path: String
    /// Media types of what it answers with, the usual first; none where that depends on the path.
    let produces: [String]
    /// Bytes of body that are read.
    let bodyLimit: Int
    /// What it asks of who calls it.
    let needs: Scope
    let endpoint: Endpoint

    /// What answers a request.
    enum Endpoint: Sendable {
        /// It changes nothing.
        case question(@Sendable (Request, PathParameters) async throws -> Response)
        /// It is audited, and says what it finds out about the change.
        case change(
            Change.Action,
            @Sendable (Request, PathParameters, inout Change) async throws -> Response)
    }

    /// A route that changes nothing.
    init(
        _ operation: String, _ method: String, _ path: String, needs: Scope,
        produces: [String] = ["application/json"], bodyLimit: Int = 0,
        respond: @escaping @Sendable (Request, PathParameters) async throws -> Response
    ) {
        self.operation = operation
        self.method = method
        self.path = path
        self.needs = needs
        self.produces = produces
        self.bodyLimit = bodyLimit
        endpoint = .question(respond)
    }

    /// A route that changes something.
    init(
        _ operation: String, _ method: String, _ path: String, needs: Scope,
        changes: Change.Action, produces: [String] = ["application/json"], bodyLimit: Int = 0,
        _ carryOut:
            @escaping @Sendable (Request, PathParameters, inout Change) async throws -> Response
    ) {
        self.operation = operation
        self.method = method
        self.path = path
        self.needs = needs
        self.produces = produces
        self.bodyLimit = bodyLimit
        endpoint = .change(changes, carryOut)
    }

    /// Whether the path ends in a placeholder for any number of segments.
    var takesRest: Bool { path.hasSuffix("...}") }

    /// What the path's placeholders stand for, or nil where the path is another.
    func match(_ segments: [String]) -> PathParameters? {
        let pattern = path.split(separator: "/")
        guard takesRest ? segments.count >= pattern.count : segments.count == pattern.count else {
            return nil
        }
        var parameters = PathParameters()
        for (part, segment) in zip(pattern, segments) {
            if part.hasPrefix("{") {
                parameters.values[String(part.dropFirst().dropLast())] = segment
            } else if part != segment {
                return nil
            }
        }
        return parameters
    }
}

/// The segments that a route's placeholders stand for.
struct PathParameters: Sendable {
    fileprivate(set) var values: [String: String] = [:]

    /// The segment for a placeholder that the route's path has.
    subscript(name: String) -> String { values[name, default: ""] }
}
