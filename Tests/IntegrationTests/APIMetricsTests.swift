import Testing

extension IntegrationSuite {
    @Suite("Metrics")
    struct APIMetricsTests {
        @Test("every line is Prometheus text, and every sample has its help and its type before it")
        func format() async throws {
            let service = try await ServiceProcess.start()
            try await service.add(PolicyDocument("pipes", .pipe2(PolicyDocument.only(1))).yaml)
            let response = try await service.http.send("GET", "/metrics")
            #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let help = /# HELP ([a-z_]+) [^\n]+/
            let type = /# TYPE ([a-z_]+) (counter|gauge)/
            let sample =
                #/
                ([a-z_]+)
                ( \{ [a-z]+ ="(?:[^"\\\n]|\\.)*" (?: ,[a-z]+ ="(?:[^"\\\n]|\\.)*" )* \} )?
                \ [0-9]+ (\.[0-9]+)?
                /#
            var helped: [Substring] = []
            var described: [Substring] = []
            var samples: [Substring] = []
            for line in response.text.split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast()
            {
                if let match = line.wholeMatch(of: help) {
                    helped.append(match.1)
                } else if let match = line.wholeMatch(of: type) {
                    #expect(helped.last == match.1)
                    described.append(match.1)
                } else if let match = line.wholeMatch(of: sample) {
                    #expect(described.last == match.1)
                    samples.append(match.1 + (match.2 ?? ""))
                } else {
                    Issue.record("not Prometheus text: \(line)")
                }
            }
            #expect(response.text.hasSuffix("\n"))
            #expect(Set(described).count == described.count)
            #expect(Set(samples).count == samples.count)
            #expect(described.allSatisfy { $0.hasPrefix("martlet_") })
            #expect(samples.count >= 20)
        }

        @Test("counters move with what they count")
        func movement() async throws {
            let scene = try await Scene()
            try await scene.service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            let stream = try await scene.service.events(of: "pipes")
            try await scene.service.expectMetric("martlet_subscribers", 1)
            let before = try await scene.service.metrics()
            for _ in 0..<7 { try await scene.caller.call("pipe2 o:2 0") }
            _ = try await stream.take(7)
            let after = try await scene.service.metrics()
            let hook = "{policy=\"pipes\",function=\"__x64_sys_pipe2\",hook=\"/spec/kprobes/0\"}"
            func increase(_ name: String) throws -> Double {
                try #require(after[name]) - #require(before[name])
            }
            #expect(try increase("martlet_hook_events_total" + hook) == 7)
            #expect(try increase("martlet_events_total") >= 7)
            #expect(try increase("martlet_records_total") >= 7)
            #expect(try increase("martlet_event_bytes_total") >= 7 * 200)
            #expect(try increase("martlet_bpf_runs_total" + hook) >= 7)
            #expect(after["martlet_policies{state=\"enabled\"}"] == 1)
            #expect(after["martlet_policies{state=\"load_error\"}"] == 0)
            for (name, value) in after where name.hasPrefix("martlet_lost_total") {
                #expect(value == 0, "\(name)")
            }
            let other = try await Syscaller()
            try await other.call("pipe2 o:2 0")
            let all = "martlet_filtered_total"
            #expect(try await scene.service.metrics()[all] ?? 0 > after[all] ?? 0)
            let filtered = "martlet_hook_filtered_total" + hook
            #expect(try await scene.service.metrics()[filtered] ?? 0 > after[filtered] ?? 0)
        }
    }
}
