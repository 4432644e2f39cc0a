import CLibBPF

/// A part of root's rights that the service has a use for: a capability of capabilities(7).
///
/// In the order in which a person would mend their absence.
public enum Privilege: String, Sendable, CaseIterable {
    /// Loads programs, and makes their maps.
    case bpf = "CAP_BPF"
    /// Has programs read the kernel's memory, and attaches them.
    case perfmon = "CAP_PERFMON"
    /// Reads tracefs, which is root's alone, and the files of others.
    case readFiles = "CAP_DAC_READ_SEARCH"
    /// Opens tracefs where it is not mounted, and has the kernel time programs.
    case administration = "CAP_SYS_ADMIN"
    /// Reads of the processes of others what /proc keeps to their users.
    case inspectProcesses = "CAP_SYS_PTRACE"
    /// Listens on ports below 1024.
    case lowPorts = "CAP_NET_BIND_SERVICE"

    /// What nothing works without.
    static let required: [Privilege] = [.bpf, .perfmon]

    /// What is of use after the start, by who may open perf events here.
    static func lasting(with perfEvents: PerfEventAccess) -> Set<Privilege> {
        let lasting = Set(allCases).subtracting([.administration, .lowPorts])
        return perfEvents == .administrators ? lasting.union([.administration]) : lasting
    }

    /// The kernel's number of it.
    var number: CInt {
        switch self {
        case .bpf: CAP_BPF
        case .perfmon: CAP_PERFMON
        case .readFiles: CAP_DAC_READ_SEARCH
        case .administration: CAP_SYS_ADMIN
        case .inspectProcesses: CAP_SYS_PTRACE
        case .lowPorts: CAP_NET_BIND_SERVICE
        }
    }

    /// What its absence costs.
    func costs(with perfEvents: PerfEventAccess) -> String {
        switch self {
        case .bpf, .perfmon: "Nothing can be traced."
        case .readFiles: "Only files that the service's user may read can be used."
        case .administration:
            "The runs of programs are neither counted nor timed unless kernel.bpf_stats_enabled is 1, "
                + "and tracefs has to be mounted."
                + (perfEvents == .administrators
                    ? " Since kernel.perf_event_paranoid is above 2 here, nothing is attached to "
                        + "tracepoints or kprobes, only by fentry and kprobe.multi."
                    : "")
        case .inspectProcesses:
            "Of a process that is read from /proc, because the kernel did not list it or its record "
                + "was lost, the file, the directory and the environment are not known."
        case .lowPorts: "Ports below 1024 cannot be listened on."
        }
    }

    /// How a process is given this, for a person to do.
    var remedy: String {
        let name = rawValue.dropFirst("CAP_".count).lowercased()
        return "run it as root (sudo) or by martlet.service, or give it:"
            + " setpriv --inh-caps +\(name) --ambient-caps +\(name), in a container --cap-add \(rawValue)"
    }
}

extension Set<Privilege> {
    /// A word with the bit of each.
    var bits: UInt { reduce(0) { $0 | 1 << UInt($1.number) } }
}
