import Policy
import Testing

@Suite("Options that break a rule")
struct OptionRefusalTests {
    @Test("each problem is reported where it is", arguments: options + methods)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    @Test("what is only odd is a warning, and the policy is accepted", arguments: warnings)
    func warned(refusal: Refusal) throws {
        try expectOnly(refusal, .warning)
    }

    /// A policy with an option in line 9 from column 5, its value from column 20 + the name's length.
    private static func option(
        _ name: String, _ value: String, hooks: String = "kprobes:\n- call: sys_pipe2"
    ) -> String {
        policy(spec: "\(hooks)\noptions:\n- {name: \(name), value: \(value)}")
    }

    private static let name = "/spec/options/0/name"
    private static let value = "/spec/options/0/value"

    static let options = [
        Refusal(
            option("attach-metod", "kprobe"), .invalidValue, name, 9, 12,
            "unknown name \"attach-metod\" | did you mean \"attach-method\"?"),
        Refusal(
            option("color", "red"), .invalidValue, name, 9, 12,
            "| one of attach-method, disable-kprobe-multi, disable-uprobe-multi, override-method"),
        Refusal(
            policy(hooks: "call: sys_a", "options: [{name: attach-method}]"), .missingField,
            "/spec/options/0", 8, 13, "\"value\" is missing"),
        Refusal(
            policy(hooks: "call: sys_a", "options: [{value: a}]"), .missingField,
            "/spec/options/0", 8, 13, "\"name\" is missing"),
        Refusal(
            option("disable-kprobe-multi", "true"), .wrongType, value, 9, 41, "quotation marks"),
        Refusal(
            option("disable-kprobe-multi", "\"yes\""), .invalidValue, value, 9, 41,
            "\"yes\" is no value of the option disable-kprobe-multi | \"true\" or \"false\""),
        Refusal(
            option("attach-method", "kprobe}\n- {name: attach-method, value: kprobe"), .conflict,
            "/spec/options/1/name", 10, 12, "the option attach-method is set twice"),
        Refusal(
            option("attach-method", "kprobes"), .invalidValue, value, 9, 34,
            "\"kprobes\" is no value of the option attach-method | did you mean \"kprobe\"?"),
        Refusal(
            option("attach-method", "magic"), .invalidValue, value, 9, 34,
            "| one of fentry, kprobe.multi, kprobe, tracepoint, raw_tp"),
        Refusal(
            option("policy-mode", "monitr"), .invalidValue, value, 9, 32,
            "did you mean \"monitor\"?"),
        Refusal(
            option("override-method", "none"), .invalidValue, value, 9, 36,
            "| one of fmod-ret, override-return"),
        Refusal(
            option("sleepable-preload-size", "\"0\""), .invalidValue, value, 9, 43,
            "a number greater than 0"),
        Refusal(
            option("disable-uprobe-multi", "maybe"), .invalidValue, value, 9, 41, "is no value"),
    ]

    static let methods = [
        Refusal(
            option("attach-method", "raw_tp"), .conflict, value, 9, 34,
            "raw_tp does not attach to \"sys_pipe2\", a system call | use one of fentry, "
                + "kprobe.multi, kprobe, tracepoint, or remove the option"),
        Refusal(
            option(
                "attach-method", "tracepoint",
                hooks: "kprobes: [{call: sys_a}, {call: do_a, syscall: false}, "
                    + "{call: do_b,\n  syscall: false}]"),
            .conflict, value, 9, 34,
            "tracepoint does not attach to \"do_a\", a kernel function | use one of fentry, "
                + "kprobe.multi, kprobe, or"),
        Refusal(
            option(
                "attach-method", "tracepoint",
                hooks: "kprobes: [{call: list:a}]\nlists: [{name: a, values: [do_a]}]"),
            .conflict, value, 9, 34, "\"list:a\", a list of functions"),
        Refusal(
            option("attach-method", "kprobe", hooks: "fentries:\n- call: sys_a"), .conflict,
            value, 9, 34, "\"sys_a\", a hook of fentries | use fentry, or remove the option"),
        Refusal(
            option("attach-method", "kprobe", hooks: "tracepoints:\n- {subsystem: a, event: b}"),
            .conflict, value, 9, 34, "kprobe does not attach to \"a/b\", a tracepoint | use tracep"),
        Refusal(
            option("attach-method", "raw_tp", hooks: "tracepoints:\n- {subsystem: a, event: b}"),
            .conflict, value, 9, 34, "remove the option; raw: true attaches by raw_tp"),
        Refusal(
            option(
                "attach-method", "tracepoint",
                hooks: "tracepoints:\n- {subsystem: a, event: b, raw: true}"),
            .conflict, value, 9, 34, "a tracepoint with raw: true | use raw_tp"),
        Refusal(
            option("attach-method", "kprobe.multi}\n- {name: disable-kprobe-multi, value: \"1\""),
            .conflict, "/spec/options/1/value", 10, 41, "contradict each other | remove one"),
        Refusal(
            option("disable-kprobe-multi", "\"1\"}\n- {name: attach-method, value: kprobe.multi"),
            .conflict, "/spec/options/1/value", 10, 34, "contradict each other"),
    ]

    static let warnings =
        [
            ("disable-uprobe-multi", "\"1\"", "no hook is a uprobe"),
            ("override-method", "fmod-ret", "no hook overrides what a call returns"),
            ("policy-mode", "monitor", "no hook interferes with a call"),
            ("policy-mode", "enforce", "policy-mode has no effect"),
            ("sleepable-preload-size", "\"4096\"", "| remove the option"),
        ].map { Refusal(option($0.0, $0.1), .noEffect, "/spec/options/0", 9, 5, $0.2) }
        + ["tracepoints:\n- {subsystem: a, event: b}", "fentries:\n- call: sys_a"].map {
            Refusal(
                option("disable-kprobe-multi", "\"1\"", hooks: $0), .noEffect, "/spec/options/0",
                9, 5, "kprobe.multi is for hooks under kprobes")
        }
}
