import CLibBPF
import Glibc

/// Lowers the rights of this process, for good.
enum Confinement {
    /// Keeps of `privileges` what the process has, and gives up every other capability; no program
    /// that it runs will have more (`no_new_privs`).
    ///
    /// For the only thread of a process: others would keep what they have.
    static func begin(keeping privileges: Set<Privilege>) throws(ConfinementError) {
        let threads = namesOfFiles(in: "/proc/self/task").count
        guard threads == 1 else { throw .otherThreads(threads) }
        try check(martlet_prctl(PR_SET_NO_NEW_PRIVS, 1), "PR_SET_NO_NEW_PRIVS")
        try check(martlet_prctl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_CLEAR_ALL)), "PR_CAP_AMBIENT")
        let before = ThreadPrivileges.current
        // Who may not lower the bounding set needs it least: nothing is gained by exec any more.
        if before.has(CAP_SETPCAP) { try lowerBoundingSet(to: privileges.bits) }
        let lowered = ThreadPrivileges(only: before.permitted & privileges.bits)
        try check(lowered.apply() ? 0 : -1, "capset")
    }

    private static func lowerBoundingSet(to bits: UInt) throws(ConfinementError) {
        for number in 0..<CInt(UInt.bitWidth) where bits >> UInt(number) & 1 == 0 {
            // > PR_CAPBSET_READ ... If the capability specified to arg2 is not valid, then the call
            // > fails with the error EINVAL.
            guard martlet_prctl(PR_CAPBSET_READ, UInt(number)) == 1 else { continue }
            try check(martlet_prctl(PR_CAPBSET_DROP, UInt(number)), "PR_CAPBSET_DROP")
        }
    }

    private static func check(_ status: CInt, _ call: String) throws(ConfinementError) {
        guard status == 0 else { throw .refused(call, errno) }
    }
}

/// Why rights were not given up.
public enum ConfinementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// So many threads are there, and all but one would keep their rights.
    case otherThreads(Int)
    /// The kernel refused a call, with this errno.
    case refused(String, CInt)

    /// What stood in the way.
    public var description: String {
        switch self {
        case .otherThreads(let count):
            "giving up rights: the process has \(count) threads by /proc/self/task, instead of one; "
                + "mount /proc if it is not, and preload no library that starts threads"
        case .refused(let call, let number): "giving up rights: \(call): \(errorText(number))"
        }
    }
}
