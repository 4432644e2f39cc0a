import Foundation

/// What a service is started with instead of all of root's rights: another user, and capabilities.
struct Rights: Sendable {
    /// A user and group that nobody else is.
    static let user = 54_321

    /// Such as `CAP_BPF`.
    var capabilities: [String]
    /// Whether tracefs is mounted where the service looks for it.
    var findsTracefs = true

    /// Those that the systemd unit gives.
    static func ofUnit() throws -> Rights {
        Rights(capabilities: try ServiceUnit().words(of: "AmbientCapabilities"))
    }

    /// A command that runs what follows it; `program` is replaced by `visible`, a path that the
    /// user can reach.
    func command(running program: String, as visible: String) -> [String] {
        let names = capabilities.map { "+" + $0.dropFirst("CAP_".count).lowercased() }
        let set = (["-all"] + names).joined(separator: ",")
        // Mounts of its own: others shall not see these, nor miss what is hidden here.
        let script = """
            umount -l /sys/kernel/tracing 2>/dev/null
            umount -l /sys/kernel/debug 2>/dev/null
            : >"$1" && mount --bind "$0" "$1" || exit 9
            \(findsTracefs ? "mount -t tracefs tracefs /sys/kernel/tracing || exit 9" : "")
            shift
            exec "$@"
            """
        return [
            "/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", script,
            program, visible, "/usr/bin/setpriv", "--reuid", "\(Self.user)",
            "--regid", "\(Self.user)", "--clear-groups", "--inh-caps", set, "--ambient-caps", set,
            "--bounding-set", set, "--pdeathsig", "KILL", visible,
        ]
    }
}

/// martlet.service, which systemd reads.
struct ServiceUnit {
    /// Where it is.
    let path: String
    private let lines: [Substring]

    /// Reads it: in the sources, or in a guest, which has none, beside the tests.
    init() throws {
        let sources = URL(filePath: #filePath + "/../../../..").standardized.path()
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(filePath: tests).deletingLastPathComponent().path()
        let places = [sources, beside].map { $0 + "/martlet.service" }
        guard let path = places.first(where: { access($0, R_OK) == 0 }) else {
            throw HarnessError("martlet.service is not in \(sources)")
        }
        self.path = path
        lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }

    /// Every value of a setting, in order.
    func values(of setting: String) -> [String] {
        lines.filter { $0.hasPrefix(setting + "=") }.map { String($0.dropFirst(setting.count + 1)) }
    }

    /// The words of a setting's values.
    func words(of setting: String) -> [String] {
        values(of: setting).flatMap { $0.split(separator: " ").map(String.init) }
    }
}
