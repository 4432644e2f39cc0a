import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The rights that the service runs with")
    struct PrivilegeTests {
        /// Debian's kernels let nobody but who has CAP_SYS_ADMIN attach by perf events at this level,
        /// so the service keeps it there.
        private static func perfEventsAreRestricted() throws -> Bool {
            let level = try String(
                contentsOfFile: "/proc/sys/kernel/perf_event_paranoid", encoding: .utf8)
            return Int(level.prefix { $0.isNumber }) ?? 0 > 2
        }

        @Test("a service that root started gives up what it has no use for, in every thread")
        func root() async throws {
            let scene = try await Scene(["--max-subscribers", "10"])
            let hook = PolicyDocument.Hook.pipe2(PolicyDocument.only(scene.caller.pid))
            let events = try await scene.trace(PolicyDocument("pipes", hook))
            let outcome = try await scene.caller.call("pipe2 o:2 0")
            scene.pipe2("pipes", outcome.arrays[0]).check(try await events.nextEvent())

            let threads = try ThreadRights.all(of: scene.service.pid)
            #expect(threads.count > 2)
            var kept: Set = ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH", "CAP_SYS_PTRACE"]
            if try Self.perfEventsAreRestricted() { kept.insert("CAP_SYS_ADMIN") }
            for thread in threads { #expect(thread == ThreadRights(only: kept)) }

            // It took what it needs of CAP_SYS_ADMIN before.
            let kernel = try await scene.service.http.send("GET", "/v1/kernel").json
            let privileges = kernel["privileges"]?.elements ?? []
            #expect(privileges.count == 6)
            for privilege in privileges { #expect(privilege["available"] == true, "\(privilege)") }
            #expect(try kernel.feature("run_statistics")["available"] == true)
            #expect(!scene.service.log.contains("without CAP_"))
        }

        @Test("with the capabilities of the systemd unit, and no other user's rights, it traces")
        func unit() async throws {
            let rights = try Rights.ofUnit()
            #expect(rights.capabilities == ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH"])
            let scene = try await Scene(rights: rights)
            let hook = PolicyDocument.Hook.pipe2(PolicyDocument.only(scene.caller.pid))
            let events = try await scene.trace(PolicyDocument("pipes", hook))
            let outcome = try await scene.caller.call("pipe2 o:2 0")
            scene.pipe2("pipes", outcome.arrays[0]).check(try await events.nextEvent())

            let ready = try await scene.service.http.send("GET", "/readyz")
            #expect(try ready.status == 200 && ready.json == ["status": "ready", "reasons": []])
            let threads = try ThreadRights.all(of: scene.service.pid)
            #expect(threads.count > 2)
            let expected = ThreadRights(only: Set(rights.capabilities))
            for thread in threads { #expect(thread == expected) }
        }

        @Test("with those, a policy enforces what it says")
        func enforcing() async throws {
            let scene = try await Scene(rights: .ofUnit())
            let hook = PolicyDocument.Hook(
                call: "sys_pipe2", selectors: PolicyDocument.family(scene.caller.pid))
            let events = try await scene.trace(
                PolicyDocument("acts", hook.acting("{action: Sigkill}")))
            let (child, status) = try await scene.caller.attempt("pipe2 o:2 0")
            #expect(status == WaitStatus(SIGKILL))
            let event = try await events.nextEvent()
            #expect(event.call?["process"]?["pid"] == .number(child))
            #expect(event.call?["enforcement"] == "enforced")
        }

        @Test("with those, it tells everything of the processes of other users")
        func processes() async throws {
            let scene = try await LifeScene(rights: .ofUnit())
            try await scene.check("exec:\(scene.program)") {
                #expect($0.uid == 0)
                return nil
            }
            try await scene.check("gid:12345", "uid:12345", "exec:\(scene.program)") {
                #expect($0.uid == 12345)
                return nil
            }
        }

        @Test("with those, it tells the machine's own namespaces, and so whose names hold")
        func userNames() async throws {
            let scene = try await LifeScene(["--user-names"], rights: .ofUnit())
            for (steps, name) in [([], ["name": "root"]), (["unshare:0x20000"], nil)]
                as [([String], JSON?)]
            {
                let pid = try await scene.caller.start(steps + ["exec:\(scene.program)"])[0]
                let events = try await scene.events(of: pid, "process_exec")
                let exec = try await events.next { $0.exec?["binary"]?.text == scene.program }
                #expect(exec.exec?["user"] == name, "\(steps)")
                try await scene.caller.end(pid, by: SIGKILL)
            }
        }

        @Test("what it was started without is told, with what that costs")
        func missing() async throws {
            let service = try await ServiceProcess.start(rights: .ofUnit())
            let kernel = try await service.http.send("GET", "/v1/kernel").json
            let privileges = kernel["privileges"]?.elements ?? []
            let held = ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH"]
            let missing = ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_NET_BIND_SERVICE"]
            for (privilege, name) in zip(privileges, held + missing) {
                #expect(privilege["name"]?.text == name)
                let isHeld = held.contains(name)
                #expect(privilege["available"] == .bool(isHeld), "\(name)")
                #expect(
                    privilege["reason"]
                        == (isHeld ? .null : "the service was started without it"), "\(name)")
                #expect((privilege["costs"] == .null) == isHeld, "\(name)")
            }
            #expect(privileges.count == 6)
            #expect(
                privileges[3]["costs"]?.text?.hasPrefix("The runs of programs are neither counted")
                    == true)
            #expect(
                service.log.contains(
                    "without CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_NET_BIND_SERVICE; GET /v1/kernel"))
        }

        @Test(
            "without CAP_SYS_ADMIN runs are not counted, and the kernel's answer is told",
            .enabled("needs kernel.bpf_stats_enabled to be 0") {
                try String(contentsOfFile: "/proc/sys/kernel/bpf_stats_enabled", encoding: .utf8)
                    .hasPrefix("0")
            })
        func statistics() async throws {
            let service = try await ServiceProcess.start(rights: .ofUnit())
            let feature = try await service.http.send("GET", "/v1/kernel").json
                .feature("run_statistics")
            #expect(feature["available"] == false)
            #expect(
                feature["reason"]?.text
                    == "enabling BPF run statistics: Operation not permitted")
            #expect(
                feature["costs"]?.text
                    == "The runs of a policy's programs are neither counted nor timed.")
        }

        @Test(
            "a start without what it needs names that, what needs it, and how to give it",
            arguments: [
                (
                    ["CAP_PERFMON", "CAP_DAC_READ_SEARCH"], true,
                    [
                        "CAP_BPF is missing, without which the kernel lets nobody load BPF programs",
                        "  run it as root (sudo) or by martlet.service, or give it:"
                            + " setpriv --inh-caps +bpf --ambient-caps +bpf, in a container"
                            + " --cap-add CAP_BPF",
                    ]
                ),
                (
                    ["CAP_BPF", "CAP_DAC_READ_SEARCH"], true,
                    [
                        "CAP_PERFMON is missing, without which the kernel lets nobody trace by BPF programs",
                        "  run it as root (sudo) or by martlet.service, or give it:"
                            + " setpriv --inh-caps +perfmon --ambient-caps +perfmon, in a container"
                            + " --cap-add CAP_PERFMON",
                    ]
                ),
                (
                    ["CAP_BPF", "CAP_PERFMON"], true,
                    [
                        "CAP_DAC_READ_SEARCH is missing, without which root alone can read tracefs",
                        "  run it as root (sudo) or by martlet.service, or give it:"
                            + " setpriv --inh-caps +dac_read_search --ambient-caps +dac_read_search,"
                            + " in a container --cap-add CAP_DAC_READ_SEARCH",
                    ]
                ),
                (
                    ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH"], false,
                    [
                        "tracefs is not mounted at /sys/kernel/tracing, and CAP_SYS_ADMIN is"
                            + " missing, which opening it elsewhere needs",
                        "  mount -t tracefs tracefs /sys/kernel/tracing, or run it as root (sudo) or"
                            + " by martlet.service, or give it: setpriv --inh-caps +sys_admin"
                            + " --ambient-caps +sys_admin, in a container --cap-add CAP_SYS_ADMIN",
                    ]
                ),
            ])
        func refusal(capabilities: [String], findsTracefs: Bool, lines: [String]) async throws {
            let rights = Rights(capabilities: capabilities, findsTracefs: findsTracefs)
            let run = try await start(rights)
            #expect(run.status == 1)
            #expect(run.output == "")
            let expected = ["martlet: this machine cannot run it."] + lines
            #expect(run.errors == expected.joined(separator: "\n") + "\n")
        }

        @Test("a user without any rights is told of everything at once")
        func nobody() async throws {
            let run = try await start(Rights(capabilities: []))
            #expect(run.status == 1)
            let names = ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH"]
            let told = run.errors.split(separator: "\n").filter { $0.contains(" is missing, ") }
            #expect(told.map { String($0.prefix { $0 != " " }) } == names)
        }

        @Test("tracefs that is mounted nowhere is opened before CAP_SYS_ADMIN is given up")
        func ownTracefs() async throws {
            var rights = try Rights.ofUnit()
            rights.capabilities.append("CAP_SYS_ADMIN")
            rights.findsTracefs = false
            let scene = try await Scene(rights: rights)
            var policy = PolicyDocument(
                "pipes", .pipe2(PolicyDocument.only(scene.caller.pid)))
            policy.options = ["attach-method": "tracepoint"]
            let events = try await scene.trace(policy)
            let outcome = try await scene.caller.call("pipe2 o:2 0")
            scene.pipe2("pipes", outcome.arrays[0]).check(try await events.nextEvent())
            let keeps = try Self.perfEventsAreRestricted()
            for thread in try ThreadRights.all(of: scene.service.pid) {
                #expect(thread.sets["CapEff"]?.contains("CAP_SYS_ADMIN") == keeps)
            }
        }

        @Test("the state directory may be in a folder of another user, whatever root keeps")
        func folderOfAnother() async throws {
            let folder = try TestFolder()
            guard chown(folder.path, uid_t(Rights.user), gid_t(Rights.user)) == 0 else {
                throw HarnessError.call("chown")
            }
            let flags = ["--state-dir", folder.path + "/some/state"]
            let policy = PolicyDocument("kept", .pipe2(PolicyDocument.only(4_194_304)))
            do {
                let service = try await ServiceProcess.start(flags)
                try await service.add(policy.yaml)
                service.kill(SIGTERM)
                #expect(try await service.ending() == .exited(0))
            }
            let service = try await ServiceProcess.start(flags)
            #expect(try await service.status("kept")["state"] == "enabled")
        }

        @Test("a state directory of another user is named, with whose it has to be")
        func stateDirectory() async throws {
            let folder = try TestFolder()
            let state = try folder.folder("state")
            guard chown(state, uid_t(Rights.user), gid_t(Rights.user)) == 0,
                chmod(state, 0o700) == 0
            else { throw HarnessError.call("chown") }
            let run = try await run(
                ChildProcess.built("martlet"),
                ["serve", "--listen", "127.0.0.1:0", "--state-dir", state])
            #expect(run.status == 1)
            #expect(
                run.errors == "martlet: creating \(state)/lock: Permission denied; the state "
                    + "directory has to be of the service's user, \(geteuid())\n")
        }

        /// A start that is expected to fail.
        private func start(_ rights: Rights) async throws -> ProgramRun {
            let folder = try TestFolder()
            let command = rights.command(
                running: try ChildProcess.built("martlet"), as: folder.path + "/martlet")
            return try await run(
                command[0],
                command.dropFirst() + [
                    "serve", "--listen", "127.0.0.1:0", "--state-dir", folder.path + "/state",
                ])
        }
    }
}

extension JSON {
    /// A feature in the answer of `/v1/kernel`.
    fileprivate func feature(_ name: String) throws -> JSON {
        try #require(self["features"]?.elements?.first { $0["name"]?.text == name })
    }
}
