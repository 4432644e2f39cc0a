import Testing

extension IntegrationSuite {
    @Suite("matchPIDs")
    struct ScopeTests {
        /// A caller, its child and its grandchild, all forked before any policy was added.
        private struct Family {
            let scene: Scene
            let members: [ProcessFacts]

            init() async throws {
                scene = try await Scene()
                var members = [scene.callerFacts]
                for generation in 1...2 {
                    let pid = try await scene.caller.startChild(generation: generation)
                    members.append(members[generation - 1].forked(pid, between: scene.start))
                }
                self.members = members
            }
        }

        struct Case: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// The filters of each selector, where `$0` to `$2` stand for the members' ids.
            var selectors: [[String]]
            /// Who is reported; "new" is a child that is forked now and ends at once.
            var reported: [String]

            init(_ name: String, _ selectors: [[String]], _ reported: String...) {
                testDescription = name
                self.selectors = selectors
                self.reported = reported
            }
        }

        private static let everybody = "{operator: In, followForks: true, values: [$0]}"

        private static let cases = [
            Case("In takes the process alone", [["{operator: In, values: [$0]}"]], "caller"),
            Case(
                "In takes each of several", [["{operator: In, values: [$0, $2]}"]], "caller",
                "grandchild"),
            Case(
                "In with followForks takes all that descend, whenever they were forked",
                [[everybody]], "caller", "new of caller", "child", "new of child", "grandchild",
                "new of grandchild"),
            Case(
                "followForks begins with the process that is named",
                [["{operator: In, followForks: true, values: [$1]}"]], "child", "new of child",
                "grandchild", "new of grandchild"),
            Case(
                "NotIn leaves out the process alone",
                [[everybody, "{operator: NotIn, values: [$1]}"]], "caller", "new of caller",
                "new of child", "grandchild", "new of grandchild"),
            Case(
                "NotIn with followForks leaves out all that descend",
                [[everybody, "{operator: NotIn, followForks: true, values: [$1]}"]], "caller",
                "new of caller"),
            Case(
                "all filters of a selector must hold",
                [["{operator: In, values: [$0, $1]}", "{operator: In, values: [$1, $2]}"]],
                "child"),
            Case(
                "one selector is enough",
                [["{operator: In, values: [$0]}"], ["{operator: In, values: [$2]}"]], "caller",
                "grandchild"),
            Case(
                "a selector without a match does not spoil another",
                [
                    ["{operator: In, values: [$1]}", "{operator: NotIn, values: [$1]}"],
                    ["{operator: In, values: [$2]}"],
                ], "grandchild"),
        ]

        @Test("a call is reported where its process passes the filters", arguments: cases)
        func scope(of filters: Case) async throws {
            let family = try await Family()
            let scene = family.scene
            let selectors = filters.selectors.map { filters in
                filters.map { filter in
                    family.members.indices.reduce(filter) {
                        $0.replacing("$\($1)", with: "\(family.members[$1].pid)")
                    }
                }
            }
            try await scene.service.add(PolicyDocument("scope", .pipe2(selectors)).yaml)
            // Reports only the last call of all: when it is there, nothing is still to come.
            let fence = PolicyDocument.Hook(
                call: "sys_socketpair", selectors: PolicyDocument.only(scene.caller.pid))
            try await scene.service.add(PolicyDocument("fence", fence).yaml)
            let events = try await scene.service.events(of: "scope", "fence")

            var calls: [ExpectedCall] = []
            var names: [Int: String] = [:]
            for (generation, member) in family.members.enumerated() {
                let name = ["caller", "child", "grandchild"][generation]
                let parent = generation == 0 ? scene.testFacts : family.members[generation - 1]
                let own = try await scene.caller.call("pipe2 o:2 0", generation: generation)
                let new = try await scene.caller.fork("pipe2 o:2 0", generation: generation)
                let young = member.forked(new.pid, between: scene.start)
                for (facts, parent, outcome) in [
                    (member, parent, own), (young, member, new.outcome),
                ] {
                    var call = scene.pipe2("scope", outcome.arrays[0])
                    (call.process, call.parent) = (facts, parent)
                    calls.append(call)
                }
                names[member.pid] = name
                names[young.pid] = "new of \(name)"
            }
            _ = try await scene.caller.call("socketpair 1 1 0 o:2")

            let reported = try await events.take { $0.call?["policy_name"] == "fence" }.dropLast()
            #expect(
                reported.map { names[$0.call?["process"]?["pid"]?.number ?? 0] ?? "a stranger" }
                    == filters.reported)
            let expected = calls.filter { filters.reported.contains(names[$0.process.pid] ?? "") }
            for (event, call) in zip(reported, expected) { call.check(event) }
        }

        @Test("what was not taken is counted as filtered")
        func counted() async throws {
            let family = try await Family()
            let scene = family.scene
            try await scene.service.add(
                PolicyDocument("scope", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            for generation in [0, 1, 1, 1] {
                try await scene.caller.call("pipe2 o:2 0", generation: generation)
            }
            let counters = try await scene.service.status("scope")["hooks"]?[0]?["events"]
            #expect(counters?["sent"]?.number == 1)
            // Other programs of this machine may call pipe2 too.
            #expect((counters?["filtered"]?.number ?? 0) >= 3)
        }
    }
}
