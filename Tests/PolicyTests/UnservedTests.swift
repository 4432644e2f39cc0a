import Testing

@testable import Policy

@Suite("Documents that are valid and not served")
struct UnservedTests {
    @Test("each is reported where it is, and is no error", arguments: fields + words)
    func reported(refusal: Refusal) throws {
        let result = check(refusal.document)
        #expect(!result.diagnostics.contains { $0.severity == .error }, "\(result.diagnostics)")
        #expect(result.policy != nil)
        #expect(!result.hooks.contains { refusal.pointer.hasPrefix($0.pointer) })
        let found = try #require(result.unserved.first { $0.pointer == refusal.pointer })
        #expect(found.code == .notSupported)
        #expect(found.severity == .error)
        #expect(found.position == refusal.position)
        #expect(found.text.contains(refusal.fragment), "\(found.text)")
    }

    @Test("every field that is not served has its row here")
    func complete() {
        let names = Set(Self.fields.compactMap { $0.pointer.split(separator: "/").last })
        for (component, fields) in Unserved.fields {
            let schema = PolicyReference.objects.first { $0.component == component }
            for field in fields {
                #expect(schema?.field(field) != nil, "\(component) has no \(field)")
                #expect(names.contains(Substring(field)), "\(component).\(field)")
            }
        }
        let all = Set(Unserved.fields.values.flatMap { $0 })
        #expect(names.subtracting(all.map { Substring($0) }) == [])
    }

