import CLibBPF
import Dispatch
import Synchronization

/// Keeps the kernel's types while they are asked for, and drops them soon after.
public final class KernelTypesCache: Sendable {
    private struct State {
        var types: KernelTypes?
        var lastUse = DispatchTime.now()
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "martlet.types")
    private let seconds: Double

    /// Makes an empty cache.
    ///
    /// - Parameter seconds: how long types are kept that nobody asks for.
    public init(keepingFor seconds: Double = 30) { self.seconds = seconds }

    /// The kernel's types, read now where they are not held.
    ///
    /// Takes some milliseconds then: not for threads that must not block.
    public func types() throws(KernelError) -> KernelTypes {
        try state.withLock { state throws(KernelError) in
            state.lastUse = .now()
            if let types = state.types { return types }
            let types = try KernelTypes()
            state.types = types
            dropLater(after: seconds)
            return types
        }
    }

    /// Whether types are held.
    var isHolding: Bool { state.withLock { $0.types != nil } }

    private func dropLater(after seconds: Double) {
        queue.asyncAfter(deadline: .now() + seconds) { [weak self] in self?.dropUnused() }
    }

    private func dropUnused() {
        let remaining = state.withLock { state -> Double in
            let unused = DispatchTime.now().uptimeNanoseconds - state.lastUse.uptimeNanoseconds
            let remaining = seconds - Double(unused) / 1e9
            if remaining <= 0 { state.types = nil }
            return remaining
        }
        if remaining > 0 { return dropLater(after: remaining) }
        // What searches left behind would stay with the process: a few megabytes.
        malloc_trim(0)
    }
}
