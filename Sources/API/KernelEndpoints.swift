import Dispatch
import Events
import HTTP
import Kernel
import Tracing

/// `/v1/functions` and `/v1/kernel`: what a policy could hook, and how.
///
/// Both may have to read or try something first, so they are answered one after
/// the other by a thread of their own.
struct KernelEndpoints: Sendable {
    let service: TracingService
    private let queue = DispatchQueue(label: "martlet.kernel-questions")

    init(service: TracingService) { self.service = service }

    var routes: [Route] {
        [
            Route("findFunctions", "GET", "/v1/functions", needs: .read, respond: functions),
            Route("getKernel", "GET", "/v1/kernel", needs: .read, respond: kernel),
        ]
    }

    private func functions(_ request: Request, _ path: PathParameters) async throws -> Response {
        let query = try FunctionQuery(request)
        return try await answer { service in
            let found = try service.types.types()
                .functions(matching: query.text, limit: query.limit)
            var json = JSONWriter()
            json.append(found)
            return .json(json)
        }
    }

    private func kernel(_ request: Request, _ path: PathParameters) async throws -> Response {
        try await answer { service in
            let probe = service.capabilities
            var json = JSONWriter()
            json.append("{\"release\":")
            json.append(quoted: service.release)
            json.append(",\"architecture\":")
            json.append(quoted: Requirements.architecture())
            json.appendList(KernelMethod.allCases, named: "methods") { method, json in
                json.append(probe.capability(method))
            }
            json.appendList(KernelFeature.allCases, named: "features") { feature, json in
                json.append(probe.capability(feature))
            }
            json.appendList(probe.privileges, named: "privileges") { privilege, json in
                json.append(privilege)
            }
            json.append("}\n")
            return .json(json)
        }
    }

    private func answer(
        _ work: @escaping @Sendable (TracingService) throws -> Response
    ) async throws -> Response {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [service] in
                continuation.resume(with: Result { try work(service) })
            }
        }
    }
}

/// What a client wants of the functions.
struct FunctionQuery: Sendable {
    var text = ""
    var limit = 50

    private static let limits = 1...500
    /// The kernel's own limit of a name's length, and some asterisks.
    private static let longestText = 512

    /// Reads the query.
    init(_ request: Request) throws(Problem) {
        for item in request.query {
            switch item.name {
            case "q": text = item.value
            case "limit":
                guard let number = Int(item.value), Self.limits.contains(number) else {
                    throw .badQuery("limit is a number from 1 to 500, not \"\(item.value)\"")
                }
                limit = number
            default:
                throw .badQuery("unknown parameter \"\(item.name)\"; there are q and limit")
            }
        }
        guard !text.isEmpty else {
            throw .badQuery("q is missing: a part of a function's name, such as q=vfs_read")
        }
        guard text.utf8.count <= Self.longestText, !text.utf8.contains(0) else {
            throw .badQuery("q is no part of a function's name")
        }
    }
}

extension JSONWriter {
    fileprivate mutating func append(_ found: FunctionMatches) {
        append("{\"count\":")
        append(found.functions.count)
        append(",\"total\":")
        append(found.total)
        appendList(found.functions, named: "functions") { function, json in json.append(function) }
        append("}\n")
    }

    private mutating func append(_ function: FunctionPrototype) {
        append("{\"name\":")
        append(quoted: function.name)
        append(",\"declaration\":")
        append(quoted: function.declaration)
        append(",\"module\":")
        append(quotedOrNull: function.module)
        let parameters = Array(function.parameters.enumerated())
        appendList(parameters, named: "parameters") { parameter, json in
            json.append("{\"index\":")
            json.append(parameter.offset)
            json.append(",\"name\":")
            json.append(quoted: parameter.element.name)
            json.append(",\"type\":")
            json.append(quoted: parameter.element.type.text)
            json.append("}")
        }
        append(",\"result\":")
        append(quotedOrNull: function.result?.text)
        append("}")
    }

    fileprivate mutating func append(_ capability: Capability) {
        append("{\"name\":")
        append(quoted: capability.name)
        append(",\"available\":")
        if capability.isAvailable { append("true") } else { append("false") }
        append(",\"reason\":")
        append(quotedOrNull: capability.reason)
        append(",\"costs\":")
        append(quotedOrNull: capability.costs)
        append("}")
    }

    private mutating func append(quotedOrNull text: String?) {
        if let text { append(quoted: text) } else { append("null") }
    }
}
