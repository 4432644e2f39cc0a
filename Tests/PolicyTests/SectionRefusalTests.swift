import Policy
import Testing

@Suite("Hooks and settings of every section that are refused")
struct SectionRefusalTests {
    @Test("each problem is reported where it is", arguments: values + programs + policies)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    @Test("what is only odd is a warning", arguments: warnings)
    func warned(refusal: Refusal) throws {
        try expectOnly(refusal, .warning)
    }

    private static let hook = "/spec/kprobes/0"
    private static let argument = hook + "/args/0"

    private static func reading(_ fields: String) -> String {
        policy(hook: "args: [{index: 0, \(fields)}]")
    }

    static let values: [Refusal] =
        [
            ("a..b", "is no way to a member"), (".a", "is no way to a member"),
            ("a[b]", "no number between \\\"[\\\" and"), ("a[1", "no number between"),
            ("a[1]b", "is no way to a member"), ("a-b", "is no way to a member"),
        ].map {
            Refusal(
                marked: reading("type: int, resolve: §\"\($0.0)\""), .invalidValue,
                argument + "/resolve", $0.1.replacing("\\", with: ""))
        }
        + [
            Refusal(
                marked: reading("type: int, resolve: §a.b.c.d.e.f.g.h.i.j.k"), .outOfRange,
                argument + "/resolve", "has 11 members; at most 10"),
            Refusal(
                marked: reading("type: int, source: §current_task"), .invalidValue,
                argument + "/source", "such a value belongs under data"),
            Refusal(
                marked: policy(hook: "args: [§{index: 0, type: char_buf}]"), .missingField,
                argument,
                "nothing says how long the char_buf is"),
            Refusal(
                marked: reading("type: char_buf, sizeArgIndex: §1"), .conflict,
                argument + "/sizeArgIndex", "sizeArgIndex 1 is the value itself"),
            Refusal(
                marked: reading("type: char_buf, §size: 3, sizeArgIndex: 2"), .notApplicable,
                argument + "/size", "size is for int32_arr"),
            Refusal(
                marked: policy(tracepoint: "args: [{index: 4, type: int, §resolve: a}]"),
                .notApplicable, "/spec/tracepoints/0/args/0/resolve",
                "means nothing for a field of a record | add raw: true"),
            Refusal(
                marked: policy(hook: "data: [§{index: 0, type: int, source: pt_regs}]"),
                .missingField, hook + "/data/0", "from a value of data | name a register"),
            Refusal(
                marked: policy(
                    hook: "data: [{index: 0, type: char_buf, source: pt_regs, resolve: ax, "
                        + "§returnCopy: true}]"),
                .notApplicable, hook + "/data/0/returnCopy", "no call fills"),
            Refusal(
                marked: policy(hook: "data: [§{index: 0, type: int, resolve: a}]"), .missingField,
                hook + "/data/0", "\"source\" is missing"),
            Refusal(
                marked: policy(
                    hook: "args: [{index: 0, type: int}, {index: 1, type: int}, "
                        + "{index: 2, type: int}]\ndata:"
                        + String(
                            repeating: "\n- {index: 0, type: int, source: pt_regs, resolve: ax}",
                            count: 2)
                        + "\n- §{index: 0, type: int, source: pt_regs, resolve: ax}"),
                .tooMany, hook + "/data/2", "args and data have 6 entries"),
            Refusal(
                marked: policy(hook: "§returnArgAction: TrackSock"), .missingField,
                hook + "/returnArgAction", "needs \"return: true\" and \"returnArg\""),
            Refusal(
                marked: policy(
                    hook: "return: true\nreturnArg: {type: sock}\nreturnArgAction: §Post"),
                .invalidValue, hook + "/returnArgAction", "one of TrackSock, UntrackSock"),
        ]

    private static let uprobe = "/spec/uprobes/0"

    private static func uprobe(_ fields: String) -> String {
        policy(spec: "uprobes: [{path: /a, \(fields)}]")
    }

    static let programs: [Refusal] = [
        Refusal(
            marked: policy(spec: "uprobes: [§{path: /a}]"), .missingField, uprobe,
            "the functions are | add one of symbols"),
        Refusal(
            marked: policy(spec: "uprobes: [§{symbols: [a]}]"), .missingField, uprobe,
            "\"path\" is missing"),
        Refusal(
            marked: uprobe("symbols: [a], §offsets: [1]"), .conflict, uprobe + "/offsets",
            "\"symbols\" and \"offsets\" both say"),
        Refusal(
            marked: uprobe("symbols: [a], refCtrOffsets: §[1, 2]"), .conflict,
            uprobe + "/refCtrOffsets", "has 2 entries for 1 functions"),
        Refusal(
            marked: uprobe("addrs: [1], §refCtrOffsets: [1]"), .conflict,
            uprobe + "/refCtrOffsets", "goes with symbols or offsets"),
        Refusal(
            marked: uprobe("symbols: [a], binaryDigests: [§\"md5:00\"]"), .invalidValue,
            uprobe + "/binaryDigests/0", "does not start with an algorithm"),
        Refusal(
            marked: uprobe("symbols: [a], binaryDigests: [§\"sha1:00\"]"), .invalidValue,
            uprobe + "/binaryDigests/0", "write 40 hexadecimal digits"),
        Refusal(
            marked: uprobe("symbols: [a], §symbol: b"), .notApplicable, uprobe + "/symbol",
            "the field is symbols, a list"),
        Refusal(
            marked: policy(spec: "uprobes: [{path: /a, symbols: [b]}, {path: §/a, offsets: [1]}]"),
            .conflict, "/spec/uprobes/1/path", "name their functions in different ways"),
        Refusal(
            marked: policy(spec: "usdts: [§{path: /a, provider: b}]"), .missingField,
            "/spec/usdts/0",
            "\"name\" is missing"),
        Refusal(
            marked: policy(spec: "usdts: [{path: /a, provider: b, name: c, §return: true}]"),
            .notApplicable, "/spec/usdts/0/return", "a static probe is one moment"),
        Refusal(
            marked: policy(spec: "lsmhooks: [{hook: §bpf_lsm_file_open}]"), .invalidValue,
            "/spec/lsmhooks/0/hook", "named without \"bpf_lsm_\" | write \"file_open\""),
        Refusal(
            marked: policy(spec: "lsmhooks: [{hook: file_open, §returnArg: {type: int}}]"),
            .notApplicable, "/spec/lsmhooks/0/returnArg", "before the result is known"),
        Refusal(
            marked: policy(spec: "lsmhooks: [{hook: §a b}]"), .invalidValue,
            "/spec/lsmhooks/0/hook", "is not the name of a function"),
    ]

