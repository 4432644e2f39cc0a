import Glibc

/// Reads processes from /proc; the only part of this module that asks the kernel.
///
/// Processes come and go meanwhile: one that vanishes half-way is left out, and
/// so is one whose number went to another process while it was read.
public struct ProcScan: Sendable {
    /// The longest command line that is read; records are cut at the same length.
    static let longestCommandLine = 4096
    /// In /proc/PID/stat: the process is the kernel's own (PF_KTHREAD).
    private static let kernelThread: UInt64 = 0x0020_0000

    private let root: String
    private let ticksPerSecond: UInt64

    /// Reads below `root`, which is laid out like /proc.
    public init(root: String = "/proc") {
        self.root = root
        ticksPerSecond = UInt64(clamping: max(1, sysconf(CInt(_SC_CLK_TCK))))
    }

    /// Every process that can be read, in no order.
    public func processes() -> [ScannedProcess] {
        guard let directory = unsafe opendir(root) else { return [] }
        defer { unsafe closedir(directory) }
        var found: [ScannedProcess] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = UInt32(name), let process = process(pid) { found.append(process) }
        }
        return found
    }

    /// One process, if it exists.
    public func process(_ pid: UInt32) -> ScannedProcess? {
        let path = "\(root)/\(pid)"
        guard let stat = ProcStat(read("\(path)/stat", most: 4096)) else { return nil }
        let commandLine = read("\(path)/cmdline", most: Self.longestCommandLine + 1) ?? []
        let uid = read("\(path)/status", most: 8192).flatMap(effectiveUser) ?? 0
        let auid = read("\(path)/loginuid", most: 32).flatMap { parse($0[...]) } ?? .max

        let argv = Array(commandLine.prefix(Self.longestCommandLine))
        var image = ProcessImage(
            binary: stat.name, arguments: argumentLine(argv),
            directory: existing(link("\(path)/cwd")) ?? [], uid: uid,
            auid: UInt32(truncatingIfNeeded: auid), flags: .procFS)
        if stat.flags & Self.kernelThread == 0 {
            image.binary = existing(link("\(path)/exe")) ?? absolute(argv) ?? stat.name
        }
        if image.directory == [UInt8(ascii: "/")] { image.flags.insert(.rootcwd) }
        if commandLine.count > argv.count { image.flags.insert(.truncArgs) }

        guard ProcStat(read("\(path)/stat", most: 4096))?.startTicks == stat.startTicks else {
            return nil
        }
        return ScannedProcess(
            pid: pid, parent: stat.parent, start: nanoseconds(stat.startTicks), image: image)
    }

    private func nanoseconds(_ ticks: UInt64) -> UInt64 {
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
        return seconds &* 1_000_000_000 &+ rest &* 1_000_000_000 / ticksPerSecond
    }

    // MARK: - Files

    /// The beginning of a file.
    private func read(_ path: String, most: Int) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            while count < most {
                let received = unsafe Glibc.read(
                    file, buffer.baseAddress.map { unsafe $0 + count }, most - count)
                if received < 0, errno == EINTR { continue }
                failed = received < 0
                guard received > 0 else { break }
                count += received
            }
        }
        return failed ? nil : bytes
    }

    /// Where a symbolic link leads.
    private func link(_ path: String) -> [UInt8]? {
        var length = -1
        let target = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            length = unsafe readlink(path, start, buffer.count)
            count = max(0, length)
        }
        return length > 0 ? target : nil
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

/// The second number of the line "Uid:" is the effective user.
private func effectiveUser(_ status: [UInt8]) -> UInt32? {
    let line = status.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "Uid:".utf8) }
    let fields = line?.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) ?? []
    return fields.count > 2 ? parse(fields[2]).map { UInt32(truncatingIfNeeded: $0) } : nil
}
