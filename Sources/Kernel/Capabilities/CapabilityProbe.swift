import Glibc
import Synchronization

/// Finds out what the running kernel offers by trying it, never by its version.
///
/// Each question is answered once, when it is first asked; that takes up to some
/// 100 ms. What is loaded or attached for it is gone with the answer, and was
/// attached only where nobody passes.
public final class CapabilityProbe: Sendable {
    let access: KernelAccess
    let types: KernelTypesCache
    private let methods = Mutex<[KernelMethod: Capability]>([:])
    private let features = Mutex<[KernelFeature: Capability]>([:])

    /// Prepares to ask; asks nothing yet.
    public init(access: KernelAccess, types: KernelTypesCache) {
        self.access = access
        self.types = types
    }

    var tracefs: Tracefs { access.tracefs }

    /// What the process was started with, of that which the service has a use for.
    public var privileges: [Capability] { access.privileges }

    /// Whether the kernel offers this way to attach programs.
    public func capability(_ method: KernelMethod) -> Capability {
        methods.withLock { known in
            if let capability = known[method] { return capability }
            let reason = reason { () throws(Missing) in try attach(method) }
            let capability = Capability(
                name: method.rawValue, reason: reason, costs: reason.map { _ in method.costs })
            known[method] = capability
            return capability
        }
    }

    /// Whether the kernel offers this feature.
    public func capability(_ feature: KernelFeature) -> Capability {
        features.withLock { known in
            if let capability = known[feature] { return capability }
            let reason = reason { () throws(Missing) in try use(feature) }
            let capability = Capability(
                name: feature.rawValue, reason: reason, costs: reason.map { _ in feature.costs })
            known[feature] = capability
            return capability
        }
    }

    private func reason(_ attempt: () throws(Missing) -> Void) -> String? {
        do throws(Missing) {
            try attempt()
            return nil
        } catch {
            return error.reason
        }
    }
}

/// What an attempt met with.
struct Missing: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    /// - Parameters:
    ///   - attempt: what was tried.
    ///   - status: what came back.
    ///   - needs: what the kernel would have to be built with.
    init(_ attempt: String, status: CInt, needs: String? = nil) {
        let answer = KernelError(.poll, status: status)
        let isForbidden = answer.number == EPERM || answer.number == EACCES
        let remedy =
            isForbidden
            ? "a missing capability, a lockdown or a filter of system calls forbids it"
            : needs.map { "it needs a kernel with \($0)" }
        reason = "\(attempt): \(answer.reason)" + (remedy.map { "; \($0)" } ?? "")
    }
}
