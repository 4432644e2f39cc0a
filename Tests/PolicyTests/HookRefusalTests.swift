import Policy
import Testing

@Suite("Hooks that break a rule")
struct HookRefusalTests {
    @Test(
        "each problem is reported where it is", arguments: sections + calls + tracepoints + raw)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    static let sections = [
        Refusal(
            policy(spec: "options: []"), .missingField, "/spec", 6, 3,
            "spec has none of \"kprobes\", \"fentries\", \"tracepoints\""),
        Refusal(
            policy(hooks: "call: sys_pipe2", "tracepoints: [{subsystem: a, event: b}]"), .conflict,
            "/spec/tracepoints", 8, 3,
            "this one has \"kprobes\" and \"tracepoints\" | move tracepoints to a policy of its own"
        ),
        Refusal(
            policy(spec: "fentries: [{call: sys_a}]\nkprobes: [{call: sys_a}]"), .conflict,
            "/spec/kprobes", 7, 3, "this one has \"fentries\" and \"kprobes\" | move kprobes"),
        Refusal(
            policy(hooks: "call: sys_pipe2", "tracepoints: []"), .empty, "/spec/tracepoints", 8,
            16, "nothing to trace"),
        Refusal(
            policy(spec: "fentries: [\(repeated("{call: sys_a}", 257))]"), .tooMany,
            "/spec/fentries/256", 6, 14 + 256 * 15, "257 entries; at most 256"),
        Refusal(
            policy(spec: "tracepoints: [\(repeated("{subsystem: a, event: b}", 257))]"), .tooMany,
            "/spec/tracepoints/256", 6, 17 + 256 * 26, "257 entries; at most 256"),
    ]

    private static func repeated(_ text: String, _ count: Int) -> String {
        Array(repeating: text, count: count).joined(separator: ", ")
    }

    static let calls = [
        Refusal(
            policy(hook: "syscall: false").replacing("sys_pipe2", with: "do pipe"), .invalidValue,
            "/spec/kprobes/0/call", 7, 11, "not the name of a function | a name has letters"),
        Refusal(
            policy(spec: "fentries: [{call: sys_}]"), .invalidValue, "/spec/fentries/0/call", 6,
            21, "names no system call"),
        Refusal(
            policy(hook: "ignore: {callNotfound: true}"), .unknownField,
            "/spec/kprobes/0/ignore/callNotfound", 8, 14, "did you mean \"callNotFound\"?"),
        Refusal(
            policy(hook: "args: [{index: 0, type: data_loc}]"), .invalidValue,
            "/spec/kprobes/0/args/0/type", 8, 29, "only a tracepoint's fields tell where"),
        Refusal(
            policy(hook: "args: [{index: 0, type: syscall64}]"), .invalidValue,
            "/spec/kprobes/0/args/0/type", 8, 29, "only a tracepoint's field"),
        Refusal(
            policy(hook: "args: [{index: 0, type: const_buf}]"), .invalidValue,
            "/spec/kprobes/0/args/0/type", 8, 29, "cannot be written"),
    ]

    private static let hook = "/spec/tracepoints/0"
    private static let field = hook + "/args/0"

    static let tracepoints =
        [
            Refusal(
                policy(spec: "tracepoints: [{event: b}]"), .missingField, hook, 6, 17,
                "\"subsystem\" is missing"),
            Refusal(
                policy(spec: "tracepoints: [{subsystem: b}]"), .missingField, hook, 6, 17,
                "\"event\" is missing"),
            Refusal(
                policy(spec: "tracepoints: [{subsystem: a/.., event: b}]"), .invalidValue,
                hook + "/subsystem", 6, 29, "\"a/..\" is not the name of a tracepoint's part"),
            Refusal(
                policy(spec: "tracepoints: [{subsystem: a, event: \"a:b\"}]"), .invalidValue,
                hook + "/event", 6, 39, "such as subsystem: sched, event: sched_process_exec"),
            Refusal(
                policy(spec: "tracepoints: [{subsystem: \"\", event: b}]"), .empty,
                hook + "/subsystem", 6, 29, "is empty"),
            Refusal(
                policy(tracepoint: "args: [{index: 129}]"), .outOfRange, field + "/index", 9, 20,
                "from 0 to 128 | fields are counted from 0"),
            Refusal(
                policy(tracepoint: "args: [{index: -1}]"), .outOfRange, field + "/index", 9, 20,
                "from 0 to 128"),
            Refusal(
                policy(tracepoint: "args: [{type: int}]"), .missingField, field, 9, 12,
                "\"index\" is missing"),
            Refusal(
                policy(tracepoint: "args: [{index: 4}, {index: 4}]"), .conflict,
                hook + "/args/1/index", 9, 32, "argument 4 is listed twice"),
            Refusal(
                policy(
                    tracepoint:
                        "args: [{index: 0}, {index: 1}, {index: 2}, {index: 3}, {index: 4}, "
                        + "{index: 5}]"), .tooMany,
                hook + "/args/5", 9, 12 + 5 * 12, "at most 5"),
            Refusal(
                policy(tracepoint: "args: [{index: 4, type: itn}]"), .invalidValue, field + "/type",
                9, 29, "did you mean \"int\"?"),
            Refusal(
                policy(tracepoint: "args: [{index: 4, returnCopy: true}]"), .notApplicable,
                field + "/returnCopy", 9, 23, "means nothing in a tracepoint's argument"),
        ]
        + ["return", "returnArg", "returnArgAction"].map {
            Refusal(
                policy(tracepoint: "\($0): 1"), .notApplicable, hook + "/\($0)", 9, 5,
                "means nothing in a tracepoint | a tracepoint is one moment, and returns nothing")
        }
        + ["call", "syscall"].map {
            Refusal(
                policy(tracepoint: "\($0): 1"), .notApplicable, hook + "/\($0)", 9, 5,
                "a tracepoint is named by subsystem and event; remove it")
        }
        + [
            Refusal(
                policy(tracepoint: "data: []"), .notApplicable, hook + "/data", 9, 5,
                "reports what it hands over, under args")
        ]

    static let raw = [
        Refusal(
            policy(tracepoint: "raw: true\nargs: [{index: 12}]"), .outOfRange, field + "/index",
            10, 20, "\"index\" is 12; it must be from 0 to 11 | raw: true counts the parameters"),
        Refusal(
            policy(tracepoint: "raw: true\nargs: [{index: 1, type: data_loc}]"), .notApplicable,
            field + "/type", 10, 29, "data_loc is a field, and raw: true has parameters"),
        Refusal(
            policy(tracepoint: "raw: 1"), .wrongType, hook + "/raw", 9, 10, "true or false"),
    ]
}
