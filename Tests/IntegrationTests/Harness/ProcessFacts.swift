import Foundation

/// What is true of a process, found out without the service.
struct ProcessFacts: Sendable {
    var pid: Int
    var uid: Int
    var auid: Int
    /// Empty where nobody may know.
    var cwd: String
    var binary: String
    /// Without argv[0].
    var arguments: String
    /// How the service came to know the process.
    var flags: String
    var parent: Int
    /// When it was forked: CLOCK_BOOTTIME, in nanoseconds, cut to 10 ms as in /proc.
    var started: Int
    /// When its `exec_id` may say that it began.
    var identity: ClosedRange<Int>
    /// What else its object shows, such as what the service was asked to show.
    var more: [String: JSON] = [:]

    /// The flags of a process that the service saw forked, and saw replace its program.
    static let followed = "execve clone"
    /// The flags of a process that was there before the service.
    static let scanned = "procFS"

    private static let tick = 10_000_000
    /// Bytes of arguments that are read of a process that was there before the service.
    private static let listed = 4096

    /// Asks /proc; not for `cwd` where that is given, because its path is too long to be asked for.
    init(of pid: Int, flags: String, cwd: String? = nil) throws {
        func text(_ file: String) throws -> String {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(file)"))
            return String(decoding: bytes, as: UTF8.self)
        }
        func link(_ file: String) throws -> String? {
            // FileManager's answer is cut after 1 KiB.
            var path = [CChar](repeating: 0, count: 4096)
            let length = readlink("/proc/\(pid)/\(file)", &path, path.count)
            // The first process may hide what it is from everybody.
            if length < 0, errno == EACCES { return nil }
            guard length > 0 else { throw HarnessError.call("/proc/\(pid)/\(file)") }
            return String(
                decoding: path.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        // Behind the name, which may hold anything: state, parent, ..., start time.
        let stat = try text("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard stat.count > 19, let parent = Int(stat[1]), let ticks = Int(stat[19]),
            let uids = try text("status").split(separator: "\n").first(where: {
                $0.hasPrefix("Uid:")
            }), let uid = Int(uids.split(separator: "\t")[2]), let auid = Int(try text("loginuid"))
        else { throw HarnessError("/proc/\(pid) does not read as expected") }
        self.pid = pid
        self.uid = uid
        self.auid = auid
        self.flags = flags
        self.parent = parent
        let commandLine = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline"))
        // Of who was there before it, the service reads the beginning. Who runs the tests may have
        // been started with more.
        let isCut = flags == Self.scanned && commandLine.count > Self.listed
        let bytes = isCut ? commandLine.prefix(Self.listed) + [0] : commandLine
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        self.cwd = try cwd ?? link("cwd") ?? ""
        binary = try link("exe") ?? words.first ?? ""
        let line = words.dropLast().dropFirst().map { $0.contains(" ") ? "\"\($0)\"" : $0 }
            .joined(separator: " ")
        arguments = isCut ? String(decoding: line.utf8.prefix(Self.listed), as: UTF8.self) : line
        if isCut {
            self.flags += " truncArgs"
            more["truncated"] = ["arguments": .number(commandLine.count)]
        }
        started = ticks * Self.tick
        identity =
            flags == Self.scanned ? started...started + Self.tick : started...Moment.now.boottime
    }

    /// This process, which runs the tests.
    static func tests() throws -> ProcessFacts {
        try ProcessFacts(of: Int(getpid()), flags: scanned)
    }

    /// A child of this process that runs the same program.
    func forked(_ pid: Int, between start: Moment) -> ProcessFacts {
        var child = self
        child.pid = pid
        child.parent = self.pid
        child.identity = start.boottime...Moment.now.boottime
        return child
    }

    /// The process object of an event; what only the service knows is taken from `reported`.
    fileprivate func json(thread: Int, reported: JSON) -> JSON {
        var process: JSON = [
            "pid": .number(pid), "uid": .number(uid), "auid": .number(auid), "cwd": .string(cwd),
            "binary": .string(binary), "flags": .string(flags), "tid": .number(thread),
        ]
        if cwd.isEmpty { process["cwd"] = nil }
        if !arguments.isEmpty { process["arguments"] = .string(arguments) }
        // Tests run in the machine's own pid namespace.
        process["in_init_tree"] = .bool(false)
        process["exec_id"] = reported["exec_id"]
        process["start_time"] = reported["start_time"]
        process["parent_exec_id"] = reported["parent_exec_id"]
        for (name, member) in more { process[name] = member }
        return process
    }
}

/// A moment on both clocks, in nanoseconds.
struct Moment: Sendable {
    let boottime: Int
    let realtime: Int

    static var now: Moment {
        func read(_ clock: clockid_t) -> Int {
            var time = timespec()
            clock_gettime(clock, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
        return Moment(boottime: read(CLOCK_BOOTTIME), realtime: read(CLOCK_REALTIME))
    }

    /// Reads `2026-11-23T09:02:58.588627690Z`: nanoseconds since 1970.
    static func realtime(of text: String) -> Int? {
        let parts = text.split(separator: ".")
        guard parts.count == 2, parts[1].count == 10, parts[1].hasSuffix("Z"),
            let nanoseconds = Int(parts[1].dropLast()),
            let date = try? Date("\(parts[0])Z", strategy: .iso8601)
        else { return nil }
        return Int(date.timeIntervalSince1970) * 1_000_000_000 + nanoseconds
    }
}

/// An `exec_id`, decoded.
struct ExecID: Equatable {
    var node: String
    var time: Int
    var pid: Int

    init?(_ text: String?) {
        guard let text, let data = Data(base64Encoded: text) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":")
        guard parts.count == 3, let time = Int(parts[1]), let pid = Int(parts[2]) else {
            return nil
        }
        (node, self.time, self.pid) = (String(parts[0]), time, pid)
    }
}

extension JSON {
    /// The process object that `facts` make, after what only the service knows was checked.
    func expected(
        _ facts: ProcessFacts, thread: Int? = nil, problems: inout [String]
    ) -> JSON {
        if let id = ExecID(self["exec_id"]?.text) {
            if id.node != ServiceProcess.nodeName || id.pid != facts.pid
                || !facts.identity.contains(id.time)
            {
                problems.append("exec_id of \(facts.pid) is \(id), not in \(facts.identity)")
            }
            let now = Moment.now
            let wall = Moment.realtime(of: self["start_time"]?.text ?? "") ?? 0
            if abs(wall - (id.time + now.realtime - now.boottime)) > Moment.clockSlack {
                problems.append("start_time of \(facts.pid) is another than exec_id says")
            }
        } else {
            problems.append("exec_id of \(facts.pid) is \(String(describing: self["exec_id"]))")
        }
        let parent = ExecID(self["parent_exec_id"]?.text)
        if parent?.node != ServiceProcess.nodeName || parent?.pid != facts.parent {
            problems.append("parent_exec_id of \(facts.pid) is \(String(describing: parent))")
        }
        return facts.json(thread: thread ?? facts.pid, reported: self)
    }
}

extension Moment {
    /// The wall clock may be adjusted between the service's look at it and the test's.
    static let clockSlack = 20_000_000 * Machine.slowness
}
