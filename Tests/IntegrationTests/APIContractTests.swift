import Foundation
import Testing
import Yams

extension IntegrationSuite {
    @Suite("The contract, and what the service says")
    struct APIContractTests {
        @Test("every answer has the fields that the contract gives it, and no other")
        func answers() async throws {
            let scene = try await Scene()
            let contract = try Contract(
                yaml: try await scene.service.http.send("GET", "/openapi.yaml").text)
            let pipe = PolicyDocument.Hook.pipe2(PolicyDocument.only(scene.caller.pid))
            let status = try await scene.service.add(PolicyDocument("pipes", pipe).yaml)
            _ = try await scene.caller.call("pipe2 o:2 0")
            let stream = try await EventSubscriber(
                port: scene.service.port,
                query: "type=policy&type=process_kprobe&since=oldest&limit=2")
            let events = try await stream.take(2).map(\.json)

            #expect(contract.problems(status, "PolicyStatus") == [])
            #expect(contract.problems(events[0], "PolicyChange") == [])
            #expect(contract.problems(events[1], "Event") == [], "\(events[1])")
            let paths = [
                ("/v1/policies", "PolicyList"), ("/healthz", "Health"), ("/readyz", "Readiness"),
                ("/v1/status", "Status"), ("/v1/functions?q=pipe", "FunctionList"),
                ("/v1/kernel", "Kernel"), ("/v1/session", "Session"),
                ("/v1/functions", "Problem"), ("/nowhere", "Problem"),
                ("/v1/processes?view=flat", "Problem"), ("/v1/processes/none", "Problem"),
            ]
            for (path, schema) in paths {
                let answer = try await scene.service.http.send("GET", path).json
                #expect(contract.problems(answer, schema) == [], "\(path)")
            }
            let refusal = try await scene.service.http.send(
                "POST", "/v1/policies", body: Array("kind: TracingPolicy\nmetadata: 1\n".utf8))
            #expect(refusal.status == 422)
            #expect(contract.problems(try refusal.json, "Problem") == [])
        }

        @Test("lives of processes are those of the contract, whatever is shown of them")
        func lives() async throws {
            let everything = [
                "--process-credentials", "--process-namespaces", "--ancestors", "--user-names",
                "--environment", "PATH",
            ]
            for flags in [[], everything] {
                let scene = try await Scene(flags)
                let service = scene.service
                let contract = try Contract(
                    yaml: try await service.http.send("GET", "/openapi.yaml").text)
                let folder = try temporaryFolder()
                defer { try? FileManager.default.removeItem(atPath: folder) }
                let pid = try await scene.caller.exec("pipe2 o:2 0", in: folder)[0]
                let stream = try await EventSubscriber(
                    port: service.port,
                    query: "type=process_exec&type=process_exit&since=oldest&limit=2&pid=\(pid)")
                let events = try await stream.take(2)
                for (event, name) in zip(events, ["process_exec", "process_exit"]) {
                    #expect(event.name == name)
                    #expect(contract.problems(event.json, "Event") == [])
                    let members = event.json[name]?["process"]?.members?.keys
                    let shown = members.map(Set.init) ?? []
                    let asked: Set = [
                        "cap", "process_credentials", "ns", "environment_variables",
                    ]
                    #expect(shown.intersection(asked) == (flags.isEmpty ? [] : asked))
                }
                let list = try await service.http.send("GET", "/v1/processes?limit=1000").json
                #expect(contract.problems(list, "ProcessList") == [])
                let tree = try await service.http.send("GET", "/v1/processes?view=tree").json
                #expect(contract.problems(tree, "ProcessTree") == [])
                for process in list["processes"]?.elements ?? [] {
                    let id = process["exec_id"]?.text ?? ""
                    // One that has ended since, and been forgotten, is a problem.
                    let answer = try await service.http.send("GET", "/v1/processes/\(id)")
                    let schema = answer.status == 200 ? "ProcessFamily" : "Problem"
                    #expect(contract.problems(try answer.json, schema) == [])
                }
            }
        }

