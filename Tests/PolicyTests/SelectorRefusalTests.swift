import Policy
import Testing

@Suite("Selectors and actions that are refused")
struct SelectorRefusalTests {
    @Test("each problem is reported where it is", arguments: processes + macros + actions)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    @Test("what is only odd is a warning", arguments: warnings)
    func warned(refusal: Refusal) throws {
        try expectOnly(refusal, .warning)
    }

    private static let selector = "/spec/kprobes/0/selectors/0"

    /// A hook with a selector.
    private static func having(_ filter: String) -> String {
        policy(hook: "selectors: [{\(filter)}]")
    }

    static let processes: [Refusal] = [
        Refusal(
            marked: having("matchPIDs: [{operator: In, values: [1, §0]}]"), .outOfRange,
            selector + "/matchPIDs/0/values/1", "process 0 is the kernel's idle task"),
        Refusal(
            marked: having(
                "matchBinaries: [{operator: In, values: [/a]}, §{operator: In, values: [/b]}]"),
            .tooMany, selector + "/matchBinaries/1", "list all paths under its values"),
        Refusal(
            marked: having("matchBinaries: [{operator: Is, values: [/a]}]").replacing(
                "Is", with: "§Is"), .invalidValue, selector + "/matchBinaries/0/operator",
            "unknown operator \"Is\" | did you mean \"In\"?"),
        Refusal(
            marked: having(
                "matchBinaries: [{operator: Prefix, values: [/a], §followChildren: true}]"),
            .conflict, selector + "/matchBinaries/0/followChildren", "goes with In and NotIn"),
        Refusal(
            marked: having(
                "matchParentBinaries: [{operator: In, values: [§/\(String(repeating: "a", count: 255))]}]"
            ), .outOfRange, selector + "/matchParentBinaries/0/values/0", "at most 255"),
        Refusal(
            marked: having(
                "matchBinaries: [{operator: Postfix, values: [§\(String(repeating: "a", count: 128))]}]"
            ), .outOfRange, selector + "/matchBinaries/0/values/0", "at most 127"),
        Refusal(
            marked: having(
                "matchNamespaces: [{namespace: Pid, operator: In, values: [§host_sn]}]"),
            .invalidValue, selector + "/matchNamespaces/0/values/0", "did you mean \"host_ns\"?"),
        Refusal(
            marked: having(
                "matchNamespaces: [{namespace: §pid, operator: In, values: [host_ns]}]"),
            .invalidValue, selector + "/matchNamespaces/0/namespace", "did you mean \"Pid\"?"),
        Refusal(
            marked: having(
                "matchNamespaces: [{namespace: Pid, operator: In, values: [\"1\", \"2\", \"3\", "
                    + "\"4\", §\"5\"]}]"),
            .tooMany, selector + "/matchNamespaces/0/values/4", "at most 4 are allowed"),
        Refusal(
            marked: having("matchNamespaceChanges: [{operator: In, values: [§Mount]}]"),
            .invalidValue, selector + "/matchNamespaceChanges/0/values/0", "one of Uts, Ipc"),
        Refusal(
            marked: having("matchCapabilities: [{operator: In, values: [§CAP_SYS_PTRAC]}]"),
            .invalidValue, selector + "/matchCapabilities/0/values/0",
            "did you mean \"CAP_SYS_PTRACE\"?"),
        Refusal(
            marked: having(
                "matchCapabilityChanges: [{type: §Ambient, operator: In, values: [CAP_BPF]}]"),
            .invalidValue, selector + "/matchCapabilityChanges/0/type", "unknown type \"Ambient\""),
    ]

    private static func macros(_ macros: String, _ selector: String) -> String {
        policy(
            spec: "selectorsMacros: {\(macros)}\nkprobes: [{call: a, selectors: [{\(selector)}]}]")
    }

    private static let pids = "matchPIDs: [{operator: In, values: [1]}]"

