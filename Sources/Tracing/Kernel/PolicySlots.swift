import CWire
import Kernel
import Policy

/// The shared array that says which version of each policy reports, and whether it interferes:
/// `struct policy_slot`.
final class PolicySlots {
    private let words: SharedWords
    /// The most that any policy may do.
    let limit: PolicyMode
    private var free = Set(0..<UInt32(SPEC_SLOTS))

    init(map: BPFMap, limit: PolicyMode) throws(KernelError) {
        words = try SharedWords(map: map)
        self.limit = limit
    }

    /// Every slot has a policy.
    struct Exhausted: Error {}

    /// Takes a slot, in which nothing reports.
    func take() throws(Exhausted) -> UInt32 {
        guard let slot = free.min() else { throw Exhausted() }
        free.remove(slot)
        self[slot] = 0
        return slot
    }

    /// Gives a slot back; nothing is attached that looks at it.
    func release(_ slot: UInt32) { free.insert(slot) }

    /// The generation that reports; 0 is none.
    ///
    /// One store: every hook of the policy sees it with its next event.
    subscript(slot: UInt32) -> UInt32 {
        get { words[word(slot)] }
        set { words[word(slot)] = newValue }
    }

    /// Has a generation of a policy enforce its actions or only count them, from the next event on.
    ///
    /// - Returns: the mode that it has now; it monitors where no policy may do more.
    func set(_ mode: PolicyMode, of slot: UInt32, generation: UInt32) -> PolicyMode {
        let mode = limit == .monitor ? .monitor : mode
        let first = MemoryLayout<policy_slot>.offset(of: \.monitors) ?? 0
        let place = first / MemoryLayout<UInt32>.stride + Int(generation & 1)
        words[word(slot) + place] = mode == .monitor ? 1 : 0
        return mode
    }

    private func word(_ slot: UInt32) -> Int {
        Int(slot) * MemoryLayout<policy_slot>.stride / MemoryLayout<UInt32>.stride
    }
}