        @Test("answers to replacing, switching and trying are those of the contract")
        func changes() async throws {
            let scene = try await Scene()
            let service = scene.service
            let contract = try Contract(
                yaml: try await service.http.send("GET", "/openapi.yaml").text)
            let pids = PolicyDocument.only(scene.caller.pid)
            let pipe = PolicyDocument("pipes", .pipe2(pids)).yaml
            var listed = PolicyDocument("pipes", .init(call: "list:both", selectors: pids))
            listed.lists = ["{name: both, type: syscalls, values: [sys_pipe, sys_pipe2]}"]
            var passing = PolicyDocument(
                "passing",
                .init(
                    call: "syscalls/sys_enter_pipe2",
                    args: ["{index: 6, type: int, label: flags}"], selectors: pids,
                    more: ["message: \"a pipe\"", "tags: [ipc]"]))
            passing.section = "tracepoints"

            let answers = [
                (try await service.put("pipes", pipe, query: "?dry_run=load"), 200, "DryRun"),
                (try await service.put("pipes", pipe), 201, "PolicyStatus"),
                (try await service.put("pipes", pipe), 200, "PolicyStatus"),
                (try await service.put("pipes", listed.yaml), 200, "PolicyStatus"),
                (try await service.put("pipe", pipe), 422, "Problem"),
                (try await service.put("pipes", pipe, query: "?dry_run=no"), 400, "Problem"),
                (try await service.patch("pipes", #"{"enabled": false}"#), 200, "PolicyStatus"),
                (try await service.patch("pipes", "[]"), 422, "Problem"),
                (try await service.patch("pipe", "{}"), 404, "Problem"),
                (try await service.put("passing", "kind: x"), 422, "Problem"),
                (
                    try await service.put("passing", passing.yaml), 201,
                    "PolicyStatus"
                ),
            ]
            for (number, (answer, status, schema)) in answers.enumerated() {
                #expect(answer.status == status, "answer \(number)")
                #expect(contract.problems(try answer.json, schema) == [], "answer \(number)")
            }
            try await scene.caller.call("pipe2 o:2 0")
            let stream = try await EventSubscriber(
                port: service.port,
                query: "type=policy&type=process_tracepoint&since=oldest&limit=5")
            let events = try await stream.take(5)
            let names = ["policy", "policy", "policy", "policy", "process_tracepoint"]
            #expect(events.map(\.name) == names)
            for event in events {
                let schema = event.name == "policy" ? "PolicyChange" : "Event"
                #expect(contract.problems(event.json, schema) == [])
            }
        }

        @Test("what enforcing leads to is as the contract says")
        func enforcement() async throws {
            let scene = try await Scene()
            let service = scene.service
            let contract = try Contract(
                yaml: try await service.http.send("GET", "/openapi.yaml").text)
            let hook = PolicyDocument.Hook(
                call: "sys_pipe2", selectors: PolicyDocument.family(scene.caller.pid))
            let policy = PolicyDocument("acts", hook.acting("{action: Sigkill}"))
            let added = try await service.add(policy.yaml)
            #expect(contract.problems(added, "PolicyStatus") == [])
            _ = try await scene.caller.attempt("pipe2 o:2 0")
            let monitors = try await service.patch("acts", #"{"mode": "monitor"}"#)
            #expect(contract.problems(try monitors.json, "PolicyStatus") == [])
            _ = try await scene.caller.attempt("pipe2 o:2 0")
            let stream = try await EventSubscriber(
                port: service.port,
                query: "type=policy&type=process_kprobe&since=oldest&limit=4")
            for event in try await stream.take(4) {
                let schema = event.name == "policy" ? "PolicyChange" : "Event"
                #expect(contract.problems(event.json, schema) == [])
            }
            let hooks = try await service.status("acts")["hooks"]
            let selector = try #require(hooks?[0]?["selectors"]?[0])
            #expect(contract.problems(selector, "SelectorStatus") == [])
            try await service.add(
                PolicyDocument("pipes", .pipe2(PolicyDocument.only(scene.caller.pid))).yaml)
            let refused = try await service.patch("pipes", #"{"mode": "monitor"}"#)
            #expect(refused.status == 422)
            #expect(contract.problems(try refused.json, "Problem") == [])
        }

        @Test("the contract's examples are what it says itself")
        func examples() async throws {
            let service = try await ServiceProcess.start()
            let contract = try Contract(
                yaml: try await service.http.send("GET", "/openapi.yaml").text)
            let schemas = [
                "PolicyStatus": "PolicyStatus", "DisabledPolicy": "PolicyStatus",
                "ReplacedPolicy": "PolicyStatus", "MonitoringPolicy": "PolicyStatus",
                "NothingToEnforce": "Problem", "OnlyMonitors": "Problem",
                "PolicyList": "PolicyList", "DryRun": "DryRun",
                "FunctionList": "FunctionList", "Kernel": "Kernel", "NameTaken": "Problem",
                "ProcessList": "ProcessList", "ProcessTree": "ProcessTree",
                "ProcessFamily": "ProcessFamily", "NoSuchProcess": "Problem",
                "OtherName": "Problem", "NotInstalled": "Problem", "BadPatch": "Problem",
                "Status": "Status", "TooManySubscribers": "Problem", "NotAcceptable": "Problem",
                "VersionList": "VersionList", "InvalidSet": "Problem", "NoSuchVersion": "Problem",
                "PreconditionFailed": "Problem", "Session": "Session",
                "Unauthorized": "Problem", "InsufficientScope": "Problem", "NoTokens": "Problem",
                "InvalidPolicy": "Problem", "KernelRefused": "Problem",
                "Pipe2Document": "TracingPolicy", "ListDocument": "TracingPolicy",
                "TracepointDocument": "TracingPolicy",
            ]
            for (name, value) in contract.examples where name != "Set" {
                if let schema = schemas[name] {
                    #expect(contract.problems(value, schema) == [], "\(name)")
                    continue
                }
                // Whole streams: the data of their events.
                let stream = try #require(value.text, "\(name) has no schema here")
                for line in stream.split(separator: "\n") {
                    guard let start = line.firstIndex(of: "{") else { continue }
                    let json = try JSON(parsing: line[start...].utf8)
                    let schema =
                        ["gap": "Gap", "heartbeat": "Heartbeat"]
                        .first { json[$0.key] != nil }?.value ?? "Event"
                    #expect(contract.problems(json, schema) == [], "\(name)")
                }
            }
            let set = try #require(contract.examples["Set"]?.text)
            let together = try await service.http.send(
                "POST", "/v1/policies:batch", body: Array(set.utf8))
            #expect(together.status == 200, "\(together.text)")
            #expect(contract.problems(try together.json, "PolicyList") == [])
            // Documents are judged by the service, too.
            for name in ["Pipe2Document", "ListDocument", "TracepointDocument"] {
                let document = try #require(contract.examples[name])
                let answer = try await service.http.send(
                    "POST", "/v1/policies?dry_run=load",
                    headers: [("Content-Type", "application/json")],
                    body: [UInt8](try JSONEncoder().encode(document)))
                #expect(answer.status == 200, "\(answer.text)")
                #expect(try answer.json["warnings"] == [], "\(name)")
            }
        }

        @Test("the check itself finds what is missing, unknown or of another type")
        func check() throws {
            let contract = try Contract(
                yaml: """
                    components: {schemas: {A: {type: object, required: [a], properties: {
                      a: {type: integer}, b: {type: array, items: {$ref: "#/x/B"}}}},
                      B: {enum: [one]},
                      C: {oneOf: [{required: [a]}, {required: [b]}]}}}
                    """)
            #expect(contract.problems(["a": 1, "b": ["one"]], "A") == [])
            #expect(contract.problems(["b": []], "A") == ["/a is missing"])
            #expect(contract.problems(["a": 1, "c": 1], "A") == ["/c is unknown"])
            #expect(contract.problems(["a": "1"], "A") == ["/a is no integer"])
            #expect(
                contract.problems(["a": 1, "b": ["two"]], "A") == ["/b/0 is not one of its values"])
            #expect(contract.problems(["a": 1], "C") == [])
            #expect(contract.problems(["a": 1, "b": 1], "C") == [" is 2 of its forms"])
            #expect(contract.problems(["c": 1], "C") == [" is 0 of its forms"])
        }
    }
}

/// The part of JSON Schema that the contract's answers need.
struct Contract {
    private let schemas: [String: JSON]
    /// By name.
    let examples: [String: JSON]

    init(yaml: String) throws {
        let document = try JSONSerialization.data(withJSONObject: Yams.load(yaml: yaml) ?? [:])
        let json = try JSON(parsing: document)
        schemas = json["components"]?["schemas"]?.members ?? [:]
        examples = (json["components"]?["examples"]?.members ?? [:])
            .compactMapValues { $0["value"] }
    }

    func problems(_ value: JSON, _ schema: String) -> [String] {
        guard let schema = schemas[schema] else { return ["there is no schema \(schema)"] }
        return problems(value, schema, at: "")
    }

    private func problems(_ value: JSON, _ schema: JSON, at path: String) -> [String] {
        if let reference = schema["$ref"]?.text?.split(separator: "/").last {
            return problems(value, schemas[String(reference)] ?? [:], at: path)
        }
        if let values = schema["enum"]?.elements, !values.contains(value) {
            return ["\(path) is not one of its values"]
        }
        if let constant = schema["const"], constant != value {
            return ["\(path) is not its value"]
        }
        let types = schema["type"]?.elements ?? schema["type"].map { [$0] } ?? []
        let names = types.compactMap(\.text)
        guard names.isEmpty || names.contains(where: { has(value, type: $0) }) else {
            return ["\(path) is no \(names.joined(separator: " or "))"]
        }
        if let forms = schema["oneOf"]?.elements {
            let fitting = forms.count { problems(value, $0, at: path).isEmpty }
            guard fitting == 1 else { return ["\(path) is \(fitting) of its forms"] }
        }
        return members(value, schema, at: path)
            + (value.elements ?? []).enumerated().flatMap { index, element in
                problems(element, schema["items"] ?? [:], at: "\(path)/\(index)")
            }
    }

    private func members(_ value: JSON, _ schema: JSON, at path: String) -> [String] {
        guard let members = value.members else { return [] }
        let required = schema["required"]?.elements?.compactMap(\.text) ?? []
        let missing = required.filter { members[$0] == nil }.map { "\(path)/\($0) is missing" }
        guard let known = schema["properties"]?.members else { return missing }
        return missing
            + members.sorted { $0.key < $1.key }.flatMap { name, member in
                known[name].map { problems(member, $0, at: "\(path)/\(name)") }
                    ?? ["\(path)/\(name) is unknown"]
            }
    }

    private func has(_ value: JSON, type: String) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number: type == "integer" || type == "number"
        case .fraction: type == "number"
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
