import Kernel
import Lowering

/// The running kernel, as lowering asks about it.
struct RunningKernel: KernelFacts, Sendable {
    let tracefs: Tracefs

    /// Finds tracefs, or says how to get it.
    init() throws(Unserviceable) {
        do {
            tracefs = try Tracefs()
        } catch {
            throw Unserviceable(missing: [error])
        }
    }

    func systemCall(_ name: String) -> SystemCallFacts? {
        tracefs.systemCall(named: name).map { call in
            SystemCallFacts(
                parameters: call.parameters.map { .init(name: $0.name, type: $0.type) })
        }
    }

    func systemCallNames() -> [String] { tracefs.systemCalls() }

    func hasFunction(_ name: String) -> Bool {
        // Read when somebody asks, which is when a policy is wrong: 6 MB that need not stay.
        (try? KernelFunctions().contains(name)) ?? false
    }
}
