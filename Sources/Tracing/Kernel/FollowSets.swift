import Events
import Glibc
import Kernel

/// The follow sets of process filters: which processes descend from which.
///
/// A set is a bit in the map `process_sets`. The server sets it for the
/// processes that a filter names and for the descendants that they have; from
/// then on the kernel copies it to every child. Owned by the policy registry.
final class FollowSets {
    let map: BPFMap
    private(set) var taken: UInt64 = 0
    /// Free sets that could not be emptied; whoever takes one tries again.
    private var soiled: UInt64 = 0

    init(map: BPFMap) { self.map = map }

    /// No set is free: the kernel's word has 64 bits.
    struct Exhausted: Error {}

    /// Takes a free set and fills it with `roots` and all that descend from them.
    ///
    /// - Returns: the set's number, counted from 1.
    func take(roots: [UInt32]) throws -> UInt8 {
        let bit = (~taken).trailingZeroBitCount
        guard bit < 64 else { throw Exhausted() }
        let mask = UInt64(1) << UInt64(bit)
        do {
            if soiled & mask != 0 { try empty(mask) }
            for root in roots { try add(mask, to: root) }
            // A child that is forked after its parent got the bit has it too, and one that
            // was forked before shows in /proc: a look that finds nothing new has them all.
            while try addDescendants(mask) {}
        } catch {
            // What of it fails the next to take the set will do.
            try? release(UInt8(bit + 1))
            throw error
        }
        taken |= mask
        return UInt8(bit + 1)
    }

    private func addDescendants(_ mask: UInt64) throws -> Bool {
        var found = false
        for process in ProcScan().families() {
            guard
                try sets(of: process.parent) & mask != 0,
                try sets(of: process.pid) & mask == 0
            else { continue }
            try add(mask, to: process.pid)
            found = true
        }
        return found
    }

    private func add(_ mask: UInt64, to process: UInt32) throws {
        try map.update(key: process, value: try sets(of: process) | mask)
        // The kernel forgets a process when it exits; one that had exited before the update
        // would stay, and pass its sets on to whoever gets its number next.
        if kill(pid_t(process), 0) != 0, errno == ESRCH { try map.remove(key: process) }
    }

    private func sets(of process: UInt32) throws(KernelError) -> UInt64 {
        try map.value(key: process) ?? 0
    }

    /// Empties sets and makes them free; goes on after a failure.
    func release(_ sets: [UInt8]) throws(KernelError) {
        try sets.forEveryOne { set throws(KernelError) in try release(set) }
    }

    /// Empties a set and makes it free, even if emptying fails.
    func release(_ set: UInt8) throws(KernelError) {
        let mask = UInt64(1) << UInt64(set - 1)
        taken &= ~mask
        try empty(mask)
    }

    private func empty(_ mask: UInt64) throws(KernelError) {
        soiled |= mask
        // Twice: a fork during the first look may have copied a bit behind it.
        for _ in 0..<2 {
            for process in map.keys() {
                let sets = try sets(of: process)
                guard sets & mask != 0 else { continue }
                if sets == mask {
                    try map.remove(key: process)
                } else {
                    try map.update(key: process, value: sets & ~mask)
                }
            }
        }
        soiled &= ~mask
    }
}
