import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Starts that fail, and what the command line says")
    struct FaultsStartTests {
        private func martlet(_ arguments: String...) async throws -> ProgramRun {
            try await run(ChildProcess.built("martlet"), arguments)
        }

        /// Runs a shell script that sees mounts of its own, with `$0` the executable and `$1` a folder.
        private func inOwnMounts(_ script: String) async throws -> ProgramRun {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var policy = PolicyDocument("nobodys", .pipe2(PolicyDocument.only(4_194_304)))
            policy.options = ["attach-method": "tracepoint"]
            try policy.yaml.write(
                toFile: folder + "/policy.yaml", atomically: false, encoding: .utf8)
            return try await run(
                "/usr/bin/unshare",
                [
                    "--mount", "--propagation", "private", "/bin/sh", "-c", script,
                    ChildProcess.built("martlet"), folder,
                ])
        }

        @Test("tracefs that is mounted nowhere is used all the same, and leaves no mount")
        func tracefs() async throws {
            let run = try await inOwnMounts(
                """
                umount -l /sys/kernel/tracing 2>/dev/null
                umount -l /sys/kernel/debug 2>/dev/null
                cd "$1"
                "$0" serve --listen 127.0.0.1:0 --state-dir state --policy policy.yaml >out &
                until grep -q policy out; do kill -0 $! || exit 9; done
                grep -c tracefs /proc/mounts
                kill $! && wait $! && grep "nobodys" out
                """)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output == "0\n  policy   nobodys: __x64_sys_pipe2 by tracepoint\n")
        }

        @Test("a kernel without type information is named, with what has it")
        func typeInformation() async throws {
            let run = try await inOwnMounts(
                """
                mount -t tmpfs none /sys/kernel/btf
                exec "$0" serve --listen 127.0.0.1:0 --state-dir "$1/state"
                """)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors.hasPrefix("martlet: this machine cannot run it.\n"))
            #expect(run.errors.contains("/sys/kernel/btf/vmlinux, cannot be read: No such file"))
            #expect(run.errors.contains("CONFIG_DEBUG_INFO_BTF=y"))
        }

        @Test("a busy port is named")
        func busy() async throws {
            let service = try await ServiceProcess.start()
            let run = try await martlet(
                "serve", "--listen", "127.0.0.1:\(service.port)", "--state-dir",
                service.stateDirectory + "/other")
            #expect(run.status == 1)
            #expect(
                run.errors.contains(
                    "martlet: listening on 127.0.0.1:\(service.port): "))
            #expect(run.errors.contains("in use"))
            try await service.expectWorking("beside one that did not start")
        }

        @Test(
            "addresses beyond loopback are refused with a way out",
            arguments: ["0.0.0.0:0", "[::]:0", "10.0.0.1:8080"])
        func beyondLoopback(address: String) async throws {
            let run = try await martlet("serve", "--listen", address)
            #expect(run.status == 1)
            #expect(run.errors.hasPrefix("martlet: --listen \(address) is not a loopback address."))
            #expect(run.errors.contains("ssh -L 8080:127.0.0.1:8080 HOST"))
        }

        @Test(
            "what cannot be used is named",
            arguments: [
                (["--listen", "nowhere"], 1, "'nowhere' has no port"),
                (["--listen", "example.org:80"], 1, "'example.org' is not an address"),
                (["--state-dir", "/dev/null/a"], 1, "creating /dev/null/a: Not a directory"),
                (["--event-log-size", "much"], 64, "'much' is invalid"),
                (["--log-level", "loud"], 64, "'loud' is invalid"),
                (["--colour"], 64, "Unknown option '--colour'"),
            ])
        func unusable(flags: [String], status: Int32, message: String) async throws {
            let listen = flags.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
            let run = try await run(
                ChildProcess.built("martlet"), ["serve"] + listen + flags)
            #expect(run.status == status)
            #expect(run.errors.contains(message), "\(run.errors)")
        }

        @Test("a first policy that cannot be used is named, and leaves nothing running")
        func firstPolicy() async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let run = try await martlet(
                "serve", "--listen", "127.0.0.1:0", "--state-dir", folder, "--policy", "/nowhere")
            #expect(run.status == 1)
            #expect(run.errors.contains("martlet: --policy /nowhere: the file cannot be read"))
        }

        @Test("help and version read well and exit 0")
        func help() async throws {
            let help = try await martlet("--help")
            #expect(help.status == 0)
            #expect(help.errors == "")
            for word in ["OVERVIEW: Traces", "USAGE: martlet <subcommand>", "serve", "version"] {
                #expect(help.output.contains(word))
            }
            let serve = try await martlet("serve", "--help")
            #expect(serve.status == 0)
            for word in [
                "USAGE: martlet serve [<options>]\n", "--listen <host:port>",
                "(default: 127.0.0.1:8080)", "--state-dir <dir>",
                "(default: /var/lib/martlet)", "--event-log-size <size>", "such as 16MiB",
                "[MARTLET_LISTEN]", "--bpf-stats/--no-bpf-stats",
            ] {
                #expect(serve.output.contains(word), "\(word)")
            }
            for line in (help.output + serve.output).split(separator: "\n") {
                #expect(line.count <= 100, "\(line)")
            }
            let version = try await martlet("version")
            #expect(version.status == 0)
            #expect(version.output.wholeMatch(of: /martlet \d+\.\d+\.\d+, Linux \S+\n/) != nil)
        }
    }
}
