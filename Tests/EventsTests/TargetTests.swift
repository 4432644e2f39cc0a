import Testing

@testable import Events

@Suite("What an event was seen at")
struct TargetTests {
    private static func encoder(_ targets: HookDescription.Targets) -> EventEncoder {
        var encoder = EventEncoder()
        encoder.add(
            HookDescription(
                hook: 8, policyID: 5, policy: "p", targets: targets, argumentLabels: ["name", nil],
                reportsReturn: false, message: "look here", tags: ["a"]))
        return encoder
    }

    private static let tracepoint = HookDescription.Targets.tracepoint(
        subsystem: "sched", event: "sched_process_exec")

    @Test("a tracepoint that was passed becomes this line")
    func golden() throws {
        var encoder = Self.encoder(Self.tracepoint)
        let values = [
            RecordBytes.value(0, type: 6, bytes("/bin/true")),
            RecordBytes.value(1, type: 12, bytes(UInt64(137))),
        ]
        let line = try #require(
            try encoder.line(
                RecordBytes.call(hook: 8, time: 123_456_789, tgid: 0, values: values)))
        #expect(line.hasPrefix(#"{"process_tracepoint":{"process":{"exec_id":"#))
        let subsystem = try #require(line.firstRange(of: #""subsys""#))
        #expect(
            line[subsystem.lowerBound...]
                == #""subsys":"sched","event":"sched_process_exec","#
                + #""args":[{"string_arg":"/bin/true","label":"name"},{"int_arg":137}],"#
                + #""action":"KPROBE_ACTION_POST","policy_name":"p","#
                + #""message":"look here","tags":["a"]},"#
                + #""node_name":"node","time":"2026-09-21T14:13:20.123456789Z"}"#)
    }

    @Test("its metadata say what kind it is")
    func metadata() throws {
        var encoder = Self.encoder(Self.tracepoint)
        var json = JSONWriter()
        let metadata = try encoder.encode(RecordBytes.call(hook: 8, tgid: 0), into: &json)
        #expect(metadata?.kind == .processTracepoint)
        #expect(metadata?.policy == 5)
        #expect(metadata?.hook == 8)
        let event = json.array[try #require(metadata).function]
        #expect(String(decoding: event, as: UTF8.self) == "sched_process_exec")
    }

    @Test("a hook on several functions names the one that was called", arguments: [0, 1, 2])
    func several(target: Int) throws {
        let functions = ["__x64_sys_pipe", "__x64_sys_pipe2", "odd\"name"]
        var encoder = Self.encoder(.functions(functions))
        let line = try encoder.line(RecordBytes.call(hook: 8, target: UInt16(target), tgid: 0))
        #expect(line?.hasPrefix(#"{"process_kprobe":{"#) == true)
        let names = ["__x64_sys_pipe", "__x64_sys_pipe2", #"odd\"name"#]
        #expect(
            part(of: line, from: #""function_name":"#, to: #","action""#)
                == "\"\(names[target])\"")
    }

    @Test("a target that the hook does not have is refused, and writes nothing")
    func unknown() throws {
        for (targets, count) in [
            (HookDescription.Targets.functions(["f", "g"]), 2), (Self.tracepoint, 1),
        ] {
            var encoder = Self.encoder(targets)
            var json = JSONWriter()
            for target in [count, Int(UInt16.max)] {
                #expect(throws: RecordError.unknownTarget(hook: 8, target: target)) {
                    try encoder.encode(
                        RecordBytes.call(hook: 8, target: UInt16(target), tgid: 0), into: &json)
                }
            }
            #expect(json.count == 0)
            #expect(
                RecordError.unknownTarget(hook: 8, target: count).description
                    == "hook 8 has no target \(count)")
        }
    }
}
