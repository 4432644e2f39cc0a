import Lowering
public import Policy

/// Why a policy was not accepted, or not removed.
public indirect enum PolicyRejection: Error, Sendable {
    /// The document is wrong, or this kernel cannot serve it.
    case invalid([Diagnostic])
    /// There is a policy of this name.
    case nameTaken(String)
    /// There is no policy of this name.
    case notFound(String)
    /// The kernel refused a hook: the hook, the kernel's release, and what it said.
    case refused(HookRefused, release: String)
    /// More follow sets than the kernel's map has bits.
    case followSetsExhausted
    /// As many policies as the service can tell apart.
    case slotsExhausted
    /// The document is of another policy than the one that is to be replaced.
    case otherName(String, expected: String)
    /// The policy's document could not be installed, so there is nothing to switch.
    case notInstalled(String)
    /// No action of the policy can be enforced or left, so it has no mode to change.
    case nothingToEnforce(String)
    /// The service was started to enforce nothing.
    case onlyMonitors
    /// The state directory could not be written, so nothing was changed.
    case notStored(String)
    /// A condition of the client does not hold: the policy, and its tag where there is one.
    case preconditionFailed(String, etag: String?)
    /// The policy has no such version, or has it no more.
    case noSuchVersion(String, Int)
    /// Documents of a set, by their places in it from 0, and why each was not accepted.
    case set([(document: Int, rejection: PolicyRejection)])
    /// The service's own fault.
    case failed(String)
}

extension PolicyRejection {
    /// Whether a stored file is no policy at all, and no kernel will make it one.
    var isCorruption: Bool {
        switch self {
        case .invalid(let diagnostics): diagnostics.contains { $0.code.isAboutText }
        case .notStored: true
        default: false
        }
    }

    /// One sentence, for logs and for the status of a policy that did not load.
    public var summary: String {
        switch self {
        case .invalid(let diagnostics):
            diagnostics.filter { $0.severity == .error }
                .map { "line \($0.position.line), column \($0.position.column): \($0.message)" }
                .joined(separator: "; ")
        case .nameTaken(let name): "there is a policy \(name) already"
        case .notFound(let name): "there is no policy \(name)"
        case .refused(let refused, let release):
            "Linux \(release) refused \(refused.plan.subject.names[0]): \(refused.error)"
        case .followSetsExhausted: "more than 64 filters follow forks"
        case .slotsExhausted: "there are 1,024 policies already"
        case .otherName(let name, let expected):
            "the document is of the policy \(name), not \(expected)"
        case .notInstalled(let name): "the policy \(name) could not be installed"
        case .nothingToEnforce(let name): "the policy \(name) has no action to enforce"
        case .onlyMonitors: "the service was started with --monitor-only"
        case .preconditionFailed(let name, let etag):
            etag.map { "the policy \(name) has the tag \($0)" } ?? "there is no policy \(name)"
        case .noSuchVersion(let name, let number): "the policy \(name) has no version \(number)"
        case .set(let rejections):
            rejections.map { "document \($0.document + 1): \($0.rejection.summary)" }
                .joined(separator: "; ")
        case .notStored(let reason), .failed(let reason): reason
        }
    }
}
