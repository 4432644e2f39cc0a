import Assets
import Foundation
import HTTP
import Kernel
import Logging
import Policy
import Tracing
import Yams

@testable import API

/// The request path above libmicrohttpd: from a request to its whole answer.
///
/// The service behind it is real, so it needs the rights that the service needs. It installs
/// nothing but what is known to be harmless, whatever an input says.
struct RequestTarget: FuzzTarget {
    static let name = "request"

    private let folder: String
    private let service: TracingService
    private let router: Router
    private let examples: RequestExamples
    /// The statuses that openapi/openapi.yaml has, by operation.
    private let statuses: [String: Set<Int>]

    static func made() async throws -> (any FuzzTarget)? {
        do {
            return try await RequestTarget()
        } catch is Unserviceable {
            return nil
        }
    }

    private init() async throws {
        folder = NSTemporaryDirectory() + "martlet-fuzz-\(UUID().uuidString)"
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        service = try await TracingService(
            options: .init(stateDirectory: folder, logBytes: 1 << 20, modeLimit: .monitor),
            access: KernelAccess(measuresRuns: false), logger: logger)
        router = API.router(
            for: service, addresses: [try ListenAddress(parsing: "127.0.0.1:0")],
            access: try AccessControl(files: TokenFiles(), logger: logger), audit: AuditLog(logger),
            logger: logger)
        examples = RequestExamples(routes: router.routes)
        statuses = try Self.documentedStatuses()
    }

    func end() async {
        await service.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func input(_ random: inout SplitMix) -> [UInt8] {
        let request = examples.request(&random)
        return random.chance(60)
            ? request : random.damage(request, words: Self.words + PolicyExamples.words)
    }

    private static let words = [
        "?", "&", "=", "%", "%00", "%0d%0a", "\n", "\n\n", ": ", "/", "..", ";q=", "\0", "\r",
    ].map { Array($0.utf8) }

    func check(_ input: [UInt8]) async throws {
        let text = RequestText(input)
        var request = text.request
        if let fault = text.fault {
            let answer = router.refuse(fault, head: request.head)
            return try AnswerCheck.check(answer, statuses: [400])
        }
        let limit: Int
        switch router.admit(request.head) {
        case .refuse(let response):
            return try AnswerCheck.check(response, statuses: Self.refusals)
        case .accept(let bodyLimit): limit = bodyLimit
        }
        guard request.body.count <= limit else {
            let answer = router.refuse(.bodyTooLarge(limit: limit), head: request.head)
            return try AnswerCheck.check(answer, statuses: [413])
        }
        if installs(request) {
            request.head.query = [QueryItem(name: "dry_run", value: "validate")]
        }
        guard !installs(request) else { return }
        let answer = await router.respond(to: request)
        try AnswerCheck.check(answer, statuses: try documented(request.head))
    }

    /// Whether a request might install a policy that is not known to be harmless.
    private func installs(_ request: Request) -> Bool {
        let segments = request.head.segments
        guard segments.count > 1, segments[1].hasPrefix("policies"),
            ["POST", "PUT"].contains(request.head.method)
        else { return false }
        if segments[1] == "policies", request.head.query.contains(where: { $0.name == "dry_run" }) {
            return false
        }
        // Of a set all are installed, or none.
        let documents =
            segments[1] == "policies"
            ? [request.body] : DocumentStream(request.body).documents.map(\.bytes)
        return !documents.allSatisfy(RequestExamples.harmless.contains)
            && documents.allSatisfy { Policy.check(document: $0).policy != nil }
    }

    // MARK: - The contract

    /// What every operation may be refused with before its endpoint is asked.
    private static let refusals: Set = [204, 403, 404, 405, 406, 431, 501]

    private func documented(_ head: RequestHead) throws(Violation) -> Set<Int> {
        let method = head.method == "HEAD" ? "GET" : head.method
        let candidates = router.routes.filter {
            $0.method == method && $0.match(head.segments) != nil
        }
        // What takes any path comes last.
        guard let route = candidates.first, let known = statuses[route.operation] else {
            throw Violation(description: "\(head.method) \(head.path) has no operation")
        }
        // An internal error is documented, and always a mistake.
        return known.subtracting([500])
    }

    private static func documentedStatuses() throws -> [String: Set<Int>] {
        let text = String(decoding: Asset.at("openapi/openapi.yaml")?.bytes ?? [], as: UTF8.self)
        let document = try Yams.load(yaml: text) as? [String: Any]
        let paths = document?["paths"] as? [String: [String: Any]] ?? [:]
        var statuses: [String: Set<Int>] = [:]
        for operation in paths.values.flatMap(\.values) {
            guard let operation = operation as? [String: Any],
                let name = operation["operationId"] as? String,
                let answers = operation["responses"] as? [String: Any]
            else { continue }
            statuses[name] = Set(answers.keys.compactMap { Int($0) })
        }
        return statuses
    }
}
