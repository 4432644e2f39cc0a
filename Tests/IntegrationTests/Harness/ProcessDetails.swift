import Foundation

/// What `--process-credentials` and `--process-namespaces` show of a process, read from /proc.
struct ProcessDetails {
    /// The members `cap`, `process_credentials` and `ns`.
    var members: [String: JSON]

    /// Asks /proc.
    init(of pid: Int) throws {
        let status = try Self.status(of: pid)
        func numbers(_ name: String) -> [Int] {
            (status[name] ?? "").split(separator: "\t").compactMap { Int($0) }
        }
        let (users, groups) = (numbers("Uid"), numbers("Gid"))
        guard users.count == 4, groups.count == 4 else {
            throw HarnessError("/proc/\(pid)/status does not read as expected")
        }
        var capabilities: JSON = [:]
        for (name, line) in [
            ("permitted", "CapPrm"), ("effective", "CapEff"), ("inheritable", "CapInh"),
        ] {
            let names = Self.capabilities(UInt64(status[line] ?? "", radix: 16) ?? 0)
            if !names.isEmpty { capabilities[name] = .array(names.map(JSON.string)) }
        }
        var credentials: JSON = [:]
        for (index, kind) in ["", "e", "s", "fs"].enumerated() {
            credentials[kind + "uid"] = .number(users[index])
            credentials[kind + "gid"] = .number(groups[index])
        }
        members = [
            "cap": capabilities, "process_credentials": credentials,
            "ns": try Self.namespaces(of: pid),
        ]
    }

    private static func status(of pid: Int) throws -> [String: String] {
        let text = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/status"))
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        return Dictionary(lines.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first
        }
    }

    // MARK: - Namespaces

    private static func namespaces(of pid: Int) throws -> JSON {
        // The first process may have been given its own; the kernel's threads have the machine's.
        let comm = try? String(contentsOfFile: "/proc/2/comm", encoding: .utf8)
        let host = comm == "kthreadd\n" ? 2 : 1
        var namespaces: JSON = [:]
        for name in [
            "uts", "ipc", "mnt", "pid", "pid_for_children", "net", "time", "time_for_children",
            "cgroup", "user",
        ] {
            guard let number = try inode(name, of: pid) else { continue }
            namespaces[name] = ["inum": .number(number)]
            if number == (try inode(name, of: host)) { namespaces[name]?["is_host"] = true }
        }
        return namespaces
    }

    /// The number in `mnt:[4026531841]`; nil where the process hides it.
    private static func inode(_ namespace: String, of pid: Int) throws -> Int? {
        var status = stat()
        guard stat("/proc/\(pid)/ns/\(namespace)", &status) == 0 else {
            guard errno == EACCES else { throw HarnessError.call("/proc/\(pid)/ns/\(namespace)") }
            return nil
        }
        return Int(status.st_ino)
    }

    // MARK: - Capabilities

    private static func capabilities(_ bits: UInt64) -> [String] {
        (0..<64).filter { bits >> UInt64($0) & 1 != 0 }.map { bit in
            "CAP_" + (bit < names.count ? names[bit] : String(bit))
        }
    }

    /// capabilities(7), in the order of linux/capability.h.
    private static let names = """
        CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
        LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER
        SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE
        SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP
        MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
        CHECKPOINT_RESTORE
        """.split(whereSeparator: \.isWhitespace).map(String.init)
}

/// The cgroup that the event of a program's start names, read from /proc.
struct ProcessCgroup {
    /// The member `cgroup`.
    let json: JSON

    /// Asks /proc: the unified hierarchy, or where that has nothing but its root memory or pids.
    init(of pid: Int) throws {
        let lines = try String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8)
            .split(separator: "\n")
            .map { $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false) }
        var found = (controller: "", path: "/")
        for controller in ["", "memory", "pids"] where found.path == "/" {
            let line = lines.first {
                controller.isEmpty
                    ? $0[1].isEmpty : $0[1].split(separator: ",").contains { $0 == controller }
            }
            if let line, line[2] != "/" { found = (controller, String(line[2])) }
        }
        var status = stat()
        let directory = try Self.mountPoint(of: found.controller) + found.path
        guard stat(directory, &status) == 0 else { throw HarnessError.call(directory) }
        json = ["id": .string(String(status.st_ino)), "path": .string(found.path)]
    }

    /// Where a hierarchy is: `30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw`.
    static func mountPoint(of controller: String) throws -> String {
        for line in try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            .split(separator: "\n")
        {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), fields.count > dash + 3 else { continue }
            let options = fields[dash + 3].split(separator: ",").map(String.init)
            if fields[dash + 1] == (controller.isEmpty ? "cgroup2" : "cgroup"),
                controller.isEmpty || options.contains(controller)
            {
                return String(fields[4])
            }
        }
        throw HarnessError("the cgroups of \"\(controller)\" are not mounted")
    }
}