    @Test("every word that is not served is one that its field takes")
    func knownWords() throws {
        for (component, fields) in Unserved.words {
            let schema = try #require(
                PolicyReference.objects.first { $0.component == component })
            for (name, words) in fields {
                let field = try #require(schema.field(name))
                let known = Set(field.words.map(\.name))
                // Types that belong to tracepoints are refused elsewhere as such.
                #expect(words.subtracting(known).isSubset(of: ["syscall64"]))
                #expect(!field.servedWords(of: schema).isEmpty)
            }
        }
    }

    @Test("what asks for nothing is served", arguments: idle)
    func servesIdle(document: String) {
        let result = check(document)
        #expect(result.policy != nil, "\(result.diagnostics)")
        #expect(result.unserved == [])
        #expect(result.hooks.count == 1)
    }

    static let idle = [
        policy(spec: "kprobes: [{call: sys_pipe2}]\nloader: false\nselectorsMacros: null"),
        policy(spec: "kprobes: [{call: sys_pipe2}]\nenforcers: []"),
        policy(hook: "data: []\nargs: [{index: 0, type: int, resolve: \"\", maxData: false}]"),
        policy(hook: "selectors: [{matchArgs: [], matchPIDs: [{operator: In, values: [1]}]}]"),
    ]

    @Test("errors and what is not served are found together")
    func together() {
        let result = check(
            policy(
                hook: "args: [{index: 9, type: sock}]\nselectors: [{matchBinaries: ["
                    + "{operator: Is, values: [/bin/sh]}]}]"))
        #expect(
            result.diagnostics.map(\.pointer) == [
                "/spec/kprobes/0/args/0/index",
                "/spec/kprobes/0/selectors/0/matchBinaries/0/operator",
            ])
        #expect(
            result.unserved.map(\.pointer) == [
                "/spec/kprobes/0/args/0/type", "/spec/kprobes/0/selectors/0/matchBinaries",
            ])
        #expect(result.policy == nil)
        #expect(result.hooks == [])
    }

    // MARK: - The table

    private static let hook = "/spec/kprobes/0"
    private static let selector = hook + "/selectors/0"

    static let fields: [Refusal] =
        [
            "uprobes: [{path: /bin/sh, symbols: [main]}]",
            "usdts: [{path: /bin/sh, provider: a, name: b}]", "lsmhooks: [{hook: file_open}]",
        ].map { unserved(policy(spec: "§" + $0), "/spec/" + name($0)) }
        + [
            "podSelector: {}", "containerSelector: {}", "hostSelector: {}", "nodeSelector: {}",
            "selectorsMacros: {m: {matchPIDs: [{operator: In, values: [1]}]}}",
            "enforcers: [{calls: [sys_dup]}]",
        ].map {
            unserved(policy(spec: "kprobes: [{call: sys_pipe2}]\n§" + $0), "/spec/" + name($0))
        }
        + [unserved(policy(spec: "loader: §true"), "/spec/loader", "\"loader\": true is not")]
        + inHooks + inArguments + inSelectors + inActions

    private static let inHooks: [Refusal] = [
        unserved(
            policy(hook: "§data: [{index: 0, type: int, source: pt_regs, resolve: ax}]"),
            hook + "/data"),
        unserved(
            policy(hook: "return: true\nreturnArg: {type: int}\n§returnArgAction: TrackSock"),
            hook + "/returnArgAction"),
    ]

    private static let inArguments: [Refusal] =
        ["resolve: a.b", "btfType: a", "btfTypeModule: a"].flatMap { field in
            [
                unserved(
                    policy(hook: "args: [{index: 0, type: int, §\(field)}]"),
                    "\(hook)/args/0/\(name(field))"),
                unserved(
                    policy(hook: "return: true\nreturnArg: {type: int, §\(field)}"),
                    "\(hook)/returnArg/\(name(field))"),
                unserved(
                    policy(tracepoint: "raw: true\nargs: [{index: 0, type: int, §\(field)}]"),
                    "/spec/tracepoints/0/args/0/\(name(field))"),
            ]
        } + [
            unserved(
                policy(hook: "args: [{index: 0, type: int, maxData: §true}]"),
                "\(hook)/args/0/maxData", "\"maxData\": true is not supported yet"),
            unserved(
                policy(tracepoint: "args: [{index: 4, type: int32_arr, §size: 3}]"),
                "/spec/tracepoints/0/args/0/size"),
            unserved(
                policy(tracepoint: "args: [{index: 4, §sizeArgIndex: 3}]"),
                "/spec/tracepoints/0/args/0/sizeArgIndex"),
        ]

    private static let inSelectors: [Refusal] =
        [
            "matchArgs: [{operator: Equal, values: [\"1\"]}]",
            "matchReturnArgs: [{operator: Equal, values: [\"1\"]}]",
            "matchReturnActions: [{action: Post}]",
            "matchBinaries: [{operator: In, values: [/bin/sh]}]",
            "matchParentBinaries: [{operator: In, values: [/bin/sh]}]",
            "matchNamespaces: [{namespace: Pid, operator: In, values: [host_ns]}]",
            "matchNamespaceChanges: [{operator: In, values: [Pid]}]",
            "matchCapabilities: [{operator: In, values: [CAP_BPF]}]",
            "matchCapabilityChanges: [{operator: In, values: [CAP_BPF]}]",
            "matchWorkloads: [{podSelector: {}}]",
        ].map {
            unserved(
                policy(
                    hook: "args: [{index: 0, type: int}]\nreturn: true\nreturnArg: {type: int}\n"
                        + "selectors: [{§\($0)}]"), "\(selector)/\(name($0))")
        } + [
            unserved(
                policy(
                    hook: "data: [{index: 0, type: int, source: pt_regs, resolve: ax}]\n"
                        + "selectors: [{§matchData: [{operator: Equal, values: [\"1\"]}]}]"),
                selector + "/matchData"),
            unserved(
                policy(
                    spec: """
                        kprobes: [{call: a, selectors: [{§macros: [m]}]}]
                        selectorsMacros: {m: {matchPIDs: [{operator: In, values: [1]}]}}
                        """), selector + "/macros"),
            unserved(
                policy(
                    hook: "selectors: [{matchPIDs: "
                        + "[{operator: In, values: [0], isNamespacePID: §true}]}]"),
                selector + "/matchPIDs/0/isNamespacePID", "true is not supported yet"),
        ]

    private static let inActions: [Refusal] =
        [
            "rateLimit: 1m", "rateLimit: 1m, §rateLimitScope: process",
            "kernelStackTrace: §true", "userStackTrace: §true", "imaHash: §true",
        ].map { field in
            unserved(
                policy(
                    hook: "selectors: [{matchActions: [{action: Post, "
                        + (field.contains("§") ? field : "§" + field) + "}]}]"),
                selector + "/matchActions/0/"
                    + name(field.split(separator: "§").last { $0 != "true" }.map(String.init) ?? ""),
                "supported yet")
        }
    // MARK: - Words

    static let words: [Refusal] =
        [
            unserved(
                policy(name: "p").replacing(
                    "kind: TracingPolicy", with: "kind: §TracingPolicyNamespaced"),
                "/kind", "the kind \"TracingPolicyNamespaced\" is not supported yet"),
            unserved(
                policy(tracepoint: "args: [{index: 4, type: §int32_arr}]"),
                "/spec/tracepoints/0/args/0/type", "the type \"int32_arr\" is not supported yet"),
            unserved(
                policy(tracepoint: "args: [{index: 4, type: §syscall64}]"),
                "/spec/tracepoints/0/args/0/type", "\"syscall64\" is not supported yet | one of int"
            ),
            unserved(
                policy(hook: "return: true\nreturnArg: {type: §sock}"), hook + "/returnArg/type"),
        ]
        + [
            "Override", "GetUrl, argUrl: u", "DnsLookup, argFqdn: f", "TrackSock", "UntrackSock",
            "NotifyEnforcer", "CleanupEnforcerNotification",
        ].map { action in
            unserved(
                policy(
                    spec: "kprobes: [{call: sys_pipe2, args: [{index: 0, type: sock}], selectors: "
                        + "[{matchActions: [{action: §\(action)}]}]}]\n"
                        + "enforcers: [{calls: [sys_pipe2]}]"),
                selector + "/matchActions/0/action", "is not supported yet | one of Post, Sigkill")
        }
        + Unserved.types.filter { $0 != .systemCallNumber }.map {
            unserved(
                policy(
                    hook: "args: [{index: 0, type: §\($0.rawValue)"
                        + ($0.isPointerToOutput ? ", sizeArgIndex: 2}]" : "}]")),
                hook + "/args/0/type", "the type \"\($0.rawValue)\" is not supported yet | one of")
        }
        + ["__ia32_sys_dup", "i386/sys_dup"].map {
            unserved(
                policy(
                    hooks: "call: \"list:l\"",
                    "lists: [{name: l, type: syscalls, values: [dup, §\($0)]}]"),
                "/spec/lists/0/values/1", "a system call of 32-bit programs, which are not")
        }

    private static func unserved(
        _ document: String, _ pointer: String, _ fragment: String = "is not supported yet"
    ) -> Refusal {
        Refusal(marked: document, .notSupported, pointer, fragment)
    }

    private static func name(_ field: String) -> String { String(field.prefix { $0 != ":" }) }
}
