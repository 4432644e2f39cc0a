/// The containers of cgroups, so that a fork need not carry the cgroup's path.
struct ContainerCache {
    /// More cgroups than any machine runs containers; then all are forgotten.
    private static let capacity = 4096

    private var containers: [UInt64: [UInt8]] = [:]

    /// Takes note of what an exec told.
    mutating func note(_ container: [UInt8], of cgroup: UInt64) {
        if containers.count >= Self.capacity { containers.removeAll() }
        containers[cgroup] = container
    }

    /// The container of a child: its caller's, unless it was put into another cgroup.
    ///
    /// `read` tells the path of a process's cgroup, and nothing where it has ended.
    mutating func container(
        of child: ProcessTask, whose caller: ProcessEntry, reading read: (UInt32) -> [UInt8]?
    ) -> [UInt8] {
        if child.cgroup == caller.task.cgroup { return caller.image.container }
        if let known = containers[child.cgroup] { return known }
        guard let path = read(child.pid) else { return caller.image.container }
        let container = containerID(inCgroup: path)
        note(container, of: child.cgroup)
        return container
    }
}
