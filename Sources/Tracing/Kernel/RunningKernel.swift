import Kernel
import Lowering

/// The running kernel, as lowering asks about it.
struct RunningKernel: KernelFacts, Sendable {
    let tracefs: Tracefs
    /// The kernel's functions, read when somebody asks.
    let types: KernelTypesCache
    /// What else it offers, tried when somebody asks.
    let capabilities: CapabilityProbe

    /// Finds tracefs, or says how to get it.
    init() throws(Unserviceable) {
        do {
            tracefs = try Tracefs()
        } catch {
            throw Unserviceable(missing: [error])
        }
        types = KernelTypesCache()
        capabilities = CapabilityProbe(tracefs: tracefs, types: types)
    }

    func systemCall(_ name: String) -> SystemCallFacts? {
        tracefs.systemCall(named: name).map { call in
            SystemCallFacts(
                parameters: call.parameters.map { .init(name: $0.name, type: $0.type) })
        }
    }

    func systemCallNames() -> [String] { tracefs.systemCalls() }

    func hasFunction(_ name: String) -> Bool {
        (try? types.types().contains(name)) ?? false
    }
}
