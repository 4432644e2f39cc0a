import Foundation
import Testing

@testable import Events

@Suite("Containers")
struct ContainerTests {
    static let id = String(repeating: "0123456789abcdef", count: 4)
    static let short = String(id.prefix(31))

    static let inside = [
        "/docker/\(id)",
        "/system.slice/docker-\(id).scope",
        "/kubepods/burstable/pod71a2/\(id)",
        "/kubepods.slice/kubepods-pod71a2.slice/cri-containerd-\(id).scope",
        "/kubepods.slice/kubepods-pod71a2.slice/crio-\(id).scope",
        "/machine.slice/libpod-\(id).scope/container",
        "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope",
        "/system.slice:docker:\(id)",
        "/docker/\(id)/system.slice/cron.service",
        "/docker/\(String(repeating: "f", count: 64))/docker/\(id)",
    ]

    @Test("every engine's layout names the container", arguments: inside)
    func layouts(path: String) {
        #expect(String(decoding: containerID(inCgroup: bytes(path)), as: UTF8.self) == Self.short)
    }

    static let outside = [
        "/", "", "/system.slice/ssh.service", "/docker/\(id.dropLast())", "/docker/0\(id)",
        "/docker/\(id.uppercased())", "/machine.slice/libpod-conmon-\(id).scope",
        "/kubepods.slice/crio-conmon-\(id).scope", "/x\(id)", "/\(id)x",
    ]

    @Test("what is no container has no id", arguments: outside)
    func noContainer(path: String) {
        #expect(containerID(inCgroup: bytes(path)).isEmpty)
    }

    @Test(
        "the hierarchy that counts is the unified one, unless it is empty",
        arguments: [
            ("0::/a.slice\n", "/a.slice"),
            ("9:name=systemd:/\n4:memory:/m\n8:pids:/p\n0::/\n", "/m"),
            ("8:pids:/p:q\n4:memory:/\n0::/\n", "/p:q"),
            ("4:cpu,memory:/m\n", "/m"), ("", "/"), ("nonsense\n0::/x\n", "/x"),
        ])
    func hierarchy(text: String, path: String) {
        #expect(String(decoding: cgroupPath(bytes(text)), as: UTF8.self) == path)
    }

    @Test("an exec names its container, and its children have it until they are put elsewhere")
    func inheritance() throws {
        var encoder = EventEncoder(cgroup: { $0 == 12 ? "/docker/\(Self.id)" : nil })
        func container(_ pid: UInt32) throws -> String? {
            part(
                of: try encoder.line(RecordBytes.call(time: 9, tgid: pid)), from: #""docker":""#,
                to: "\"")
        }
        try encoder.line(RecordBytes.exec(10, parent: 0, time: 1))
        #expect(try container(10) == nil)
        // The engine's own child, put into the container's cgroup as it is made.
        try encoder.line(RecordBytes.fork(10, child: 12, time: 2, cgroup: 50))
        #expect(try container(12) == Self.short)
        // The next one is known by the cgroup's number alone.
        try encoder.line(RecordBytes.fork(10, child: 13, time: 2, cgroup: 50))
        #expect(try container(13) == Self.short)
        try encoder.line(
            RecordBytes.exec(14, parent: 10, time: 3, cgroup: ["docker-\(Self.id).scope", "a"]))
        #expect(try container(14) == Self.short)
        try encoder.line(RecordBytes.fork(14, child: 15, time: 4))
        #expect(try container(15) == Self.short)
    }
}
