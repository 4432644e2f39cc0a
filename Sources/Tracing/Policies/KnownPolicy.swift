import Kernel
import Logging
import Lowering

/// A policy that is known, whether it traces or not.
struct KnownPolicy {
    let name: String
    let id: UInt32
    /// As it was uploaded.
    var document: [UInt8]
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

    /// What there is to say of it; a line in the log where the kernel does not say its part.
    func status(_ logger: Logger) -> PolicyStatus {
        var status = PolicyStatus(
            name: name, id: id, state: state, version: 0, error: nil, hooks: [], warnings: [],
            created: created, etag: "\"\(digest(of: document))\"")
        switch installation {
        case .failed(let reason): status.error = reason
        case .installed(let installation):
            let sensor = installation.sensor
            status.version = Int(sensor.generation)
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

/// FNV-1a of the document's bytes: tells documents apart, and is no proof against forgery.
private func digest(of document: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in document { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
}
