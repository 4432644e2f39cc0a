import CWire

/// Who a process acts as: `wire_credentials`.
struct Credentials: Sendable, Equatable {
    var uid: UInt32 = 0, gid: UInt32 = 0
    var euid: UInt32 = 0, egid: UInt32 = 0
    var suid: UInt32 = 0, sgid: UInt32 = 0
    var fsuid: UInt32 = 0, fsgid: UInt32 = 0
    /// `SECBIT_*`; nil where /proc was asked, which does not tell.
    var secureBits: UInt32?
    /// Bit n is capability n.
    var permitted: UInt64 = 0, effective: UInt64 = 0, inheritable: UInt64 = 0
}

extension Credentials {
    /// Takes over the kernel side's words.
    init(_ wire: wire_credentials) {
        self.init(
            uid: wire.uid, gid: wire.gid, euid: wire.euid, egid: wire.egid,
            suid: wire.suid, sgid: wire.sgid, fsuid: wire.fsuid, fsgid: wire.fsgid,
            secureBits: wire.securebits, permitted: wire.permitted, effective: wire.effective,
            inheritable: wire.inheritable)
    }
}

extension JSONWriter {
    /// Appends the members `cap` and `process_credentials`, each after a comma.
    mutating func append(_ credentials: Credentials) {
        append(",\"cap\":{")
        var separator = Separator()
        append("\"permitted\":", capabilities: credentials.permitted, &separator)
        append("\"effective\":", capabilities: credentials.effective, &separator)
        append("\"inheritable\":", capabilities: credentials.inheritable, &separator)
        append("},\"process_credentials\":{\"uid\":")
        append(credentials.uid)
        append(",\"gid\":", number: credentials.gid)
        append(",\"euid\":", number: credentials.euid)
        append(",\"egid\":", number: credentials.egid)
        append(",\"suid\":", number: credentials.suid)
        append(",\"sgid\":", number: credentials.sgid)
        append(",\"fsuid\":", number: credentials.fsuid)
        append(",\"fsgid\":", number: credentials.fsgid)
        if let bits = credentials.secureBits, bits != 0 {
            append(",\"securebits\":")
            append(names: UInt64(bits), secureBitNames, prefix: "SecBit")
        }
        append("}")
    }

    private mutating func append(_ key: StaticString, number: UInt32) {
        append(key)
        append(number)
    }

    private mutating func append(
        _ key: StaticString, capabilities: UInt64, _ separator: inout Separator
    ) {
        guard capabilities != 0 else { return }
        separator.append(to: &self)
        append(key)
        append(names: capabilities, capabilityNames, prefix: "CAP_")
    }

    /// Appends an array of the names of the bits that are set; a bit without one is its number.
    private mutating func append(names bits: UInt64, _ names: [String], prefix: StaticString) {
        append("[")
        var separator = Separator()
        for bit in 0..<64 where bits >> UInt64(bit) & 1 != 0 {
            separator.append(to: &self)
            append("\"")
            append(prefix)
            append((bit < names.count ? names[bit] : String(bit)).utf8.span)
            append("\"")
        }
        append("]")
    }
}

/// linux/capability.h, in the order of their numbers.
private let capabilityNames = [
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
    "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
    "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
    "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
    "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
    "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
]

/// linux/securebits.h, in the order of their bits.
private let secureBitNames = [
    "NoRoot", "NoRootLocked", "NoSetUidFixup", "NoSetUidFixupLocked", "KeepCaps",
    "KeepCapsLocked", "NoCapAmbientRaise", "NoCapAmbientRaiseLocked",
]
