import CLibBPF
import Glibc

/// Something that this machine lacks, and how to get it.
public struct MissingRequirement: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is missing.
    public let what: String
    /// How to get it.
    public let remedy: String

    /// Both, on lines of their own.
    public var description: String { "\(what)\n  \(remedy)" }
}

/// This machine cannot run the service, for these reasons.
public struct Unserviceable: Error, Sendable, CustomStringConvertible {
    /// What is missing, in the order in which a person would mend it.
    public let missing: [MissingRequirement]

    /// Every requirement and its remedy, on lines of their own.
    public var description: String { missing.map(\.description).joined(separator: "\n") }
}

/// What the service needs of the machine before it can load anything.
public enum Requirements {
    private static let typeInformation = "/sys/kernel/btf/vmlinux"

    /// Everything that is missing, in the order in which a person would mend it.
    public static func missing() -> [MissingRequirement] {
        var missing: [MissingRequirement] = []
        if !isReadable(typeInformation) {
            missing.append(
                MissingRequirement(
                    what: "the kernel's type information, \(typeInformation), cannot be read: "
                        + errorText(errno),
                    remedy: "it needs a kernel with CONFIG_DEBUG_INFO_BTF=y"
                        + " (Debian's and Ubuntu's have it), and /sys mounted"))
        }
        let privileges = missingPrivileges()
        missing += privileges
        // The smallest map there is tells whether bpf(2) is allowed at all.
        let map = unsafe bpf_map_create(BPF_MAP_TYPE_RINGBUF, "probe", 0, 0, 4096, nil)
        if map >= 0 {
            close(map)
        } else if privileges.isEmpty || map != -EPERM {
            missing.append(refusal(number: -map))
        }
        return missing
    }

    private static func missingPrivileges() -> [MissingRequirement] {
        let held = ThreadPrivileges.current
        return Privilege.required.filter { !held.has($0) }.map { privilege in
            MissingRequirement(
                what: "\(privilege.rawValue) is missing, without which the kernel lets nobody "
                    + (privilege == .bpf ? "load BPF programs" : "trace by BPF programs"),
                remedy: privilege.remedy)
        }
    }

    private static func refusal(number: CInt) -> MissingRequirement {
        switch number {
        case EPERM:
            MissingRequirement(
                what: "the kernel does not let this process load BPF programs,"
                    + " though it has CAP_BPF (bpf(2): Operation not permitted)",
                remedy: "a user namespace, a filter of system calls or a lockdown forbids it;"
                    + " in a container, run it privileged")
        case ENOSYS:
            MissingRequirement(
                what: "this kernel has no bpf(2)",
                remedy:
                    "it needs a kernel with CONFIG_BPF_SYSCALL=y, or a seccomp profile that allows bpf"
            )
        default:
            MissingRequirement(
                what: "the kernel refused a BPF ring buffer: "
                    + errorText(number),
                remedy: "it needs Linux 5.8 or newer; it was run on 6.1 and newer")
        }
    }

    /// The running kernel's release, such as `6.1.0-28-amd64`: uname(2).
    public static func kernelRelease() -> String { systemName(\.release) }

    /// The machine that it was built for, such as `x86_64`: uname(2).
    public static func architecture() -> String { systemName(\.machine) }

    private static func systemName<Text>(_ part: KeyPath<utsname, Text>) -> String {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "unknown" }
        return unsafe withUnsafePointer(to: name[keyPath: part]) { text in
            unsafe text.withMemoryRebound(to: CChar.self, capacity: 65) {
                unsafe String(cString: $0)
            }
        }
    }
}
