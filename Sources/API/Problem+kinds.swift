import HTTP
import Kernel
import Lowering
import Policy
import Tracing

/// Every problem that the API answers with.
extension Problem {
    static func noSuchPath(_ path: String) -> Problem {
        Problem(
            status: 404, type: "not-found", title: "Not found",
            detail: "there is nothing at \(path); /openapi.yaml lists what there is")
    }

    static func methodNotAllowed(_ method: String, allowed: String) -> Problem {
        Problem(
            status: 405, type: "method-not-allowed", title: "Method not allowed",
            detail: "\(method) is not served here; use \(allowed)", headers: ["Allow": allowed])
    }

    static func notAcceptable(_ types: [String]) -> Problem {
        Problem(
            status: 406, type: "not-acceptable", title: "Not acceptable",
            detail: "the Accept header takes nothing that there is; use "
                + types.joined(separator: " or "))
    }

    static var lengthRequired: Problem {
        Problem(
            status: 411, type: "length-required", title: "Length required",
            detail: "this call takes a body, and the request has neither a Content-Length nor a "
                + "Transfer-Encoding; with curl: --data-binary @policy.yaml")
    }

    static func headersTooLarge(limit: Int) -> Problem {
        Problem(
            status: 431, type: "headers-too-large", title: "Header fields too large",
            detail: "the header fields may have \(limit) bytes together")
    }

    static func forbidden(_ reason: String) -> Problem {
        Problem(status: 403, type: "forbidden", title: "Forbidden", detail: reason)
    }

    static func bodyTooLarge(limit: Int) -> Problem {
        let detail =
            limit == 0
            ? "this call takes no body" : "a body may have \(limit) bytes at most"
        return Problem(
            status: 413, type: "body-too-large", title: "Body too large", detail: detail)
    }

    static var stopping: Problem {
        Problem(
            status: 503, type: "stopping", title: "Stopping",
            detail: "the service is stopping", headers: ["Retry-After": "5"])
    }

    static func tooManySubscribers(_ limit: String) -> Problem {
        Problem(
            status: 429, type: "too-many-subscribers", title: "Too many subscribers",
            detail: limit + "; close one, or come back later", headers: ["Retry-After": "5"])
    }

    static func internalError(request: UInt64) -> Problem {
        Problem(
            status: 500, type: "internal", title: "Internal error",
            detail: "the service failed; its log has the reason beside request \(request)")
    }

    static func badQuery(_ reason: String) -> Problem {
        Problem(status: 400, type: "bad-query", title: "Bad query", detail: reason)
    }

    static func noSuchVersion(_ number: String, of name: String) -> Problem {
        Problem(
            status: 404, type: "no-such-version", title: "No such version",
            detail: "the policy \(name) has no version \(number), or has it no more; GET "
                + "/v1/policies/\(name)/versions lists those that there are")
    }

    static func badHeader(_ reason: String) -> Problem {
        Problem(status: 400, type: "bad-header", title: "Bad header field", detail: reason)
    }

    static func badTarget(_ reason: String) -> Problem {
        Problem(status: 400, type: "bad-target", title: "Bad request target", detail: reason)
    }

    static var noTunnels: Problem {
        // What comes next may be meant for the tunnel, and is no request.
        Problem(
            status: 501, type: "no-tunnels", title: "No tunnels",
            detail: "CONNECT asks a proxy for a tunnel, and this is none",
            headers: ["Connection": "close"])
    }

    static func noSuchProcess(_ execID: String) -> Problem {
        Problem(
            status: 404, type: "no-such-process", title: "No such process",
            detail: "the process \(execID) is not known any more, or never was; GET "
                + "/v1/processes lists those that run, and GET "
                + "/v1/events?type=process_exec&since=oldest the starts that are still held")
    }

    static func noExecID(_ text: String) -> Problem {
        Problem(
            status: 404, type: "no-such-process", title: "No such process",
            detail: "\"\(text)\" is no exec_id: copy one from an event or from GET "
                + "/v1/processes, and write / as %2F and + as %2B in it")
    }

    static func unsupportedType(_ type: String) -> Problem {
        var detail = "a policy is application/yaml or application/json, not \(type)"
        if type.hasPrefix("application/x-www-form-urlencoded") {
            detail = """
                curl -d sends a form and strips the newlines that YAML needs; use: curl \
                --data-binary @policy.yaml -H 'Content-Type: application/yaml' URL
                """
        }
        return Problem(
            status: 415, type: "unsupported-media-type", title: "Unsupported media type",
            detail: detail, headers: ["Accept-Post": "application/yaml, application/json"])
    }