    private static func beside(_ field: String) -> String {
        policy(spec: "kprobes: [{call: a}]\n\(field)")
    }

    private static func namespaced(_ spec: String) -> String {
        policy(spec: spec).replacing("kind: TracingPolicy", with: "kind: TracingPolicyNamespaced")
    }

    static let policies: [Refusal] =
        [
            ("uprobes: [{path: /a, symbols: [b]}]", "uprobes"),
            ("usdts: [{path: /a, provider: b, name: c}]", "usdts"),
        ].map {
            Refusal(
                marked: namespaced("§" + $0.0), .conflict, "/spec/\($0.1)",
                "a TracingPolicyNamespaced cannot have \($0.1)")
        }
        + [
            Refusal(
                marked: namespaced("§loader: true"), .conflict, "/spec/loader",
                "cannot have \"loader\""),
            Refusal(
                marked: namespaced("kprobes: [{call: a}]\n§hostSelector: {}"), .conflict,
                "/spec/hostSelector", "\"hostSelector\" for the host"),
            Refusal(
                marked: beside("§hostSelector: {matchLabels: {a: b}}"), .invalidValue,
                "/spec/hostSelector", "write hostSelector: {}"),
            Refusal(
                marked: beside("containerSelector: {matchLabels: {§image: b}}"), .invalidValue,
                "/spec/containerSelector/matchLabels/image", "containers have no field \"image\""),
            Refusal(
                marked: beside(
                    "containerSelector: {matchExpressions: [{key: §image, operator: Exists}]}"),
                .invalidValue, "/spec/containerSelector/matchExpressions/0/key", "use name"),
            Refusal(
                marked: beside("podSelector: {matchLabels: {a: §\"b c\"}}"), .invalidValue,
                "/spec/podSelector/matchLabels/a", "cannot be the value of a label"),
            Refusal(
                marked: beside("podSelector: {matchExpressions: [§{key: a, operator: In}]}"),
                .missingField, "/spec/podSelector/matchExpressions/0", "In needs values"),
            Refusal(
                marked: beside(
                    "nodeSelector: {matchExpressions: [{key: a, operator: Exists, §values: [b]}]}"),
                .conflict, "/spec/nodeSelector/matchExpressions/0/values", "Exists takes no values"),
            Refusal(
                marked: beside("enforcers: [§{}]"), .missingField, "/spec/enforcers/0",
                "\"calls\" is missing"),
            Refusal(
                marked: beside("enforcers: [{calls: [§do_dup]}]"), .invalidValue,
                "/spec/enforcers/0/calls/0", "neither a system call nor a security_ function"),
            Refusal(
                marked: beside("enforcers: [{calls: [§\"list:a\"]}]"), .invalidValue,
                "/spec/enforcers/0/calls/0", "there is no list \"a\""),
            Refusal(
                marked: beside("enforcers: [{calls: [sys_a]}, §{calls: [sys_a]}]"), .tooMany,
                "/spec/enforcers/1", "a policy has one enforcer"),
            Refusal(
                marked: policy(name: "p\n  generation: §-1"), .outOfRange, "/metadata/generation",
                "it must be at least 0"),
        ]

    static let warnings: [Refusal] = [
        Refusal(
            marked: policy(name: "p\n  §namespace: a"), .noEffect, "/metadata/namespace",
            "on a TracingPolicy, which is for the whole machine"),
        Refusal(
            marked: reading("type: int, §btfType: a"), .noEffect, argument + "/btfType",
            "without \"resolve\""),
        Refusal(
            marked: reading("type: int, resolve: a, §btfTypeModule: a"), .noEffect,
            argument + "/btfTypeModule", "without \"btfType\""),
        Refusal(
            marked: reading("type: string, §maxData: true"), .noEffect, argument + "/maxData",
            "it is for char_buf, not string"),
        Refusal(
            marked: reading("type: char_buf, returnCopy: true, §maxData: true"), .noEffect,
            argument + "/maxData", "copied at return"),
        Refusal(
            marked: policy(
                spec: "uprobes: [{path: /a, symbols: [b], args: [{index: 0, type: char_buf, "
                    + "sizeArgIndex: 2, §maxData: true}]}]"),
            .noEffect, "/spec/uprobes/0/args/0/maxData", "a uprobe reports at most 4,095 bytes"),
    ]
}