    static let macros: [Refusal] = [
        Refusal(
            marked: macros("shells: {\(pids)}", "macros: [§shell]"), .invalidValue,
            selector + "/macros/0", "there is no macro \"shell\" | did you mean \"shells\"?"),
        Refusal(
            marked: macros("a: {\(pids)}", "macros: [§a], \(pids)"), .conflict,
            selector + "/macros/0", "the selector has \"matchPIDs\", and so has the macro \"a\""),
        Refusal(
            marked: macros("a: {\(pids), §macros: [b]}, b: {\(pids)}", "macros: [b]"), .conflict,
            "/spec/selectorsMacros/a/macros", "a macro cannot contain macros"),
        Refusal(
            marked: macros("a: {matchPIDs: [{operator: §In2, values: [1]}]}", "macros: [a]"),
            .invalidValue, "/spec/selectorsMacros/a/matchPIDs/0/operator", "unknown operator"),
    ]

    private static func acting(_ action: String) -> String { having("matchActions: [\(action)]") }

    private static let action = selector + "/matchActions/0"

    private static func in_(_ section: String, _ hook: String, _ action: String) -> String {
        policy(
            spec: "\(section): [{\(hook), args: [{index: 0, type: int}], "
                + "selectors: [{matchActions: [\(action)]}]}]")
    }

    static let actions: [Refusal] =
        [
            Refusal(
                marked: acting("{action: §Sigkil}"), .invalidValue, action + "/action",
                "unknown action \"Sigkil\" | did you mean \"Sigkill\"?"),
            Refusal(
                marked: acting("{action: Post}, {action: Post}, {action: NoPost}, §{action: Post}"),
                .tooMany, selector + "/matchActions/3", "a selector has at most 3 actions"),
            Refusal(
                marked: acting("§{action: Signal}"), .missingField, action,
                "\"argSig\" is missing from the action Signal"),
            Refusal(
                marked: acting("{action: Signal, argSig: §0}"), .outOfRange, action + "/argSig",
                "signal 0 is none"),
            Refusal(
                marked: acting("{action: Signal, argSig: §65}"), .outOfRange, action + "/argSig",
                "from 0 to 64"),
            Refusal(
                marked: acting("§{action: GetUrl}"), .missingField, action, "\"argUrl\" is missing"),
            Refusal(
                marked: acting("§{action: DnsLookup}"), .missingField, action,
                "\"argFqdn\" is missing"),
            Refusal(
                marked: acting("{action: NoPost, §rateLimit: 1m}"), .notApplicable,
                action + "/rateLimit", "only Post can be limited"),
            Refusal(
                marked: acting("{action: Post, rateLimit: §1d}"), .invalidValue,
                action + "/rateLimit", "\"1d\" is no time | write a whole number"),
            Refusal(
                marked: acting("{action: Post, rateLimit: 1m, rateLimitScope: §tread}"),
                .invalidValue, action + "/rateLimitScope", "did you mean \"thread\"?"),
            Refusal(
                marked: acting("{action: Override, argError: §1}"), .outOfRange,
                action + "/argError", "errors are negative: -1 is EPERM"),
            Refusal(
                marked: acting("{action: Override, §argRegs: [rax=0]}"), .notApplicable,
                action + "/argRegs", "is for uprobes, and not for a kprobe"),
            Refusal(
                marked: in_("kprobes", "call: do_dup, syscall: false", "{action: §Override}"),
                .notApplicable, action + "/action", "Override is for system calls and security_"),
            Refusal(
                marked: acting("{action: §NotifyEnforcer, argError: -1}"), .missingField,
                action + "/action", "NotifyEnforcer needs spec.enforcers"),
            Refusal(
                marked: in_("kprobes", "call: a", "{action: TrackSock, argSock: §0}"),
                .invalidValue, action + "/argSock", "TrackSock needs a socket, and argument 0 is of"
            ),
            Refusal(
                marked: acting("§{action: UntrackSock}"), .invalidValue, action,
                "the hook has no argument 0 for UntrackSock"),
        ]
        + [
            ("fentries", "call: a", "Sigkill"), ("fentries", "call: a", "Override"),
            ("tracepoints", "subsystem: a, event: b", "Override"),
            ("tracepoints", "subsystem: a, event: b", "TrackSock"),
            ("uprobes", "path: /a, symbols: [b]", "GetUrl"),
            ("usdts", "path: /a, provider: b, name: c", "DnsLookup"),
            ("lsmhooks", "hook: file_open", "NotifyEnforcer"), ("kprobes", "call: a", "Set"),
        ].map {
            Refusal(
                marked: in_($0.0, $0.1, "{action: §\($0.2)}"), .notApplicable,
                "/spec/\($0.0)/0/selectors/0/matchActions/0/action",
                "cannot have the action \($0.2) | one of Post")
        }
        + [
            Refusal(
                marked: in_("lsmhooks", "hook: a", "{action: Post, §kernelStackTrace: true}"),
                .notApplicable, "/spec/lsmhooks/0/selectors/0/matchActions/0/kernelStackTrace",
                "events of a security hook have no stack"),
            Refusal(
                marked: in_("usdts", "path: /a, provider: b, name: c", "§{action: Set}"),
                .missingField, "/spec/usdts/0/selectors/0/matchActions/0", "\"argValue\" is missing"
            ),
            Refusal(
                marked: in_(
                    "usdts", "path: /a, provider: b, name: c",
                    "{action: Set, argIndex: §1, argValue: 1}"), .invalidValue,
                "/spec/usdts/0/selectors/0/matchActions/0/argIndex", "no argument at position 1"),
            Refusal(
                marked: in_(
                    "uprobes", "path: /a, symbols: [b]",
                    "§{action: Override, argNewSymbol: c, argNewOffset: 1}"), .conflict,
                "/spec/uprobes/0/selectors/0/matchActions/0", "all say where to go on"),
            Refusal(
                marked: in_(
                    "uprobes", "path: /a, symbols: [b]", "{action: Override, argRegs: [§rax]}"),
                .invalidValue, "/spec/uprobes/0/selectors/0/matchActions/0/argRegs/0",
                "is no assignment to a register"),
        ]

