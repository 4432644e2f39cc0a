import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The viewer in a browser", .requiresBrowser)
    struct ViewerTests: ViewerSuite {
        @Test("a policy is uploaded on the page, and its call shows with both descriptors")
        func upload() async throws {
            let scene = try await Scene()
            try await Browser.run { browser in
                try await open(scene.service, in: browser)
                try await browser.wait(until: "\(id("policies")).dataset.state === 'empty'")

                let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid)))
                try await submit(policy.yaml, in: browser)
                try await browser.wait(until: "\(id("editor")).dataset.state === 'added'")
                try await browser.wait(
                    until: "\(all("policy-item"))[0].dataset.state === 'enabled'")

                let outcome = try await scene.caller.call("pipe2 o:2 0")
                try await browser.wait(until: "\(all("event-row")).length === 1")
                let row = try await browser.value(
                    of: "\(cells(of: "policy", "process", "call", "args", "return"))")
                let descriptors = outcome.arrays[0].map(String.init).joined(separator: ", ")
                #expect(
                    row == [
                        "pipes", .string("\(scene.callerFacts.binary) \(scene.caller.pid)"),
                        "__x64_sys_pipe2", .string("pipefd=[\(descriptors)] flags=0"), "0",
                    ])

                try await click("\(all("event-row"))[0]", in: browser)
                try await browser.wait(until: "\(id("detail-json")).textContent.length > 0")
                let detail =
                    try await browser.value(of: "\(id("detail-json")).textContent").text ?? ""
                let event = try JSON(parsing: detail.utf8)
                #expect(event["process_kprobe"]?["args"] == .pipe2(outcome.arrays[0]))
            }
        }

        @Test("a policy is switched off and on, and a tracepoint stands where the function does")
        func switching() async throws {
            let scene = try await Scene()
            var policy = PolicyDocument(
                "entering",
                .init(
                    call: "syscalls/sys_enter_pipe2", args: ["{index: 6, type: int, label: flags}"],
                    selectors: PolicyDocument.only(scene.caller.pid)))
            policy.section = "tracepoints"
            try await scene.service.add(policy.yaml)
            try await Browser.run { browser in
                try await open(scene.service, in: browser)
                let item = "\(all("policy-item"))[0]", button = "\(all("policy-switch"))[0]"
                try await browser.wait(until: "\(button).textContent === 'Disable'")
                try await click(button, in: browser)
                try await browser.wait(until: "\(item).dataset.state === 'disabled'")
                #expect(try await scene.service.status("entering")["state"] == "disabled")
                try await scene.caller.call("pipe2 o:2 1")
                try await browser.wait(until: "\(button).textContent === 'Enable'")
                try await click(button, in: browser)
                try await browser.wait(until: "\(item).dataset.state === 'enabled'")
                try await scene.caller.call("pipe2 o:2 2")
                try await browser.wait(until: "\(all("event-row")).length === 1")
                let row = try await browser.value(of: cells(of: "policy", "call", "args", "return"))
                #expect(row == ["entering", "syscalls/sys_enter_pipe2", "flags=2", ""])
            }
        }

        @Test("a process stands in the tree, leads to family and events, and goes when it ends")
        func processes() async throws {
            let service = try await ServiceProcess.start()
            try await Browser.run { browser in
                try await browser.open("http://127.0.0.1:\(service.port)/")
                try await browser.wait(until: "\(id("processes")).dataset.state === 'ready'")
                // What it was given looks like markup, and would turn the text around.
                let mark = UUID().uuidString.lowercased()
                let hostile = "<img src=x onerror=document.title='broken'>\u{202e}\(mark)"
                let (process, input, _) = try ChildProcess.start(
                    "syscaller", ["run", "/bin/sh", "-c", "read line", hostile])
                defer { close(input) }
                let pid = process.pid

                // By default the table has what policies report; both its programs are lives.
                try await browser.wait(
                    until: """
                        (\(id("filter")).value = '\(mark)',
                         \(id("filter")).dispatchEvent(new Event('input')))
                        """)
                try await click(id("lives"), in: browser)
                try await browser.wait(until: "\(all("event-row")).length === 2")
                let row = try await browser.value(of: cells(of: "policy", "call", "return"))
                #expect(row == ["", "exec", ""])
                let shown =
                    "-c \"read line\" \"<img src=x onerror=document.title='broken'>\\u202e\(mark)\""
                let arguments = try await browser.value(of: "\(all("args-cell"))[1].textContent")
                #expect(arguments == .string(shown))
                try await click(id("lives"), in: browser)
                try await browser.wait(until: "\(all("event-row")).length === 0")

                // The events of the one process are all of its events.
                try await click(id("lives"), in: browser)
                try await browser.wait(until: "\(all("event-row")).length === 2")
                try await click("\(all("event-row"))[1].querySelector('button')", in: browser)
                try await browser.wait(until: "\(id("detail")).dataset.kind === 'process'")
                let title = try await browser.value(of: "\(id("detail-title")).textContent")
                #expect(title == .string("sh \(pid)"))
                let facts = try await browser.value(of: "\(id("detail")).innerText").text ?? ""
                #expect(facts.contains(shown))
                let links = try await browser.value(
                    of: "\(all("process-link")).map((link) => link.textContent)")
                #expect(links[0]?.text?.hasSuffix("(pid \(pid))") == true, "it was the syscaller")
                #expect(links[1]?.text?.hasSuffix("(pid \(getpid()))") == true)

                let selected = "document.querySelector('#process-tree [aria-selected=true]')"
                let inTree = try await browser.value(
                    of: "\(selected).textContent.replace(/\\s+/g, ' ')")
                #expect(inTree == .string("sh \(pid) \(shown)"))
                try await click(id("lives"), in: browser)
                try await click(id("detail-events"), in: browser)
                try await browser.wait(until: "!\(id("pinned")).hidden")
                try await browser.wait(until: "\(all("event-row")).length === 2")

                process.kill(SIGKILL)
                _ = process.wait()
                try await browser.wait(until: "\(all("event-row")).length === 3")
                let end = try await browser.value(of: "\(all("return-cell"))[2].textContent")
                #expect(end == "SIGKILL")
                try await browser.wait(until: "\(selected).dataset.state === 'ended'")
                try await browser.wait(until: "\(selected) === null")
                let markup = try await browser.value(
                    of: "[document.images.length, document.title]")
                #expect(markup == [1, "Martlet"])
            }
        }

        @Test("what is wrong with a policy is shown at its line")
        func problems() async throws {
            let service = try await ServiceProcess.start()
            try await Browser.run { browser in
                try await open(service, in: browser)
                try await submit(
                    """
                    apiVersion: cilium.io/v1alpha1
                    kind: TracingPolicy
                    metadata:
                      name: broken
                    spec:
                      kprobes:
                        - call: sys_pipe2
                          retrun: true
                    """, in: browser)
                try await browser.wait(until: "\(id("editor")).dataset.state === 'failed'")
                let problem = try await browser.value(
                    of:
                        "\(all("problem-item")).map((item) => item.textContent.replace(/\\s+/g, ' '))"
                )
                #expect(problem.elements?.count == 1)
                let text = problem[0]?.text ?? ""
                #expect(text.contains("line 8:7"))
                #expect(text.contains("\"retrun\""))
                #expect(text.contains("did you mean \"return\"?"))
                let marked = try await browser.value(of: "\(all("gutter-marker"))[0].dataset.line")
                #expect(marked == "8")
            }
        }

        @Test("nothing that the viewer does is against its content security policy")
        func policy() async throws {
            let service = try await ServiceProcess.start()
            try await Browser.run { browser in
                try await open(service, in: browser)
                try await browser.wait(until: "\(all("process-row")).length > 0")
                try await click("\(all("process-row"))[0]", in: browser)
                try await browser.wait(until: "\(id("detail")).dataset.kind === 'process'")
                try await submit("kind: TracingPolicy", in: browser)
                try await browser.wait(until: "\(id("editor")).dataset.state === 'failed'")
                try await browser.wait(until: "\(all("gutter-marker")).length > 0")
                let violations = { () async throws -> [String] in
                    try await browser.messages().filter { $0.contains("Content Security Policy") }
                }
                #expect(try await violations() == [])
                // A piece of markup that got into the page would not run.
                _ = try await browser.value(
                    of: """
                        document.body.append(Object.assign(document.createElement('script'),
                          { textContent: "document.title = 'broken'" }))
                        """)
                #expect(try await violations().count == 1)
                #expect(try await browser.value(of: "document.title") == "Martlet")
            }
        }

        @Test("a service that asks for tokens gets one from a form, and the page goes on")
        func signingIn() async throws {
            let scene = try await TokenScene()
            try await Browser.run { browser in
                let (form, account) = (id("signin"), id("account"))
                try await browser.open("http://127.0.0.1:\(scene.service.port)/")
                try await browser.wait(until: "\(form).open")
                #expect(try await browser.value(of: "\(account).hidden") == true)
                try await signIn("wrong-0123456789abcdef", in: browser)
                try await browser.wait(until: "\(form).dataset.state === 'failed'")
                let problem = try await browser.value(
                    of: "\(form).querySelector('[role=alert]').textContent")
                #expect(problem == "The service does not know this token.")

                try await signIn(TokenScene.read, in: browser)
                try await browser.wait(until: "!\(form).open")
                try await browser.wait(until: "\(id("connection")).dataset.state === 'live'")
                try await browser.wait(until: "\(id("policies")).dataset.state === 'empty'")
                try await browser.wait(until: "\(all("process-row")).length > 0")
                let name = "\(account).querySelector('[data-part=name]').textContent"
                #expect(try await browser.value(of: name) == "eye, may look")
                // Scripts do not get at the session.
                #expect(try await browser.value(of: "document.cookie") == "")
                let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(1))).yaml
                try await submit(policy, in: browser)
                try await browser.wait(until: "\(id("editor")).dataset.state === 'failed'")
                let refusal = try await browser.value(of: "\(all("problem-item"))[0].textContent")
                #expect(refusal.text?.contains("the token eye may read") == true)

                // The cookie outlives the page, until it is given back.
                try await open(scene.service, in: browser)
                try await browser.wait(until: "!\(account).hidden")
                try await click(id("signout"), in: browser)
                try await browser.wait(until: "\(form).open")
                try await signIn(TokenScene.admin, in: browser)
                try await browser.wait(until: "\(id("connection")).dataset.state === 'live'")
                #expect(try await browser.value(of: name) == "root, may change policies")
                try await submit(policy, in: browser)
                try await browser.wait(until: "\(id("editor")).dataset.state === 'added'")

                // A token that is taken away takes its sessions along.
                try await scene.reload("admin", "root:another-0123456789abcdef\n")
                try await browser.wait(until: "\(form).open")
            }
        }

        @Test("a lost service is noticed, and found again")
        func reconnect() async throws {
            let service = try await ServiceProcess.start()
            try await Browser.run { browser in
                try await open(service, in: browser)
                let policy = PolicyDocument("pipes", .pipe2(PolicyDocument.only(Int(getpid()))))
                try await service.add(policy.yaml)
                try await browser.wait(until: "\(all("policy-row")).length === 1")
                service.kill(SIGKILL)
                _ = try await service.ending()
                try await browser.wait(
                    until: "['reconnecting', 'closed'].includes(\(id("connection")).dataset.state)")
                try await browser.wait(until: "\(id("banner")).textContent.trim().length > 0")
                let next = try await ServiceProcess.start(port: service.port)
                #expect(next.port == service.port)
                try await browser.wait(until: "\(id("connection")).dataset.state === 'live'")
                try await browser.wait(until: "\(all("gap-row")).length === 1")
                let gap = try await browser.value(of: "\(all("gap-row"))[0].textContent.trim()")
                #expect(gap == "Events may be missing: the service was restarted")
            }
        }
    }
}
