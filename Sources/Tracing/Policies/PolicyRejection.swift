import Lowering
public import Policy

/// Why a policy was not accepted, or not removed.
public enum PolicyRejection: Error, Sendable {
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
    /// The state directory could not be written, so nothing was changed.
    case notStored(String)
    /// The service's own fault.
    case failed(String)
}

extension PolicyRejection {
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
        case .notStored(let reason), .failed(let reason): reason
        }
    }
}
