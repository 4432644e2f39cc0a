import CLibBPF
import Glibc

/// The capability sets of the calling thread: capget(2), capset(2).
///
/// Each thread has its own. A new one begins with those of the thread that makes it.
struct ThreadPrivileges: Equatable {
    /// What counts.
    var effective: UInt
    /// What may be made to count.
    var permitted: UInt
    /// What a program may pass on to another.
    var inheritable: UInt

    /// The same set as permitted and effective, and nothing to pass on.
    init(only bits: UInt) {
        effective = bits
        permitted = bits
        inheritable = 0
    }

    private init(_ sets: martlet_privileges) {
        effective = sets.effective
        permitted = sets.permitted
        inheritable = sets.inheritable
    }

    /// Those of now.
    static var current: ThreadPrivileges {
        var sets = martlet_privileges()
        // Cannot fail: the version is right, and the thread is there.
        _ = unsafe martlet_get_privileges(&sets)
        return ThreadPrivileges(sets)
    }

    /// Makes them this thread's; false and errno where the kernel refuses.
    func apply() -> Bool {
        var sets = martlet_privileges(
            effective: effective, permitted: permitted, inheritable: inheritable)
        return unsafe martlet_set_privileges(&sets) == 0
    }

    /// Whether a privilege counts.
    func has(_ privilege: Privilege) -> Bool { has(privilege.number) }

    /// Whether a capability counts.
    func has(_ number: CInt) -> Bool { effective >> UInt(number) & 1 == 1 }

    /// Does `body` while a privilege does not count for this thread.
    static func without<Value>(_ privilege: Privilege, _ body: () -> Value) -> Value {
        let before = current
        var lowered = before
        lowered.effective &= ~Set([privilege]).bits
        // Lowering and restoring what is permitted is always allowed.
        _ = lowered.apply()
        defer { _ = before.apply() }
        return body()
    }
}
