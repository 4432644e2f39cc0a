import Foundation
import Testing

extension IntegrationSuite {
    @Suite("What policies cost, and what is left of them")
    struct LeakTests {
        @Test(
            "policies that came and went leave nothing behind",
            .timeLimit(.minutes(3 * Machine.slowness)))
        func comingAndGoing() async throws {
            let scene = try await Scene()
            let usual = PolicyDocument(
                "fleeting", .pipe2(PolicyDocument.only(scene.caller.pid)))
            // Both programs, a map for each thread's records and a follow set: one in twenty,
            // because deleting it takes the kernel five times as long.
            let hook = PolicyDocument.Hook(
                call: "sys_openat",
                args: ["{index: 1, type: string}", "{index: 2, type: int}"],
                result: "{index: 0, type: int}", selectors: PolicyDocument.family(scene.caller.pid))
            let policy = PolicyDocument("fleeting", hook)
            func cycle(_ count: Int) async throws -> Footprint {
                for number in 0..<count {
                    try await scene.service.add(number % 20 == 0 ? policy.yaml : usual.yaml)
                    try await scene.service.delete("fleeting")
                }
                return try await Footprint.settled(of: scene.service.pid)
            }
            // Once, so that the service has done all that it does at start.
            let empty = try await cycle(1)
            try await scene.service.add(policy.yaml)
            let loaded = try Footprint(of: scene.service.pid)
            #expect(loaded.programs > empty.programs)
            #expect(loaded.maps > empty.maps)
            #expect(loaded.attachments > empty.attachments)
            try await scene.service.delete("fleeting")

            // The first cycles fill caches and the log of events.
            let warm = try await cycle(Machine.repetitions(100))
            let after = try await cycle(Machine.repetitions(900))
            #expect(after.descriptors == empty.descriptors)
            #expect(after.programs == empty.programs)
            #expect(after.maps == empty.maps)
            #expect(after.attachments == empty.attachments)
            #expect(after.resident - warm.resident < Self.memorySlack)
        }

        @Test(
            "versions that came and went leave nothing behind",
            .timeLimit(.minutes(2 * Machine.slowness)), arguments: AttachMethods.ofSystemCalls)
        func replacing(method: String) async throws {
            let scene = try await Scene()
            let versions = Self.versions(for: scene.caller.pid, by: method)
            try await scene.service.replace(versions[0])
            try await scene.service.delete("changing")
            let empty = try await Footprint.settled(of: scene.service.pid)
            // Each of them twice at least.
            for number in 0..<max(2 * versions.count, Machine.repetitions(100)) {
                try await scene.service.replace(versions[number % versions.count])
            }
            // What was replaced goes by itself: there is no more than one version, and what is
            // attached for it.
            let most = empty.programs + 3 * versions[0].hooks.count
            try await poll("more than \(most) programs stay") {
                try Footprint(of: scene.service.pid).programs <= most
            }
            try await scene.service.delete("changing")
            let after = try await Footprint.settled(of: scene.service.pid)
            #expect(after.descriptors == empty.descriptors)
            #expect(after.programs == empty.programs)
            #expect(after.maps == empty.maps)
            #expect(after.attachments == empty.attachments)
        }

        /// The same hooks with other labels; hooks added and removed; from a program at return to
        /// a pair of programs, and back.
        private static func versions(for pid: Int, by method: String) -> [PolicyDocument] {
            func version(_ hooks: PolicyDocument.Hook...) -> PolicyDocument {
                var policy = PolicyDocument("changing")
                policy.hooks = hooks
                // Methods for functions serve this one, too.
                if AttachMethods.ofFunctions.contains(method) {
                    let only = PolicyDocument.only(pid)
                    policy.hooks.append(.function("do_pipe2", ["{index: 1, type: int}"], only))
                }
                policy.options = ["attach-method": method]
                return policy
            }
            func opens(_ args: String...) -> PolicyDocument.Hook {
                .init(
                    call: "sys_openat", args: args, result: "{index: 0, type: int}",
                    selectors: PolicyDocument.family(pid))
            }
            let pipes = PolicyDocument.Hook.pipe2(PolicyDocument.only(pid))
            var others = pipes
            others.args[1] = "{index: 1, type: int, label: other}"
            return [
                version(pipes, opens("{index: 1, type: string}")),
                version(others, opens("{index: 1, type: string, label: other}")),
                version(opens()),
                version(opens("{index: 1, type: string}")),
                version(opens("{index: 1, type: string, label: other}")),
                version(pipes),
            ]
        }

