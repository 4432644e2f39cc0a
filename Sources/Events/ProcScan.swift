import Glibc

/// Reads processes from /proc.
///
/// Processes come and go meanwhile: one that vanishes half-way is left out. Those that have ended
/// and wait for their parents are left out too: nobody will hear of their end again.
public struct ProcScan: ProcessSource {
    /// The longest command line that is read; events carry as much of it.
    static let longestCommandLine = 4096
    /// In /proc/PID/stat: the process is the kernel's own (PF_KTHREAD).
    private static let kernelThread: UInt64 = 0x0020_0000

    private let root: String
    private let reporting: ProcessReporting
    private let ticksPerSecond: UInt64

    /// Reads below `root`, which is laid out like /proc, what `reporting` needs.
    public init(root: String = "/proc", for reporting: ProcessReporting = ProcessReporting()) {
        self.root = root
        self.reporting = reporting
        ticksPerSecond = UInt64(clamping: max(1, sysconf(CInt(_SC_CLK_TCK))))
    }

    /// Every process that can be read, in no order, but for those that are `known`.
    public func processes(besides known: Set<UInt32> = []) -> [ScannedProcess] {
        everyone { known.contains($0) ? nil : process($0) }
    }

    /// Every process with its parent, in no order, and nothing else of them.
    public func families() -> [(pid: UInt32, parent: UInt32)] {
        everyone { pid in
            ProcStat(fileBytes("\(root)/\(pid)/stat", most: 4096)).map { (pid, $0.parent) }
        }
    }

    private func everyone<Found>(_ read: (UInt32) -> Found?) -> [Found] {
        guard let directory = unsafe opendir(root) else { return [] }
        defer { unsafe closedir(directory) }
        var found: [Found] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = UInt32(name), let one = read(pid) { found.append(one) }
        }
        return found
    }

    /// One process, if it exists and runs.
    public func process(_ pid: UInt32) -> ScannedProcess? {
        let path = "\(root)/\(pid)"
        guard let directory = ProcDirectory(path),
            let stat = ProcStat(directory.bytes("stat", most: 4096)), !stat.hasEnded
        else { return nil }
        var found = ScannedProcess(task: task(pid, stat, in: directory, path))
        found.directory = existing(directory.link("cwd")) ?? []
        found.container =
            directory.bytes("cgroup", most: 16_384).map {
                containerID(inCgroup: cgroupPath($0))
            } ?? []
        guard stat.flags & Self.kernelThread == 0 else {
            found.binary = stat.name
            return found
        }
        found.arguments = commandLine(in: directory)
        found.binary =
            existing(directory.link("exe")) ?? absolute(found.arguments.bytes) ?? stat.name
        if !reporting.environment.isEmpty {
            let block = directory.bytes("environ", most: 131_072) ?? []
            found.environment = RecordText(bytes: block, whole: UInt32(block.count))
        }
        return found
    }

    /// Whether a process is there; it may have ended and wait for its parent.
    public func exists(_ pid: UInt32) -> Bool { unsafe access("\(root)/\(pid)", F_OK) == 0 }

    /// The path of a process's cgroup, if it exists.
    public func cgroup(of pid: UInt32) -> [UInt8]? {
        fileBytes("\(root)/\(pid)/cgroup", most: 16_384).map(cgroupPath)
    }

    // MARK: - Parts

    private func task(
        _ pid: UInt32, _ stat: ProcStat, in directory: borrowing ProcDirectory, _ path: String
    ) -> ProcessTask {
        let status = ProcStatus(directory.bytes("status", most: 8192) ?? [])
        let auid = directory.bytes("loginuid", most: 32).flatMap { parse($0[...]) }
        var task = ProcessTask(
            pid: pid, parent: stat.parent, innerPID: status.numbers.last ?? pid,
            level: UInt32(clamping: status.numbers.count - 1),
            start: nanoseconds(stat.startTicks),
            auid: auid.map { UInt32(truncatingIfNeeded: $0) } ?? .max,
            credentials: status.credentials)
        if reporting.needsNamespaces {
            task.namespaces = Namespaces(readingLinksOf: "\(path)/ns")
        }
        return task
    }

    private func commandLine(in directory: borrowing ProcDirectory) -> RecordText {
        let most = Self.longestCommandLine
        var bytes = directory.bytes("cmdline", most: most + 1) ?? []
        var whole = bytes.count
        if bytes.count > most {
            // execve(2) takes a quarter of the stack's limit at most, 2 MiB by default.
            whole = directory.bytes("cmdline", most: 8 << 20)?.count ?? whole
            bytes.removeLast(bytes.count - most)
        }
        return RecordText(bytes: bytes, whole: UInt32(clamping: whole))
    }

    private func nanoseconds(_ ticks: UInt64) -> UInt64 {
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
        return seconds &* 1_000_000_000 &+ rest &* 1_000_000_000 / ticksPerSecond
    }
}

/// A path without the kernel's mark that nothing is there any more.
///
/// Records name a program as it was at exec, so its events go on under that
/// name after it was replaced, as by an upgrade.
private func existing(_ path: [UInt8]?) -> [UInt8]? {
    let mark = Array(" (deleted)".utf8)
    guard let path, path.suffix(mark.count).elementsEqual(mark) else { return path }
    return path.dropLast(mark.count)
}

/// argv[0], if it is a path that says where it begins.
private func absolute(_ argv: [UInt8]) -> [UInt8]? {
    argv.first == UInt8(ascii: "/") ? Array(argv.prefix { $0 != 0 }) : nil
}
