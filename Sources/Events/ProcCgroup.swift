/// The path of a process's cgroup in /proc/PID/cgroup, of the hierarchy that records name too.
///
///     0::/user.slice/user-0.slice       the unified one, unless it has nothing but its root
///     4:memory:/docker/5f1d...          else that of memory, then that of pids
func cgroupPath(_ text: [UInt8]) -> [UInt8] {
    let root = [UInt8(ascii: "/")]
    var paths: [[UInt8]: [UInt8]] = [:]
    for line in text.split(separator: UInt8(ascii: "\n")) {
        // The path may hold anything, a colon too.
        let fields = line.split(
            separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { continue }
        for controller in fields[1].split(
            separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        {
            paths[Array(controller)] = Array(fields[2])
        }
    }
    for controller in ["", "memory", "pids"] {
        if let path = paths[Array(controller.utf8)], path != root { return path }
    }
    return root
}
