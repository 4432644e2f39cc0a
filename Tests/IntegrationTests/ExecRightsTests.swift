import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Who a program runs as, and where")
    struct ExecRightsTests {
        /// Users and groups that nobody is.
        private let user = 54_321
        private let group = 54_322
        private let other = 54_323

        @Test("a user without rights starts a program without any, whatever its bits for that user")
        func plain() async throws {
            let scene = try await LifeScene()
            try await scene.check(
                "gid:\(group)", "uid:\(user)", "exec:\(scene.program)",
                edit: {
                    #expect($0.uid == user)
                    #expect($0.more["cap"] == [:])
                })
            let program = try scene.folder.write(.waiting, as: "raised")
            guard chown(program, uid_t(user), gid_t(group)) == 0, chmod(program, 0o6755) == 0
            else { throw HarnessError.call("chown") }
            try await scene.check("gid:\(group)", "uid:\(user)", "exec:\(program)")
        }

        @Test("a set-user-ID or set-group-ID program says what it got from its file")
        func setID() async throws {
            let scene = try await LifeScene()
            for mode in [0o4755, 0o2755, 0o6755] {
                let (setsUser, setsGroup) = (mode & 0o4000 != 0, mode & 0o2000 != 0)
                let program = try scene.folder.write(.waiting, as: "raised")
                guard chown(program, uid_t(other), gid_t(other)) == 0,
                    chmod(program, mode_t(mode)) == 0
                else { throw HarnessError.call("chown") }
                try await scene.check("gid:\(group)", "uid:\(user)", "exec:\(program)") { _ in
                    var changes: [JSON] = []
                    if setsUser { changes.append("PRIVILEGES_RAISED_EXEC_FILE_SETUID") }
                    if setsGroup { changes.append("PRIVILEGES_RAISED_EXEC_FILE_SETGID") }
                    var properties: JSON = [
                        "privileges_changed": .array(changes), "secureexec": true,
                    ]
                    if setsUser { properties["setuid"] = .number(other) }
                    if setsGroup { properties["setgid"] = .number(other) }
                    return properties
                } edit: { facts in
                    #expect(facts.uid == (setsUser ? other : user))
                    let group = setsGroup ? other : group
                    #expect(facts.more["process_credentials"]?["egid"] == .number(group))
                }
            }
        }

        @Test("a program with capabilities of its own says so")
        func capabilities() async throws {
            let scene = try await LifeScene()
            let program = try scene.folder.write(.waiting, as: "capable")
            do {
                let granter = try await scene.caller.start(["grant:\(program)", "exit:0"])[0]
                try await scene.caller.end(granter)
            } catch let error as HarnessError where error.isOf(ENOTSUP) {
                try Test.cancel("the file system of \(program) keeps no capabilities")
            }
            try await scene.check("gid:\(group)", "uid:\(user)", "exec:\(program)") { _ in
                [
                    "privileges_changed": ["PRIVILEGES_RAISED_EXEC_FILE_CAP"], "secureexec": true,
                ]
            } edit: {
                #expect(
                    $0.more["cap"] == ["permitted": ["CAP_NET_RAW"], "effective": ["CAP_NET_RAW"]])
            }
        }

        @Test("namespaces of its own are told apart from the machine's")
        func namespaces() async throws {
            let scene = try await LifeScene()
            // CLONE_NEW...: time, mount, cgroup, uts, ipc, user, net; pid is another test's.
            for (flag, names) in [
                (0x80, ["time", "time_for_children"]), (0x2_0000, ["mnt"]),
                (0x200_0000, ["cgroup"]), (0x400_0000, ["uts"]), (0x800_0000, ["ipc"]),
                (0x1000_0000, ["user"]), (0x4000_0000, ["net"]),
                (0x4E02_0000, ["cgroup", "ipc", "mnt", "net", "uts"]),
            ] {
                try await scene.check(
                    "unshare:\(flag)", "exec:\(scene.program)",
                    edit: { facts in
                        let all = facts.more["ns"]?.members ?? [:]
                        let own = all.filter { $0.value["is_host"] == nil }
                        #expect(Set(names).isSuperset(of: own.keys) && !own.isEmpty, "\(flag)")
                    })
            }
        }

        @Test("a program in a container's cgroup has the container's id")
        func container() async throws {
            let scene = try await LifeScene()
            let digits = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
            let cgroup = try ProcessCgroup.mountPoint(of: "") + "/docker-\(digits).scope"
            guard mkdir(cgroup, 0o755) == 0 else {
                try Test.cancel("no cgroup can be made: \(HarnessError.call(cgroup))")
            }
            defer { rmdir(cgroup) }
            try await scene.check(
                "cgroup:\(cgroup)", "exec:\(scene.program)",
                edit: { $0.more["docker"] = .string(String(digits.prefix(31))) })
        }
    }
}
