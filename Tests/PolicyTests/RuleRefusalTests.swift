import Policy
import Testing

@Suite("Documents that break a rule")
struct RuleRefusalTests {
    @Test("each problem is reported where it is", arguments: names + calls + arguments + filters)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    @Test("what is only odd is a warning, and the policy is accepted", arguments: warnings)
    func warned(refusal: Refusal) throws {
        try expectOnly(refusal, .warning)
    }

    private static let hook = "/spec/kprobes/0"

    static let names: [Refusal] = [
        ("\"\"", "the name is empty"),
        ("Pipes", "upper-case letter \"P\""),
        ("invalid_name", "the character \"_\""),
        ("a b", "the character \" \""),
        ("-a", "starts or ends with \"-\": \"-a\""),
        ("a.b-.c", "starts or ends with \"-\": \"b-\""),
        ("a..b", "\".\" with nothing before or after it"),
        (".a", "\".\" with nothing before or after it"),
        (String(repeating: "a", count: 254), "254 characters of at most 253"),
    ].map { Refusal(policy(name: $0.0), .invalidValue, "/metadata/name", 4, 9, $0.1) }

    static let calls = [
        Refusal(policy(call: "sys_"), .invalidValue, hook + "/call", 7, 11, "no system call"),
        Refusal(policy(call: "sys_a b"), .invalidValue, hook + "/call", 7, 11, "not the name of"),
        Refusal(
            policy(spec: "kprobes: [\(Array(repeating: "{call: a}", count: 257).joined())]")
                .replacing("}{", with: "}, {"),
            .tooMany, "/spec/kprobes/256", 6, 13 + 256 * 11, "257 entries; at most 256"),
        Refusal(
            policy(hook: "message: a"), .outOfRange, hook + "/message", 8, 14,
            "too short: 1 bytes of at least 2"),
        Refusal(
            policy(hook: "tags: [ab, c]"), .outOfRange, hook + "/tags/1", 8, 16,
            "entry 1 of \"tags\" is too short"),
        Refusal(
            policy(hook: "tags: [\(String(repeating: "a", count: 129))]"), .outOfRange,
            hook + "/tags/0", 8, 12, "129 bytes of at most 128"),
        Refusal(
            policy(hook: "tags: [\(Array(repeating: "ab", count: 17).joined(separator: ", "))]"),
            .tooMany, hook + "/tags/16", 8, 12 + 16 * 4, "17 entries; at most 16"),
        Refusal(
            policy(hook: "return: true"), .missingField, hook + "/return", 8, 5,
            "\"returnArg\" is missing"),
    ]

