import CLibBPF
import Glibc

/// tracefs, where the kernel describes its tracepoints.
public struct Tracefs: Sendable {
    /// Where its files are.
    public let path: String
    /// The events that programs are attached to.
    let attachable = TracepointEvents()

    private static let places = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]

    /// Keeps a mount of our own, where there was none.
    private let mount: Descriptor?

    /// Finds tracefs, or mounts it for this process alone.
    ///
    /// Our mount stands nowhere in the file system, and is gone with the process.
    public init() throws(MissingRequirement) {
        if let mounted = Self.places.first(where: { isReadable($0 + "/events/syscalls") }) {
            path = mounted
            mount = nil
            return
        }
        let descriptor = martlet_open_tracefs()
        guard descriptor >= 0 else { throw Self.refusal(number: errno) }
        mount = Descriptor(owning: descriptor)
        path = "/proc/self/fd/\(descriptor)"
        guard isReadable(path + "/events/syscalls") else {
            throw errno == EACCES ? Self.unreadable : Self.withoutSystemCalls
        }
    }

    private static func refusal(number: CInt) -> MissingRequirement {
        guard number == EPERM else {
            return MissingRequirement(
                what: "tracefs is not mounted at \(places[0]), and mounting it failed: "
                    + errorText(number),
                remedy: "ask for: mount -t tracefs tracefs \(places[0])")
        }
        if unsafe martlet_is_tracefs(places[0]) != 0 { return unreadable }
        return MissingRequirement(
            what: "tracefs is not mounted at \(places[0]), and CAP_SYS_ADMIN is missing, which"
                + " opening it elsewhere needs",
            remedy: "mount -t tracefs tracefs \(places[0]), or \(Privilege.administration.remedy)")
    }

    private static let unreadable = MissingRequirement(
        what: "CAP_DAC_READ_SEARCH is missing, without which root alone can read tracefs",
        remedy: Privilege.readFiles.remedy)

    private static let withoutSystemCalls = MissingRequirement(
        what: "this kernel has no system-call tracepoints",
        remedy: "they need a kernel with CONFIG_FTRACE_SYSCALLS=y")
}
