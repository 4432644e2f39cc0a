import Policy
import Testing

@Suite("Documents that are not of the format")
struct FormatRefusalTests {
    @Test("each problem is reported where it is", arguments: refusals)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    private static let hook = "/spec/kprobes/0"

    static let refusals = [
        Refusal("- a", .wrongType, "", 1, 1, "the document must be an object, not a list"),
        Refusal("hello", .wrongType, "", 1, 1, "the document must be an object, not the text"),
        Refusal(
            policy(name: "p").replacing("v1alpha1", with: "v1"), .invalidValue, "/apiVersion", 1,
            13, "unknown apiVersion \"cilium.io/v1\""),
        Refusal(
            policy(name: "p").replacing("TracingPolicy", with: "TracePolicy"), .invalidValue,
            "/kind", 2, 7, "unknown kind \"TracePolicy\" | did you mean \"TracingPolicy\"?"),
        Refusal(
            policy(name: "p").replacing("kind: TracingPolicy\n", with: ""), .missingField, "", 1,
            1, "\"kind\" is missing from the document"),
        Refusal(policy(name: "p\n  nmae: x"), .unknownField, "/metadata/nmae", 5, 3, "\"name\"?"),
        Refusal(
            policy(name: "p\n  labels: {a/b~c: 1}"), .wrongType, "/metadata/labels/a~1b~0c", 5, 19,
            "must be text, not the number 1"),
        Refusal(policy(hook: "retrun: true"), .unknownField, hook + "/retrun", 8, 5, "\"return\"?"),
        Refusal(policy(hook: "<<: {return: true}"), .unknownField, hook + "/<<", 8, 5, "merge"),
        Refusal(policy(spec: "kprobes: []"), .empty, "/spec/kprobes", 6, 12, "nothing to trace"),
        Refusal(policy(spec: "kprobes:"), .missingField, "/spec", 6, 3, "nothing to trace"),
        Refusal(
            policy(spec: "kprobes: 3"), .wrongType, "/spec/kprobes", 6, 12,
            "\"kprobes\" must be a list, not the number 3"),
        Refusal(policy(hook: "args: {index: 0}"), .wrongType, hook + "/args", 8, 11, "an object"),
        Refusal(policy(hook: "tags: ab"), .wrongType, hook + "/tags", 8, 11, "write [ab]"),
        Refusal(policy(call: "\"\""), .empty, hook + "/call", 7, 11, "\"call\" is empty"),
        Refusal(
            policy(spec: "kprobes: [{return: false}]"), .missingField, hook, 6, 13,
            "\"call\" is missing from entry 0 of \"kprobes\""),
        Refusal(
            policy(hook: "return: yes"), .wrongType, hook + "/return", 8, 13, "write true or false"),
        Refusal(
            policy(hook: "return: \"true\""), .wrongType, hook + "/return", 8, 13, "without quot"),
        Refusal(array("returnCopy: 3"), .wrongType, hook + "/args/0/returnCopy", 8, 52, "number 3"),
        Refusal(
            policy(hook: "args: [{index: \"a\", type: int}]"), .wrongType, hook + "/args/0/index",
            8, 20, "\"index\" must be an integer, not the text \"a\""),
        Refusal(
            policy(hook: "args: [{index: \"1\", type: int}]"), .wrongType, hook + "/args/0/index",
            8, 20, "remove the quotation marks"),
        Refusal(
            policy(hook: "args: [{index: 1.0, type: int}]"), .wrongType, hook + "/args/0/index",
            8, 20, "must be an integer, not the number 1.0"),
        Refusal(
            policy(hook: "args: [{index: 0, type: strnig}]"), .invalidValue, hook + "/args/0/type",
            8, 29, "unknown type \"strnig\" | did you mean \"string\"?"),
        Refusal(
            policy(hook: "args: [{index: 0, type: auto}]"), .invalidValue, hook + "/args/0/type",
            8, 29, "\"auto\" cannot be used here: only a tracepoint's format says what its values"),
        Refusal(
            policy(hook: "args: [{index: 0}]"), .missingField, hook + "/args/0", 8, 12,
            "\"type\" is missing from entry 0 of \"args\""),
        Refusal(
            policy(hook: "args: [{index: 0, type: int, label: 7}]"), .wrongType,
            hook + "/args/0/label", 8, 41, "put it in quotation marks"),
        Refusal(
            policy(hook: "ignore: {digestVerificationFailure: true}"), .notApplicable,
            hook + "/ignore/digestVerificationFailure", 8, 14, "only uprobes have binaryDigests"),
        Refusal(
            policy(spec: "kprobe: [{call: sys_pipe2}]"), .unknownField, "/spec/kprobe", 6, 3,
            "did you mean \"kprobes\"?"),
        Refusal(
            policy(spec: "uprobes: []"), .empty, "/spec/uprobes", 6, 12, "nothing to trace"),
        Refusal(
            policy(spec: "loader: false"), .missingField, "/spec", 6, 3, "nothing to trace"),
    ]
}
