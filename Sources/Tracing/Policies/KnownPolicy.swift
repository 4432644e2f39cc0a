import Digests
import Kernel
import Logging
import Lowering

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

    /// Identifies the document.
    var digest: SHA256Digest { SHA256Digest(of: document) }

    /// What there is to say of it; a line in the log where the kernel does not say its part.
    func status(_ logger: Logger) -> PolicyStatus {
        var status = PolicyStatus(
            name: name, id: id, state: state, version: version, error: nil, hooks: [], warnings: [],
            created: created, digest: digest)
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
