import Testing

extension IntegrationSuite {
    @Suite("Policies that interfere, in a browser", .requiresBrowser)
    struct ViewerEnforcementTests: ViewerSuite {
        /// What looks like markup, and is a name.
        private static let label = "<b>strangers</b>"

        /// A policy that kills these processes, and no others, when they make a pipe.
        private static func policy(_ pids: Int..., mode: String = "enforce") -> String {
            """
            apiVersion: cilium.io/v1alpha1
            kind: TracingPolicy
            metadata:
              name: deny
            spec:
              options: [{name: policy-mode, value: \(mode)}]
              kprobes:
                - call: sys_pipe2
                  selectors:
                    - label: "\(label)"
                      matchPIDs:
                        - {operator: In, values: [\(pids.map(String.init).joined(separator: ", "))]}
                      matchActions: [{action: Sigkill}]
            """
        }

        @Test("whom a policy kills is shown, and a button stops it at once")
        func stopping() async throws {
            let scene = try await Scene()
            let (first, second) = (scene.caller, try await Syscaller())
            try await scene.service.add(Self.policy(first.pid, second.pid))
            try await Browser.run { browser in
                try await open(scene.service, in: browser)
                try await browser.wait(until: "\(item).dataset.mode === 'enforce'")
                #expect(
                    try await browser.value(of: policy) == [
                        "enforces", "Monitor only", "Signals: none yet", "1 enforces",
                        .string("\(Self.label) 0 calls"),
                    ])

                await #expect(throws: HarnessError.self) { try await first.call("pipe2 o:2 0") }
                try await browser.wait(until: "\(fates).join() === 'killed'")
                let row = try await browser.value(of: cells(of: "policy", "process", "call"))
                let killed = "killed \(scene.callerFacts.binary) \(first.pid)"
                #expect(row == ["deny", .string(killed), "__x64_sys_pipe2"])
                let done: JSON = ["kill the caller", "done, every signal was sent"]
                #expect(try await facts(at: 0, in: browser) == done)

                try await click(mode, in: browser)
                try await browser.wait(until: "\(item).dataset.mode === 'monitor'")
                #expect(try await browser.value(of: "\(id("enforce")).open") == false)
                #expect(try await scene.service.status("deny")["mode"] == "monitor")
                #expect(try await browser.value(of: "\(enforcing).hidden") == true)
                try await browser.wait(
                    until: "\(text("policy-row", at: 1)) === 'policy deny enabled, only monitors'")
                #expect(try await second.call("pipe2 o:2 0").result == 0)
                try await browser.wait(until: "\(fates).join() === 'killed,would kill'")
                let spared: JSON = ["kill the caller", "not done, the policy only monitors"]
                #expect(try await facts(at: 1, in: browser) == spared)
                try await browser.wait(
                    until: "\(text("policy-signals")) === 'Signals: 1 sent, 1 held back'")
                #expect(
                    try await browser.value(of: text("selector-item"))
                        == .string("\(Self.label) 2 calls, signals: 1 sent, 1 held back"))
            }
        }

        @Test("to have a policy enforce is asked about, with what it would have done so far")
        func starting() async throws {
            let scene = try await Scene()
            let caller = scene.caller
            try await scene.service.add(Self.policy(caller.pid, mode: "monitor"))
            try await Browser.run { browser in
                try await open(scene.service, in: browser)
                try await caller.call("pipe2 o:2 0")
                try await browser.wait(until: "\(fates).join() === 'would kill'")
                try await browser.wait(
                    until: "\(text("policy-signals")) === 'Signals: 1 held back'")
                #expect(try await browser.value(of: text("policy-mode")) == "only monitors")

                try await click(mode, in: browser)
                try await browser.wait(until: "\(id("enforce")).open")
                let question = try await browser.value(of: "\(id("enforce")).innerText").text ?? ""
                #expect(question.contains("Have deny enforce?"))
                #expect(question.contains("So far it would have sent 1 signal."))
                try await click("\(id("enforce")).querySelector('[value=no]')", in: browser)
                try await browser.wait(until: "!\(id("enforce")).open")
                #expect(try await caller.call("pipe2 o:2 0").result == 0)
                try await browser.wait(until: "\(fates).join() === 'would kill,would kill'")

                try await click(mode, in: browser)
                try await click(id("enforce-yes"), in: browser)
                try await browser.wait(until: "\(item).dataset.mode === 'enforce'")
                await #expect(throws: HarnessError.self) { try await caller.call("pipe2 o:2 0") }
                try await browser.wait(until: "\(fates).join() === 'would kill,would kill,killed'")
            }
        }

        @Test("a document that was not asked about does not enforce")
        func replaced() async throws {
            let scene = try await Scene()
            let policy = Self.policy(scene.caller.pid, mode: "monitor")
            try await scene.service.add(policy)
            try await Browser.run { browser in
                try await open(scene.service, in: browser)
                try await click(mode, in: browser)
                try await browser.wait(until: "\(id("enforce")).open")
                let other = policy.replacing("strangers", with: "others")
                #expect(try await scene.service.put("deny", other).status == 200)
                try await click(id("enforce-yes"), in: browser)
                try await browser.wait(until: "\(problem).includes('the policy deny has the ETag')")
                #expect(try await scene.service.status("deny")["mode"] == "monitor")

                // What was wrong is not said any more once it is right.
                try await browser.wait(until: "\(text("selector-item")).includes('others')")
                try await click(mode, in: browser)
                try await click(id("enforce-yes"), in: browser)
                try await browser.wait(until: "\(item).dataset.mode === 'enforce'")
                #expect(try await browser.value(of: problem) == "")
            }
        }

        @Test("to enable a policy is asked about where it would enforce, and nowhere else")
        func enabling() async throws {
            let scene = try await Scene()
            try await scene.service.add(Self.policy(scene.caller.pid))
            try await Browser.run { browser in
                try await open(scene.service, in: browser)
                let button = "\(all("policy-switch"))[0]"
                try await click(button, in: browser)
                try await browser.wait(until: "\(item).dataset.state === 'disabled'")
                #expect(try await browser.value(of: text("policy-mode")) == "would enforce")
                #expect(try await browser.value(of: "\(enforcing).hidden") == true)
                try await click(button, in: browser)
                try await browser.wait(until: "\(id("enforce")).open")
                try await click(id("enforce-yes"), in: browser)
                try await browser.wait(until: "\(item).dataset.state === 'enabled'")

                try await click(mode, in: browser)
                try await browser.wait(until: "\(item).dataset.mode === 'monitor'")
                try await click(button, in: browser)
                try await browser.wait(until: "\(item).dataset.state === 'disabled'")
                try await click(button, in: browser)
                try await browser.wait(until: "\(item).dataset.state === 'enabled'")
                #expect(try await browser.value(of: "\(id("enforce")).open") == false)
                #expect(try await scene.service.status("deny")["mode"] == "monitor")
            }
        }

        @Test("who may only look is told so, and the policy goes on")
        func looking() async throws {
            let scene = try await TokenScene()
            let caller = try await Syscaller()
            let added = try await scene.send(
                "POST", "/v1/policies", TokenScene.admin,
                headers: [("Content-Type", "application/yaml")], body: Self.policy(caller.pid))
            #expect(added.status == 201)
            try await Browser.run { browser in
                try await browser.open("http://127.0.0.1:\(scene.service.port)/")
                try await browser.wait(until: "\(id("signin")).open")
                try await signIn(TokenScene.read, in: browser)
                try await click(mode, in: browser)
                try await browser.wait(until: "\(problem).includes('the token eye may read')")
                let status = try await scene.send("GET", "/v1/policies/deny", TokenScene.read)
                #expect(try status.json["mode"] == "enforce")
            }
        }

        private var item: String { "\(all("policy-item"))[0]" }
        private var problem: String {
            "\(id("policies")).querySelector('[role=alert]').textContent"
        }
        private var mode: String { "\(all("policy-mode-switch"))[0]" }
        private var enforcing: String { "\(all("policies-enforcing"))[0]" }

        /// What the list says of the policy.
        private var policy: String {
            let names = [
                "policy-mode", "policy-mode-switch", "policy-signals", "policies-enforcing",
                "selector-item",
            ]
            return "[\(names.map { text($0) }.joined(separator: ", "))]"
        }

        /// What the rows say became of the callers, in order.
        private var fates: String {
            "\(all("fate")).map((fate) => fate.textContent.trim()).filter(Boolean)"
        }

        /// The action of a row's event and its enforcement, as the pane beside the table has them.
        private func facts(at row: Int, in browser: Browser) async throws -> JSON {
            try await click("\(all("event-row"))[\(row)]", in: browser)
            try await browser.wait(until: "!\(id("detail")).hidden")
            return try await browser.value(
                of: """
                    ['Action', 'Enforcement'].map((name) => [...\(id("detail")).querySelectorAll('dt')]
                      .find((term) => term.textContent === name)?.nextElementSibling.textContent)
                    """)
        }
    }
}