    static func badPatch(_ reason: String) -> Problem {
        Problem(status: 422, type: "bad-patch", title: "Bad patch", detail: reason)
    }

    static func notAPatch(_ type: String) -> Problem {
        Problem(
            status: 415, type: "unsupported-media-type", title: "Unsupported media type",
            detail: "a change is application/merge-patch+json, not \(type)",
            headers: ["Accept-Patch": "application/merge-patch+json, application/json"])
    }

    /// The one place where the registry's reasons become HTTP's.
    init(_ rejection: PolicyRejection) {
        switch rejection {
        case .invalid(let diagnostics): self = .invalid(diagnostics)
        case .nameTaken(let name):
            self.init(
                status: 409, type: "name-taken", title: "Name taken",
                detail: "there is a policy \(name) already; PUT /v1/policies/\(name) replaces "
                    + "it, and DELETE removes it")
        case .notFound(let name):
            self.init(
                status: 404, type: "no-such-policy", title: "No such policy",
                detail: "there is no policy \(name)")
        case .refused(let refused, let release): self = .refused(refused, release: release)
        case .followSetsExhausted:
            self.init(
                status: 422, type: "too-many-follow-filters", title: "Too many filters",
                detail: "at most 64 filters of all policies together may follow forks; "
                    + "delete a policy that has one")
        case .slotsExhausted:
            self.init(
                status: 422, type: "too-many-policies", title: "Too many policies",
                detail: "there can be 1,024 policies; delete one")
        case .otherName(let name, let expected):
            self.init(
                status: 422, type: "other-name", title: "Another policy's document",
                detail: "the document is of the policy \(name), and the path of \(expected)")
        case .notInstalled(let name):
            self.init(
                status: 409, type: "not-installed", title: "Not installed",
                detail: "the stored document of \(name) could not be installed; GET "
                    + "/v1/policies/\(name) says why, and PUT replaces it")
        case .nothingToEnforce(let name):
            self.init(
                status: 422, type: "nothing-to-enforce", title: "Nothing to enforce",
                detail:
                    "no action of the policy \(name) interferes with calls, so it only monitors; "
                    + "Signal and Sigkill under matchActions do")
        case .onlyMonitors:
            self.init(
                status: 409, type: "only-monitors", title: "Nothing is enforced here",
                detail: "the service was started with --monitor-only, so no policy enforces")
        case .preconditionFailed(let name, let etag):
            self.init(
                status: 412, type: "precondition-failed", title: "Precondition failed",
                detail: etag.map { "the policy \(name) has the ETag \($0)" }
                    ?? "there is no policy \(name)")
            headers["ETag"] = etag
        case .noSuchVersion(let name, let number): self = .noSuchVersion("\(number)", of: name)
        case .set(let rejections): self = .set(rejections)
        case .notStored(let reason):
            self.init(
                status: 507, type: "not-stored", title: "Not stored",
                detail: "the state directory could not be written, so nothing was changed: "
                    + reason)
        case .failed(let reason):
            self.init(
                status: 422, type: "kernel-refused", title: "The kernel refused the policy",
                detail: reason)
        }
    }

    private static func invalid(_ diagnostics: [Diagnostic]) -> Problem {
        let errors = diagnostics.filter { $0.severity == .error }
        let isUnreadable = errors.contains { $0.code.isAboutText }
        let count = errors.count == 1 ? "an error" : "\(errors.count) errors"
        return Problem(
            status: isUnreadable ? 400 : 422,
            type: isUnreadable ? "unreadable-policy" : "invalid-policy",
            title: isUnreadable ? "Unreadable policy" : "Invalid policy",
            detail: "the policy has \(count)", errors: diagnostics.map(Finding.document))
    }

    private static func refused(_ refused: HookRefused, release: String) -> Problem {
        let log = (refused.error.verifierLog ?? "").split(separator: "\n").suffix(20)
        return Problem(
            status: 422, type: "kernel-refused", title: "The kernel refused the policy",
            detail: "Linux \(release) refused the hook on \(refused.plan.subject.names[0]): "
                + "\(refused.error)"
                + refused.refused.map { "; \($0.method.rawValue): \($0.reason)" }.joined(),
            errors: [
                .kernel(
                    pointer: refused.plan.pointer, kernel: release, errno: refused.error.number,
                    message: "\(refused.error)", log: log.map(String.init))
            ])
    }
}
