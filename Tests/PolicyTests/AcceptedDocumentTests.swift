import Foundation
import Policy
import Testing

@Suite("Documents that are accepted")
struct AcceptedDocumentTests {
    private static let everything = """
        apiVersion: "cilium.io/v1alpha1"
        kind: TracingPolicy
        metadata:
          name: everything.served
          labels: {app: "7"}
          annotations: {note: x}
        spec:
          kprobes:
          - call: __x64_sys_getgroups
            syscall: true
            message: reads groups
            tags: [groups, ids]
            args:
            - {index: 1, type: int32_arr, label: list, returnCopy: true, sizeArgIndex: 0x1}
            - {index: 0, type: sint32}
            - {index: 2, type: nop}
            return: true
            returnArg: {index: 7, type: long, label: n}
            selectors:
            - matchPIDs:
              - {operator: NotIn, values: [1, 0o2], followForks: true, isNamespacePID: false}
              - {operator: In, values: [4194304]}
          - call: security_file_open
        """

    private static let sameAsJSON = """
        {"apiVersion": "cilium.io/v1alpha1", "kind": "TracingPolicy",
         "metadata": {"name": "everything.served"},
         "spec": {"kprobes": [
         {"call": "__x64_sys_getgroups", "message": "reads groups", "tags": ["groups", "ids"],
          "args": [{"index": 1, "type": "int32_arr", "label": "list", "returnCopy": true,
                    "sizeArgIndex": 1},
                   {"index": 0, "type": "int"}, {"index": 2, "type": "nop"}],
          "return": true, "returnArg": {"index": 0, "type": "int64", "label": "n"},
          "selectors": [{"matchPIDs": [
            {"operator": "NotIn", "values": [1, 2], "followForks": true},
            {"operator": "In", "values": [4194304]}]}]},
         {"call": "security_file_open", "selectors": null}]}}
        """

    @Test("every served field arrives in the policy")
    func everythingServed() throws {
        let result = check(Self.everything)
        #expect(result.diagnostics == [])
        let policy = try #require(result.policy)
        #expect(policy.name == "everything.served")
        #expect(result.name == policy.name)
        #expect(result.hooks == policy.hooks)
        try #require(policy.hooks.count == 2)

        let hook = policy.hooks[0]
        #expect(hook.pointer == "/spec/kprobes/0")
        #expect(hook.position == SourcePosition(line: 9, column: 5))
        #expect(hook.target.written == "__x64_sys_getgroups")
        #expect(hook.target.kind == .systemCall(name: "getgroups"))
        #expect(hook.target.position == SourcePosition(line: 9, column: 11))
        #expect(hook.message == "reads groups")
        #expect(hook.tags == ["groups", "ids"])
        #expect(hook.arguments.map(\.index) == [1, 0, 2])
        #expect(hook.arguments.map(\.type) == [.int32Array, .int32, .nop])
        #expect(hook.arguments.map(\.count) == [.parameter(0), nil, nil])
        #expect(hook.arguments.map(\.isCopiedAtReturn) == [true, false, false])
        #expect(hook.arguments.map(\.label) == ["list", nil, nil])
        #expect(hook.result?.type == .int64)
        #expect(hook.result?.label == "n")

        let filters = hook.selectors.flatMap(\.processes)
        #expect(filters.map(\.processes) == [[1, 2], [4_194_304]])
        #expect(filters.map(\.isNegated) == [true, false])
        #expect(filters.map(\.followsForks) == [true, false])
        #expect(filters.map(\.pointer).last == "/spec/kprobes/0/selectors/0/matchPIDs/1")
        #expect(policy.hooks[1].target.kind == .unprefixed(name: "security_file_open"))
        #expect(policy.hooks[1].arguments.isEmpty && policy.hooks[1].result == nil)
    }

    @Test("the same policy as JSON is the same policy, but for where things are")
    func sameFromJSON() throws {
        let fromYAML = try #require(check(Self.everything).policy)
        let fromJSON = try #require(check(Self.sameAsJSON).policy)
        #expect(fromYAML.name == fromJSON.name)
        #expect(fromYAML.hooks.map(Placeless.init) == fromJSON.hooks.map(Placeless.init))
        let oneLine = Self.sameAsJSON.replacing("\n", with: "")
        #expect(
            check(oneLine).policy?.hooks.map(Placeless.init) == fromYAML.hooks.map(Placeless.init))
    }

    @Test("a number of elements is fixed, in a parameter, or 2")
    func elementCounts() {
        func count(_ fields: String) -> ElementCount? {
            check(array(fields)).policy?.hooks.first?.arguments.first?.count
        }
        #expect(count("size: 1") == .fixed(1))
        #expect(count("size: 256") == .fixed(256))
        #expect(count("sizeArgIndex: 2") == .parameter(1))
        #expect(count("sizeArgIndex: 6") == .parameter(5))
        #expect(count("returnCopy: true") == .fixed(2))
        let result = check(policy(hook: "return: true\nreturnArg: {type: int32_arr, size: 3}"))
        #expect(result.policy?.hooks.first?.result?.count == .fixed(3))
    }

    @Test("every spelling of a type is accepted", arguments: ArgumentType.allCases)
    func spellings(type: ArgumentType) {
        #expect(type.spellings.contains(type.rawValue))
        for spelling in type.spellings {
            let args = "args: [{index: 0, type: \(spelling)\(Self.extent(of: type))}]"
            let isField = [.auto, .dataLocation, .systemCallNumber].contains(type)
            let result = check(isField ? policy(tracepoint: args) : policy(hook: args))
            #expect(result.policy?.hooks.first?.arguments.first?.type == type)
            #expect(result.unserved.isEmpty == type.isServed)
        }
    }

    /// What says how long a value of the type is, where something must.
    private static func extent(of type: ArgumentType) -> String {
        [.characterBuffer, .characterVector].contains(type) ? ", sizeArgIndex: 3" : ""
    }

    @Test(
        "a system call is named with or without its architecture",
        arguments: ["sys_pipe2", "__x64_sys_pipe2", "__arm64_sys_pipe2"])
    func prefixes(call: String) {
        let found = check(policy(call: call)).policy?.hooks.first?.target
        #expect(found?.kind == .systemCall(name: "pipe2"))
        #expect(found?.written == call)
    }

    @Test("a long message keeps its first 256 bytes, and whole characters")
    func longMessage() {
        let result = check(policy(hook: "message: a\(String(repeating: "é", count: 200))"))
        #expect(result.policy?.hooks[0].message == "a" + String(repeating: "é", count: 127))
    }

    @Test("the example policies are valid")
    func examples() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../public/policies")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        for file in files where file.pathExtension == "yaml" {
            let result = check(document: Array(try Data(contentsOf: file)))
            #expect(result.diagnostics == [], "\(file.lastPathComponent)")
            #expect(result.policy != nil)
        }
    }
}

/// A hook without the places of its parts.
private struct Placeless: Equatable {
    let target: Target.Kind
    let arguments: [String]
    let result: String
    let filters: [[String]]
    let texts: [String]

    init(_ hook: Hook) {
        target = hook.target.kind
        arguments = hook.arguments.map {
            "\($0.index) \($0.type) \($0.label ?? "-") \($0.isCopiedAtReturn) "
                + String(describing: $0.count)
        }
        result = "\(String(describing: hook.result?.type)) \(hook.result?.label ?? "-")"
        filters = hook.selectors.map { selector in
            selector.processes.map { "\($0.isNegated) \($0.processes) \($0.followsForks)" }
        }
        texts = [hook.message ?? ""] + hook.tags
    }
}