    /// A hook on a list that overrides, which is possible or not.
    private static func overriding(_ list: String, syscall: Bool = false) -> String {
        policy(
            spec: """
                lists: [{name: l, \(list)}]
                kprobes:
                - call: "list:l"
                  syscall: \(syscall)
                  selectors: [{matchActions: [{action: §Override, argError: -1}]}]
                """)
    }

    @Test(
        "Override is for calls that a program can end, those of lists as well",
        arguments: [
            (overriding("values: [do_dup]"), false),
            (overriding("values: [security_file_open, do_dup]"), false),
            (overriding("type: generated_ftrace, pattern: \"^vfs_\""), false),
            (overriding("values: [security_file_open]"), true),
            (overriding("type: generated_ftrace, pattern: \"^security_file\""), true),
            (overriding("type: syscalls, values: [dup]", syscall: true), true),
            (overriding("type: generated_syscalls", syscall: true), true),
        ])
    func overriddenLists(document: String, isPossible: Bool) throws {
        let refusal = Refusal(
            marked: document, .notApplicable, Self.action + "/action",
            "Override is for system calls and security_ functions, and not for \"list:l\"")
        let result = check(refusal.document)
        if isPossible {
            #expect(result.diagnostics == [])
            #expect(result.policy != nil)
        } else {
            try #require(result.diagnostics.count == 1, "\(result.diagnostics)")
            try expect(result, refusal)
        }
    }

    static let warnings: [Refusal] = [
        Refusal(
            marked: having("matchBinaries: [{operator: In, values: [§bash]}]"), .noEffect,
            selector + "/matchBinaries/0/values/0", "paths of executables start with \"/\""),
        Refusal(
            marked: acting("{action: Sigkill, §argError: -1}"), .noEffect, action + "/argError",
            "no effect on the action Sigkill"),
        Refusal(
            marked: acting("{action: Post, §imaHash: true}"), .noEffect, action + "/imaHash",
            "no effect on a kprobe"),
        Refusal(
            marked: acting("{action: Post, §rateLimitScope: global}"), .noEffect,
            action + "/rateLimitScope", "without \"rateLimit\""),
        Refusal(
            marked: policy(
                tracepoint: "selectors: [{matchActions: [{action: Post, §userStackTrace: true}]}]"),
            .noEffect, "/spec/tracepoints/0/selectors/0/matchActions/0/userStackTrace",
            "events of a tracepoint have no stack"),
        Refusal(
            marked: having("matchReturnActions: [§{action: Post}]"), .noEffect,
            selector + "/matchReturnActions/0", "the hook has no result"),
        Refusal(
            marked: policy(spec: "kprobes: [{call: a}]\n§enforcers: [{calls: [sys_dup]}]"),
            .noEffect, "/spec/enforcers", "no action is NotifyEnforcer"),
    ]
}
