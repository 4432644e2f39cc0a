/// The id of the container that a cgroup belongs to, as events show it: its first 31 digits.
///
/// Engines put a container's id, 64 hexadecimal digits, into the path, as a name of its own or at
/// the end of one:
///
///     /docker/ID                           docker and nerdctl with cgroupfs
///     /system.slice/docker-ID.scope        docker with systemd
///     /kubepods.slice/.../cri-containerd-ID.scope, crio-ID.scope
///     /kubepods/burstable/podUID/ID        Kubernetes with cgroupfs
///     /machine.slice/libpod-ID.scope/container
///     /system.slice:docker:ID              a systemd path that was given to cgroupfs
///
/// The innermost counts: what a container starts is in a container of its own. What watches one
/// (`crio-conmon-ID`, `libpod-conmon-ID`) is outside. Empty where there is none.
func containerID(inCgroup path: [UInt8]) -> [UInt8] {
    for name in path.split(separator: UInt8(ascii: "/")).reversed() {
        let stem = name.suffix(6).elementsEqual(".scope".utf8) ? name.dropLast(6) : name
        let id = stem.suffix(64)
        guard id.count == 64, id.allSatisfy(isHexDigit) else { continue }
        let prefix = stem.dropLast(64)
        guard prefix.isEmpty || prefix.last.map(separates) == true else { continue }
        return prefix.suffix(7).elementsEqual("conmon-".utf8) ? [] : Array(id.prefix(31))
    }
    return []
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

private func separates(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
}
