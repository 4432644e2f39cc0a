import Foundation
import Testing

/// A memory cgroup whose memory can be made to be used up; removed with it.
///
/// What a map of BPF programs holds is charged to the group that the map's maker was in.
final class MemoryGroup: Sendable {
    private let path: String
    private let version: Version

    private enum Version {
        /// A hierarchy of its own.
        case one
        /// The unified hierarchy, with the memory controller for the groups below the first.
        case two
    }

    /// Where this machine has them.
    private static let parent: (path: String, version: Version)? = {
        let files = FileManager.default
        if files.fileExists(atPath: "/sys/fs/cgroup/memory/memory.limit_in_bytes") {
            return ("/sys/fs/cgroup/memory", .one)
        }
        let controllers = try? String(
            contentsOfFile: "/sys/fs/cgroup/cgroup.subtree_control", encoding: .utf8)
        return (controllers ?? "").split(whereSeparator: \.isWhitespace).contains("memory")
            ? ("/sys/fs/cgroup", .two) : nil
    }()

    /// Whether there are any.
    static var areThere: Bool { parent != nil }

    /// Makes it.
    init() throws {
        let parent = try #require(Self.parent)
        path = "\(parent.path)/martlet-test-\(getpid())"
        version = parent.version
        guard mkdir(path, 0o755) == 0 else { throw HarnessError.call("mkdir \(path)") }
    }

    deinit { rmdir(path) }

    /// Has a process in it while it does something.
    func with<Result>(_ process: Int, _ body: () async throws -> Result) async throws -> Result {
        let before = try #require(Self.parent).path
        try write("\(process)", to: "\(path)/cgroup.procs")
        let result: Result
        do {
            result = try await body()
        } catch {
            try write("\(process)", to: "\(before)/cgroup.procs")
            throw error
        }
        try write("\(process)", to: "\(before)/cgroup.procs")
        return result
    }

    /// From now on there is no memory left for it, which must have no process in it.
    func useUp() throws {
        switch version {
        case .one:
            // Refused, but all is given back that can be, what processors keep in advance too.
            #expect(throws: (any Error).self) {
                try write("0", to: "\(path)/memory.limit_in_bytes")
            }
            let used = try String(contentsOfFile: "\(path)/memory.usage_in_bytes", encoding: .utf8)
            try write(
                used.trimmingCharacters(in: .whitespacesAndNewlines),
                to: "\(path)/memory.limit_in_bytes")
        case .two: try write("0", to: "\(path)/memory.max")
        }
    }

    /// There is memory again.
    func release() throws {
        switch version {
        case .one: try write("-1", to: "\(path)/memory.limit_in_bytes")
        case .two: try write("max", to: "\(path)/memory.max")
        }
    }

    private func write(_ text: String, to file: String) throws {
        guard let handle = FileHandle(forWritingAtPath: file) else {
            throw HarnessError.call("open \(file)")
        }
        try handle.write(contentsOf: Data(text.utf8))
    }
}