    static let arguments = [
        Refusal(
            policy(
                hook: "args: [{index: 0, type: int}, {index: 1, type: int}, {index: 2, type: int}, "
                    + "{index: 3, type: int}, {index: 4, type: int}, {index: 5, type: int}]"),
            .tooMany, hook + "/args/5", 8, 12 + 5 * 23, "at most 5"),
        Refusal(
            policy(hook: "args: [{index: 6, type: int}]"), .outOfRange, hook + "/args/0/index", 8,
            20, "\"index\" is 6; it must be from 0 to 5"),
        Refusal(
            policy(hook: "args: [{index: -1, type: int}]"), .outOfRange, hook + "/args/0/index", 8,
            20, "\"index\" is -1; it must be from 0 to 5"),
        Refusal(
            policy(hook: "args: [{index: 99999999999999999999, type: int}]"), .outOfRange,
            hook + "/args/0/index", 8, 20, "is 99999999999999999999; it must be from 0 to 5"),
        Refusal(
            policy(hook: "args: [{index: 0, type: int}, {index: 0, type: long}]"), .conflict,
            hook + "/args/1/index", 8, 43, "argument 0 is listed twice"),
        Refusal(array("size: 0"), .outOfRange, hook + "/args/0/size", 8, 46, "is 0; it must be fr"),
        Refusal(array("size: 257"), .outOfRange, hook + "/args/0/size", 8, 46, "from 1 to 256"),
        Refusal(
            array("size: 3, sizeArgIndex: 2"), .conflict, hook + "/args/0/sizeArgIndex", 8, 49,
            "both say how many"),
        Refusal(
            array("sizeArgIndex: 0"), .outOfRange, hook + "/args/0/sizeArgIndex", 8, 54,
            "it must be from 1 to 6 | unlike index, sizeArgIndex counts arguments from 1"),
        Refusal(
            array("sizeArgIndex: 7"), .outOfRange, hook + "/args/0/sizeArgIndex", 8, 54, "1 to 6"),
        Refusal(
            array("sizeArgIndex: 1"), .conflict, hook + "/args/0/sizeArgIndex", 8, 54,
            "sizeArgIndex 1 is the array itself: it counts from 1"),
        Refusal(
            policy(hook: "args: [{index: 0, type: int, size: 2}]"), .notApplicable,
            hook + "/args/0/size", 8, 34, "the type int32 has no number of elements"),
        Refusal(
            policy(hook: "args: [{index: 0, type: string, sizeArgIndex: 2}]"), .notApplicable,
            hook + "/args/0/sizeArgIndex", 8, 37, "the type string has no number of elements"),
        Refusal(
            policy(hook: "args: [{index: 0, type: string, returnCopy: true}]"), .notApplicable,
            hook + "/args/0/returnCopy", 8, 37, "returnCopy means nothing for the type string"),
        Refusal(
            policy(hook: "return: true\nreturnArg: {type: nop}"), .invalidValue,
            hook + "/returnArg/type", 9, 23, "cannot be of the type nop"),
        Refusal(
            policy(hook: "return: true\nreturnArg: {type: int32_arr, returnCopy: true}"),
            .notApplicable, hook + "/returnArg/returnCopy", 9, 34, "means nothing in returnArg"),
    ]

    private static let pids = hook + "/selectors/0/matchPIDs"

    private static func matchPIDs(_ filters: String) -> String {
        policy(hook: "selectors:\n- matchPIDs: [\(filters)]")
    }

    static let filters = [
        Refusal(
            policy(
                hook: "selectors:"
                    + String(repeating: "\n- matchPIDs: [{operator: In, values: [1]}]", count: 6)),
            .tooMany, hook + "/selectors/5", 14, 7, "at most 5"),
        Refusal(
            matchPIDs(
                Array(repeating: "{operator: In, values: [1]}", count: 5).joined(separator: ", ")),
            .tooMany, pids + "/4", 9, 19 + 4 * 29, "at most 4"),
        Refusal(
            matchPIDs("{operator: In, values: []}"), .empty, pids + "/0/values", 9, 42, "is empty"),
        Refusal(
            matchPIDs("{operator: In, values: [1,2,3,4,5,6,7,8,9]}"), .tooMany,
            pids + "/0/values/8", 9, 59, "this service's limit; for more, use followForks or"),
        Refusal(
            matchPIDs("{operator: In, values: [0]}"), .outOfRange, pids + "/0/values/0", 9, 43,
            "from 1 to 4194304"),
        Refusal(
            matchPIDs("{operator: In, values: [4194305]}"), .outOfRange, pids + "/0/values/0", 9,
            43, "entry 0 of \"values\" is 4194305"),
        Refusal(
            matchPIDs("{operator: in, values: [1]}"), .invalidValue, pids + "/0/operator", 9, 30,
            "did you mean \"In\"?"),
        Refusal(
            matchPIDs("{operator: In, values: 1}"), .wrongType, pids + "/0/values", 9, 42, "[1]"),
    ]

    static let warnings = [
        Refusal(
            policy(hook: "returnArg: {index: 0, type: int}"), .noEffect, hook + "/returnArg", 8, 5,
            "no effect without \"return: true\""),
        Refusal(
            policy(hook: "message: \(String(repeating: "é", count: 200))"), .truncated,
            hook + "/message", 8, 14, "has 400 bytes"),
        Refusal(
            policy(hook: "selectors: [{}]"), .matchesEverything, hook + "/selectors/0", 8, 17,
            "matches every call"),
        Refusal(
            policy(hook: "selectors: [{matchPIDs: []}]"), .matchesEverything,
            hook + "/selectors/0", 8, 17, "matches every call"),
    ]
}
