import Foundation

/// What /proc says of the rights of one thread.
struct ThreadRights: Equatable {
    /// The sets by their names there: CapInh, CapPrm, CapEff, CapBnd, CapAmb.
    var sets: [String: Set<String>] = [:]
    /// Whether no program that it runs can give it more.
    var hasNoNewPrivileges = false

    /// The same capabilities permitted, effective and possible; none to pass on.
    init(only capabilities: Set<String>) {
        for name in ["CapPrm", "CapEff", "CapBnd"] { sets[name] = capabilities }
        for name in ["CapInh", "CapAmb"] { sets[name] = [] }
        hasNoNewPrivileges = true
    }

    private init(status path: String) throws {
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: ":")
            guard parts.count == 2 else { continue }
            let value = parts[1].trimmingCharacters(in: .whitespaces)
            switch parts[0] {
            case "NoNewPrivs": hasNoNewPrivileges = value == "1"
            case let name where name.hasPrefix("Cap"):
                guard let bits = UInt64(value, radix: 16) else {
                    throw HarnessError("\(path): \(line)")
                }
                sets[String(name)] = Self.names(bits)
            default: break
            }
        }
    }

    /// Of every thread of a process.
    static func all(of pid: Int) throws -> [ThreadRights] {
        let folder = "/proc/\(pid)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).map {
            try ThreadRights(status: "\(folder)/\($0)/status")
        }
    }

    /// The capabilities that the service may have, by linux/capability.h; others by number.
    private static func names(_ bits: UInt64) -> Set<String> {
        let known = [
            2: "CAP_DAC_READ_SEARCH", 10: "CAP_NET_BIND_SERVICE", 19: "CAP_SYS_PTRACE",
            21: "CAP_SYS_ADMIN", 38: "CAP_PERFMON", 39: "CAP_BPF",
        ]
        return Set((0..<64).filter { bits >> $0 & 1 == 1 }.map { known[$0] ?? "\($0)" })
    }
}
