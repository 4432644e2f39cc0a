/// Where processes are read that no record has told of.
public protocol ProcessSource: Sendable {
    /// A process, if it exists.
    func process(_ pid: UInt32) -> ScannedProcess?
    /// The path of a process's cgroup, if it exists.
    func cgroup(of pid: UInt32) -> [UInt8]?
}
