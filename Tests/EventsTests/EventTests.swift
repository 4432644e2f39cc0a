import Testing

@testable import Events

/// One value and the argument that it becomes.
struct PrintedValue: Sendable, CustomTestStringConvertible {
    var type: UInt8
    var status: UInt8 = 0
    var length: UInt32 = 0
    var payload: [UInt8]
    var json: String
    var testDescription: String { json }
}

@Suite("Events of calls")
struct EventTests {
    static let values = [
        PrintedValue(type: 1, payload: bytes(UInt64(0xFFFF_FFFF)), json: #""int_arg":-1"#),
        PrintedValue(type: 1, payload: bytes(Int64.min), json: #""int_arg":0"#),
        PrintedValue(
            type: 12, payload: bytes(UInt64(0x8000_0000)), json: #""int_arg":-2147483648"#),
        PrintedValue(type: 29, payload: bytes(UInt64(0x1_8000)), json: #""int_arg":-32768"#),
        PrintedValue(type: 31, payload: bytes(UInt64(0x1FF)), json: #""int_arg":-1"#),
        PrintedValue(type: 13, payload: bytes(UInt64.max), json: #""uint_arg":4294967295"#),
        PrintedValue(type: 30, payload: bytes(UInt64.max), json: #""uint_arg":65535"#),
        PrintedValue(type: 32, payload: bytes(UInt64(0x101)), json: #""uint_arg":1"#),
        PrintedValue(
            type: 10, payload: bytes(Int64.min), json: #""long_arg":"-9223372036854775808""#),
        PrintedValue(
            type: 11, payload: bytes(UInt64.max), json: #""size_arg":"18446744073709551615""#),
        PrintedValue(
            type: 4, payload: bytes(UInt64(10_000_000_000)), json: #""size_arg":"10000000000""#),
        PrintedValue(type: 6, payload: bytes(""), json: #""string_arg":"""#),
        PrintedValue(type: 6, payload: bytes("a\"b"), json: #""string_arg":"a\"b""#),
        PrintedValue(
            type: 6, status: 3, length: 5000, payload: bytes("abc"),
            json: #""string_arg":"abc","truncated":true"#),
        PrintedValue(
            type: 6, status: 1, payload: [], json: #""error_arg":{"Message":"NULL pointer"}"#),
        PrintedValue(
            type: 6, status: 2, payload: [],
            json: #""error_arg":{"Message":"bad address: the memory could not be read"}"#),
        PrintedValue(
            type: 43, status: 4, payload: [],
            json: #""error_arg":{"Message":"not written: the call failed"}"#),
        PrintedValue(
            type: 43, payload: bytes(UInt32(0)), json: #""int32_list_arg":{"values":[]}"#),
        PrintedValue(
            type: 43, payload: bytes(UInt32(3), Int32(-1), Int32.min, Int32.max),
            json: #""int32_list_arg":{"values":[-1,-2147483648,2147483647]}"#),
        PrintedValue(
            type: 43, status: 3, length: 300, payload: bytes(UInt32(1), Int32(5)),
            json: #""int32_list_arg":{"values":[5]},"truncated":true,"orig_count":300"#),
        PrintedValue(
            type: 43, status: 3, payload: bytes(UInt32(1), Int32(5)),
            json: #""int32_list_arg":{"values":[5]},"truncated":true"#),
    ]

    @Test("a pipe2 call becomes this line")
    func golden() throws {
        var encoder = EventEncoder()
        try encoder.line(
            RecordBytes.exec(
                100, parent: 0, time: 5, file: "/bin/sh", arguments: ["sh", "-c", "a b"],
                directory: ["x", "home"]))
        try encoder.line(RecordBytes.fork(100, child: 137, time: 6))
        try encoder.line(
            RecordBytes.exec(137, parent: 100, time: 7, file: "/bin/pipes", arguments: ["pipes"]))
        let line = try encoder.line(pipe2Record)
        #expect(
            line == #"{"process_kprobe":{"process":{"exec_id":"bm9kZTo3OjEzNw==","pid":137,"#
                + #""uid":0,"cwd":"/","binary":"/bin/pipes","flags":"execve rootcwd clone","#
                + #""start_time":"2026-09-21T14:13:20.000000007Z","auid":4294967295,"#
                + #""parent_exec_id":"bm9kZTo1OjEwMA==","in_init_tree":false,"tid":138},"#
                + #""parent":{"exec_id":"bm9kZTo1OjEwMA==","pid":100,"uid":0,"cwd":"/home/x","#
                + #""binary":"/bin/sh","arguments":"-c \"a b\"","flags":"execve","#
                + #""start_time":"2026-09-21T14:13:20.000000005Z","auid":4294967295,"#
                + #""parent_exec_id":"bm9kZToxOjA=","in_init_tree":false,"tid":100},"#
                + #""function_name":"__x64_sys_pipe2","#
                + #""args":[{"int32_list_arg":{"values":[3,4]},"label":"pipefd"},"#
                + #"{"int_arg":524288,"label":"flags"}],"return":{"int_arg":0},"#
                + #""action":"KPROBE_ACTION_POST","policy_name":"pipe2","#
                + #""return_action":"KPROBE_ACTION_POST"},"#
                + #""node_name":"node","time":"2026-09-21T14:13:20.123456789Z"}"#)
    }

    @Test("each type and status has its form", arguments: values)
    func value(printed: PrintedValue) throws {
        var encoder = EventEncoder()
        let line = try encoder.line(
            RecordBytes.call(
                tgid: 0,
                values: [
                    RecordBytes.value(
                        1, type: printed.type, status: printed.status, length: printed.length,
                        printed.payload)
                ]))
        #expect(
            part(of: line, from: #""args":["#, to: #","action""#)
                == "{" + printed.json + #","label":"flags"}]"#)
    }

    @Test("a call without values has neither args nor return")
    func bare() throws {
        var encoder = EventEncoder()
        encoder.add(
            HookDescription(
                hook: 8, policy: "p", targets: .functions(["f"]), argumentLabels: [],
                reportsReturn: false,
                message: "look \"here\"", tags: ["a", "b.c"]))
        let line = try encoder.line(RecordBytes.call(hook: 8, tgid: 0))
        #expect(
            part(of: line, from: #""function_name""#, to: #","node_name""#)
                == #":"f","action":"KPROBE_ACTION_POST","policy_name":"p","#
                + #""message":"look \"here\"","tags":["a","b.c"]}"#)
    }

    @Test("each selector has its action, and what became of its signals where it has any")
    func decisions() throws {
        var encoder = EventEncoder()
        encoder.add(
            HookDescription(
                hook: 8, policy: "p", targets: .functions(["f"]), argumentLabels: [],
                reportsReturn: false, actions: [.post, .sigkill, .signal]))
        let decisions: [(selector: UInt8, enforcement: UInt8, json: String)] = [
            (0, 0, #""action":"KPROBE_ACTION_POST""#),
            (1, 1, #""enforcement":"enforced","action":"KPROBE_ACTION_SIGKILL""#),
            (1, 2, #""enforcement":"monitored","action":"KPROBE_ACTION_SIGKILL""#),
            (2, 3, #""enforcement":"failed","action":"KPROBE_ACTION_SIGNAL""#),
        ]
        for (selector, enforcement, json) in decisions {
            let line = try encoder.line(
                RecordBytes.call(
                    hook: 8, selector: selector, enforcement: enforcement, tgid: 0))
            #expect(
                part(of: line, from: #""function_name":"f","#, to: #","node_name""#)
                    == json + #","policy_name":"p"}"#)
        }
        #expect(throws: RecordError.unknownSelector(hook: 8, selector: 3)) {
            try encoder.line(RecordBytes.call(hook: 8, selector: 3, tgid: 0))
        }
    }

    @Test("an argument that the policy did not label has none")
    func unlabelled() throws {
        var encoder = EventEncoder()
        let values = [RecordBytes.value(4, type: 1, bytes(UInt64(1)))]
        let line = try encoder.line(RecordBytes.call(tgid: 0, values: values))
        #expect(part(of: line, from: #""args":"#, to: #","action""#) == #"[{"int_arg":1}]"#)
    }

    @Test("a returned pointer keeps its status")
    func errorReturn() throws {
        var encoder = EventEncoder()
        let values = [RecordBytes.value(255, type: 43, status: 1, [])]
        let line = try encoder.line(RecordBytes.call(tgid: 0, values: values))
        #expect(
            part(of: line, from: #""return":"#, to: #","action""#)
                == #"{"error_arg":{"Message":"NULL pointer"}}"#)
    }

    @Test("a call of a removed hook is refused and writes nothing")
    func unknownHook() throws {
        var encoder = EventEncoder()
        encoder.remove(hook: 7)
        var json = JSONWriter()
        #expect(throws: RecordError.unknownHook(7)) {
            try encoder.line(pipe2Record)
        }
        let metadata = try encoder.encode(forkRecord, into: &json)
        #expect(metadata == nil)
        #expect(json.count == 0)
    }

    @Test("metadata say whose event it is and when, and where the binary and the function stand")
    func metadata() throws {
        var encoder = EventEncoder()
        try encoder.line(RecordBytes.exec(137, parent: 0, time: 1, file: "/bin/\"quoted\""))
        var json = JSONWriter()
        json.append("before")
        let start = json.count
        let encoded = try encoder.encode(pipe2Record, into: &json)
        let metadata = try #require(encoded)
        #expect(metadata.kind == .processKprobe)
        #expect(metadata.policy == 3)
        #expect(metadata.hook == 7)
        #expect(metadata.pid == 137)
        #expect(metadata.namespacePID == 137)
        let line = Array(json.array.dropFirst(start))
        #expect(String(decoding: line[metadata.binary], as: UTF8.self) == #"/bin/\"quoted\""#)
        #expect(String(decoding: line[metadata.function], as: UTF8.self) == "__x64_sys_pipe2")
        var time = JSONWriter()
        time.append(quotedTime: metadata.time)
        time.append("}")
        #expect(line.suffix(time.count) == time.array[...])
    }
}
