import Foundation
import Testing

extension IntegrationSuite {
    @Suite("The stream in a browser's EventSource", .requiresBrowser)
    struct ClientBrowserTests {
        @Test("after a cut connection the page has each event once, in order, and no gap")
        func cut() async throws {
            let scene = try await Scene()
            try await scene.service.add(scene.pipes.yaml)
            let relay = try Relay(to: scene.service.port)
            try await Browser.run { browser in
                try await subscribe(browser, port: relay.port)
                var called = try await scene.calls(5)
                try await browser.wait(until: "seen.length === 5")
                relay.cutNext()
                called += try await scene.calls(5)
                try await browser.wait(until: "seen.length === 10")
                #expect(try await browser.value(of: "opened") == 2)
                called += try await scene.calls(1)
                try await browser.wait(until: "seen.length === 11")
                let seen = try await browser.value(of: "seen").elements ?? []
                #expect(seen.map(args) == called.map { .pipe2($0) })
                #expect(Set(seen.compactMap { $0["id"]?.text }).count == 11)
                #expect(relay.connections >= 2)
            }
        }

        @Test("after a restart of the service the page goes on by itself, and is told of the gap")
        func restart() async throws {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let caller = try await Syscaller()
            let service = try await ServiceProcess.start(["--state-dir", folder])
            try await service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(caller.pid))).yaml)
            try await Browser.run { browser in
                try await subscribe(browser, port: service.port)
                var called: [[Int]] = []
                for _ in 0..<5 { called.append(try await caller.call("pipe2 o:2 0").arrays[0]) }
                try await browser.wait(until: "seen.length === 5")
                service.kill(SIGKILL)
                _ = try await service.ending()
                try await caller.call("pipe2 o:2 0")
                let next = try await ServiceProcess.start(
                    ["--state-dir", folder], port: service.port)
                #expect(next.port == service.port)
                for _ in 0..<5 { called.append(try await caller.call("pipe2 o:2 0").arrays[0]) }
                try await browser.wait(until: "seen.length === 11")

                var seen = try await browser.value(of: "seen").elements ?? []
                let gap = seen.remove(at: 5)
                #expect(gap["name"] == "gap")
                #expect(gap["data"]?["gap"]?["reason"] == "restart")
                #expect(gap["data"]?["gap"]?["requested"] == seen[4]["id"])
                #expect(seen.map(args) == called.map { .pipe2($0) })
                #expect(Set(seen.compactMap { $0["id"]?.text }).count == 10)
            }
        }

        /// Has a page of the service hear events of calls, and keep what comes in `seen`.
        ///
        /// Only a file of the viewer may connect to anything; this one runs nothing itself.
        private func subscribe(_ browser: Browser, port: UInt16) async throws {
            try await browser.open("http://127.0.0.1:\(port)/app.js")
            _ = try await browser.value(
                of: """
                    (() => {
                      window.seen = [];
                      window.opened = 0;
                      const url = '/v1/events?policy=pipes&type=process_kprobe';
                      window.source = new EventSource(url);
                      source.addEventListener('open', () => opened += 1);
                      for (const name of ['process_kprobe', 'gap'])
                        source.addEventListener(name, ({ data, lastEventId }) =>
                          seen.push({ name, id: lastEventId, data: JSON.parse(data) }));
                    })()
                    """)
            try await browser.wait(until: "opened === 1")
        }

        private func args(_ entry: JSON) -> JSON? { entry["data"]?["process_kprobe"]?["args"] }
    }
}
