import CWire

/// A process as the kernel had it at one moment, without what it runs: `wire_task`.
struct ProcessTask: Sendable, Equatable {
    /// In the initial pid namespace.
    var pid: UInt32
    /// Its parent, likewise; 0 for the first process and the first kernel thread.
    var parent: UInt32
    /// In its own pid namespace.
    var innerPID: UInt32
    /// How deep that namespace is below the initial one.
    var level: UInt32 = 0
    /// When it was forked: CLOCK_BOOTTIME, in nanoseconds.
    var start: UInt64
    /// The login user id; 4294967295 unset.
    var auid = UInt32.max
    /// The id of its cgroup; 0 unknown.
    var cgroup: UInt64 = 0
    var credentials = Credentials()
    var namespaces = Namespaces()

    /// The first process of a pid namespace below the initial one: a container's, mostly.
    var isInnerInit: Bool { level > 0 && innerPID == 1 }
}

extension ProcessTask {
    /// Takes over the kernel side's words.
    init(_ wire: wire_task) {
        self.init(
            pid: wire.tgid, parent: wire.parent_tgid, innerPID: wire.inner_tgid,
            level: wire.level, start: wire.start_ns, auid: wire.auid, cgroup: wire.cgroup,
            credentials: Credentials(wire.credentials), namespaces: Namespaces(wire.namespaces))
    }
}
