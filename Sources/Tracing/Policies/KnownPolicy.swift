import Digests
import Kernel
import Logging
import Lowering
import Policy

/// A policy that is known, whether it traces or not.
struct KnownPolicy {
    let name: String
    let id: UInt32
    /// As it was uploaded.
    var document: [UInt8]
    /// Counts the documents that the policy has had, from 1.
    var version: Int
    /// When it came into this run, in nanoseconds since 1970.
    let created: UInt64
    /// The mode that it was given apart from its document.
    var modeOverride: ModeOverride?
    var installation: State

    enum State {
        case installed(Installation)
        case failed(String)
    }

    var state: PolicyStatus.State {
        switch installation {
        case .installed(let installation): installation.isEnabled ? .enabled : .disabled
        case .failed: .loadError
        }
    }

    /// Whether it does its actions; nil where it is not installed.
    var mode: PolicyStatus.Mode? {
        guard case .installed(let installation) = installation else { return nil }
        guard installation.sensor.plan.enforces else { return .monitorOnly }
        return installation.mode == .enforce ? .enforce : .monitor
    }

    /// The mode of a plan that is this version of the policy, and that whose word it was.
    func mode(for plan: KernelPlan, version: Int) -> (mode: PolicyMode, override: ModeOverride?) {
        guard let modeOverride, !modeOverride.isVoid(for: plan, version: version) else {
            return (plan.mode ?? .enforce, nil)
        }
        return (modeOverride.mode, modeOverride)
    }

    /// Identifies the document.
    var digest: SHA256Digest { SHA256Digest(of: document) }

    /// What there is to say of it; a line in the log where the kernel does not say its part.
    func status(_ logger: Logger) -> PolicyStatus {
        var status = PolicyStatus(
            name: name, id: id, state: state, mode: mode, version: version, error: nil, hooks: [],
            warnings: [], created: created, digest: digest)
        switch installation {
        case .failed(let reason): status.error = reason
        case .installed(let installation):
            let sensor = installation.sensor
            status.warnings = installation.warnings
            do throws(KernelError) {
                let readings = try sensor.readings()
                status.hooks = zip(sensor.plan.hooks, readings).map { hook, reading in
                    PolicyStatus.Hook(
                        pointer: hook.pointer, functions: hook.subject.names, reading: reading)
                }
            } catch {
                logger.error("reading the counters of \(name): \(error)")
            }
        }
        return status
    }
}
