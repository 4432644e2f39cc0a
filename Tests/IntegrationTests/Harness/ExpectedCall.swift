import Testing

/// Everything that the event of a call must say, and nothing else may.
struct ExpectedCall {
    var policy: String
    var site: Site
    var args: JSON?
    var result: JSON?
    var action = "KPROBE_ACTION_POST"
    var enforcement: String?
    var message: String?
    var tags: [String] = []
    var process: ProcessFacts
    /// The thread that made the call, where it is not the process's first.
    var thread: Int?
    var parent: ProcessFacts
    /// When the call was made, at the earliest.
    var since: Moment

    /// What was called, or passed.
    enum Site {
        case function(String)
        case tracepoint(subsystem: String, event: String)

        fileprivate var kind: String {
            switch self {
            case .function: "process_kprobe"
            case .tracepoint: "process_tracepoint"
            }
        }

        fileprivate var members: [String: JSON] {
            switch self {
            case .function(let name): ["function_name": .string(name)]
            case .tracepoint(let subsystem, let event):
                ["subsys": .string(subsystem), "event": .string(event)]
            }
        }
    }

    /// Compares an event with this, field by field and both ways.
    func check(_ event: Event, sourceLocation: SourceLocation = #_sourceLocation) {
        var problems: [String] = []
        let reported = event.call ?? [:]
        var call: JSON = [
            "process": (reported["process"] ?? [:])
                .expected(process, thread: thread, problems: &problems),
            "parent": (reported["parent"] ?? [:]).expected(parent, problems: &problems),
            "action": .string(action), "policy_name": .string(policy),
        ]
        for (name, member) in site.members { call[name] = member }
        call["args"] = args
        call["return"] = result
        if result != nil { call["return_action"] = "KPROBE_ACTION_POST" }
        call["enforcement"] = enforcement.map(JSON.string)
        call["message"] = message.map(JSON.string)
        if !tags.isEmpty { call["tags"] = .array(tags.map(JSON.string)) }
        let expected: JSON = [
            site.kind: call, "node_name": .string(ServiceProcess.nodeName),
            "time": event.json["time"] ?? .null,
        ]
        if reported["process"]?["parent_exec_id"] != reported["parent"]?["exec_id"] {
            problems.append("parent_exec_id is not the parent's exec_id")
        }
        let time = Moment.realtime(of: event.json["time"]?.text ?? "") ?? 0
        let slack = Moment.clockSlack
        if !(since.realtime - slack...Moment.now.realtime + slack).contains(time) {
            problems.append("time is \(String(describing: event.json["time"]))")
        }
        if event.name != site.kind { problems.append("the event is a \(event.name)") }
        #expect(event.json == expected, sourceLocation: sourceLocation)
        #expect(problems.isEmpty, sourceLocation: sourceLocation)
    }
}

/// A service, a process that makes calls, and what is true of it.
struct Scene {
    let service: ServiceProcess
    let caller: Syscaller
    let callerFacts: ProcessFacts
    let testFacts: ProcessFacts
    let start = Moment.now

    /// Starts both, the service first.
    init(_ flags: [String] = [], rights: Rights? = nil) async throws {
        service = try await ServiceProcess.start(flags, rights: rights)
        caller = try await Syscaller()
        callerFacts = try ProcessFacts(of: caller.pid, flags: ProcessFacts.followed)
        testFacts = try ProcessFacts.tests()
    }

    /// Has the caller make a call such as `pipe2 o:2 0`, with a hook of its own, and checks
    /// everything of the event but what `expected` gives.
    @discardableResult
    func check(
        _ words: String, args: [String], result: String? = "{index: 0, type: int}",
        sourceLocation: SourceLocation = #_sourceLocation,
        expected: (Syscaller.Outcome) -> (args: JSON?, result: JSON?)
    ) async throws -> Syscaller.Outcome {
        let name = String(words.prefix { $0 != " " })
        let hook = PolicyDocument.Hook(
            call: "sys_" + name, args: args, result: result,
            selectors: PolicyDocument.only(caller.pid))
        let events = try await trace(PolicyDocument("checked", hook))
        let outcome = try await caller.call(words)
        let event = try #require(try await events.next(), sourceLocation: sourceLocation)
        let (args, result) = expected(outcome)
        call("checked", "__x64_sys_" + name, args: args, result: result)
            .check(event, sourceLocation: sourceLocation)
        try await service.delete("checked")
        return outcome
    }

    /// Adds a policy and subscribes to its events.
    func trace(_ policy: PolicyDocument) async throws -> EventSubscriber {
        try await service.add(policy.yaml)
        return try await service.events(of: policy.name)
    }

    /// What the event of a call by the caller must say.
    func call(
        _ policy: String, _ function: String, args: JSON?, result: JSON? = nil
    ) -> ExpectedCall {
        ExpectedCall(
            policy: policy, site: .function(function), args: args, result: result,
            process: callerFacts,
            parent: testFacts, since: start)
    }

    /// The same, where a child of the caller made the call.
    func call(
        by child: Int, _ policy: String, _ function: String, args: JSON?, result: JSON? = nil
    ) -> ExpectedCall {
        var expected = call(policy, function, args: args, result: result)
        expected.parent = callerFacts
        expected.process = callerFacts.forked(child, between: start)
        return expected
    }

    /// What the event of a pipe2 call by the caller must say, where it succeeded.
    func pipe2(_ policy: String, _ descriptors: [Int], flags: Int = 0) -> ExpectedCall {
        call(
            policy, "__x64_sys_pipe2", args: .pipe2(descriptors, flags: flags),
            result: ["int_arg": 0])
    }
}
