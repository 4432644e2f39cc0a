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
                port: scene.service.port, query: "since=oldest&limit=2")
            let events = try await stream.take(2).map(\.json)

            #expect(contract.problems(status, "PolicyStatus") == [])
            #expect(contract.problems(events[0], "PolicyChange") == [])
            #expect(contract.problems(events[1], "Event") == [])
            let paths = [
                ("/v1/policies", "PolicyList"), ("/healthz", "Health"), ("/readyz", "Readiness"),
                ("/v1/functions?q=pipe", "FunctionList"), ("/v1/kernel", "Kernel"),
                ("/v1/functions", "Problem"), ("/nowhere", "Problem"),
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

        @Test("the check itself finds what is missing, unknown or of another type")
        func check() throws {
            let contract = try Contract(
                yaml: """
                    components: {schemas: {A: {type: object, required: [a], properties: {
                      a: {type: integer}, b: {type: array, items: {$ref: "#/x/B"}}}},
                      B: {enum: [one]}}}
                    """)
            #expect(contract.problems(["a": 1, "b": ["one"]], "A") == [])
            #expect(contract.problems(["b": []], "A") == ["/a is missing"])
            #expect(contract.problems(["a": 1, "c": 1], "A") == ["/c is unknown"])
            #expect(contract.problems(["a": "1"], "A") == ["/a is no integer"])
            #expect(
                contract.problems(["a": 1, "b": ["two"]], "A") == ["/b/0 is not one of its values"])
        }
    }
}

/// The part of JSON Schema that the contract's answers need.
private struct Contract {
    private let schemas: [String: JSON]

    init(yaml: String) throws {
        let document = try JSONSerialization.data(withJSONObject: Yams.load(yaml: yaml) ?? [:])
        let json = try JSON(parsing: document)
        schemas = json["components"]?["schemas"]?.members ?? [:]
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
        return members(value, schema, at: path)
            + (value.elements ?? []).enumerated().flatMap { index, element in
                problems(element, schema["items"] ?? [:], at: "\(path)/\(index)")
            }
    }

    private func members(_ value: JSON, _ schema: JSON, at path: String) -> [String] {
        guard let members = value.members, let known = schema["properties"]?.members else {
            return []
        }
        let required = schema["required"]?.elements?.compactMap(\.text) ?? []
        return required.filter { members[$0] == nil }.map { "\(path)/\($0) is missing" }
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