        @Test(
            "after SIGKILL nothing is left of any kind of hook, nor of a version that was replaced")
        func killed() async throws {
            let scene = try await Scene()
            let service = scene.service
            for policy in Self.kinds(for: scene.caller.pid) { try await service.add(policy.yaml) }
            for event in Self.tracepoints { try await service.add(event) }
            var objects = try KernelObject.held(by: service.pid)
            for version in Self.versions(for: scene.caller.pid, by: "tracepoint").prefix(4) {
                try await service.replace(version)
                objects.formUnion(try KernelObject.held(by: service.pid))
            }
            let policies = try await service.http.send("GET", "/v1/policies").json["policies"]
            let hooks = policies?.elements?.flatMap { $0["hooks"]?.elements ?? [] } ?? []
            let programs = hooks.flatMap { $0["programs"]?.elements ?? [] }
                .compactMap { $0["id"]?.number }
            #expect(programs.count >= 8)
            #expect(objects.isSuperset(of: programs.map { KernelObject(kind: .program, id: $0) }))
            #expect(Set(objects.map(\.kind)) == Set(KernelObject.Kind.allCases))
            var found: Set<KernelObject.Kind> = []
            for object in try KernelObject.held(by: service.pid) {
                if try await scene.caller.obey("\(object)") == "yes" {
                    found.insert(object.kind)
                } else {
                    // The version before the last one goes when nobody needs it any more.
                    let held = try KernelObject.held(by: service.pid)
                    #expect(!held.contains(object), "\(object)")
                }
            }
            #expect(found == Set(KernelObject.Kind.allCases))
            service.kill(SIGKILL)
            #expect(try await service.ending() == .killed(by: SIGKILL))
            // A perf event is held by its descriptor, which went with the process, and its link.
            for object in objects {
                try await poll("the \(object) stays") {
                    try await scene.caller.obey("\(object)") == "no"
                }
            }
        }

        /// A policy for each way in which the service uses the kernel.
        private static func kinds(for pid: Int) -> [PolicyDocument] {
            let only = PolicyDocument.only(pid)
            var list = PolicyDocument("list", .init(call: "list:pipes", selectors: only))
            list.lists = ["{name: pipes, type: syscalls, values: [sys_pipe, sys_pipe2]}"]
            return [
                PolicyDocument("return", .pipe2(only)),
                PolicyDocument(
                    "pair",
                    .init(
                        call: "sys_openat", args: ["{index: 1, type: string}"],
                        result: "{index: 0, type: int}", selectors: PolicyDocument.family(pid))),
                list,
            ]
                + AttachMethods.ofFunctions.map { method in
                    var policy = PolicyDocument(
                        "function-\(method.replacing(".", with: "-"))",
                        .function(
                            "do_pipe2", ["{index: 1, type: int}"],
                            result: "{index: 0, type: int}", only))
                    policy.options = ["attach-method": method]
                    return policy
                }
        }

        /// By its number, and by its name alone.
        private static let tracepoints = [("numbered", ""), ("raw", ", raw: true")].map {
            """
            apiVersion: cilium.io/v1alpha1
            kind: TracingPolicy
            metadata: {name: \($0)}
            spec:
              tracepoints: [{subsystem: sched, event: sched_process_exec\($1)}]

            """
        }

        private func poll(_ complaint: String, until holds: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + Deadline.usual
            while try await !holds() {
                try #require(ContinuousClock.now < deadline, "\(complaint)")
            }
        }

        /// The log keeps two events of each cycle; 900 cycles that leaked 4 kB each would show.
        private static let memorySlack = 4 * 1024 * 1024
    }
}
