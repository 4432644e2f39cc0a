import Policy
import Testing

@Suite("Lists that break a rule")
struct ListRefusalTests {
    @Test("each problem is reported where it is", arguments: lists + values + patterns)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    @Test("what is only odd is a warning, and the policy is accepted", arguments: warnings)
    func warned(refusal: Refusal) throws {
        try expectOnly(refusal, .warning)
    }

    /// A policy with a list named calls, whose other fields start in line 9, column 19.
    private static func list(_ fields: String, hook: String = "") -> String {
        policy(hooks: "{call: \"list:calls\"\(hook)}", "lists:\n- {name: calls, \(fields)}")
    }

    private static let first = "/spec/lists/0"

    static let lists = [
        Refusal(
            policy(call: "list:pipes"), .invalidValue, "/spec/kprobes/0/call", 7, 11,
            "there is no list \"pipes\" | add it to spec.lists"),
        Refusal(
            policy(call: "\"list:\""), .invalidValue, "/spec/kprobes/0/call", 7, 11,
            "there is no list \"\""),
        Refusal(
            policy(hooks: "call: list:pipse", "lists: [{name: pipes, type: generated_syscalls}]"),
            .invalidValue, "/spec/kprobes/0/call", 7, 11, "did you mean \"list:pipes\"?"),
        Refusal(
            policy(hooks: "call: list:a", "lists: [{type: generated_syscalls}]"), .missingField,
            first, 8, 11, "\"name\" is missing"),
        Refusal(
            list("values: [sys_a]}\n- {name: calls, values: [sys_b]"), .conflict,
            "/spec/lists/1/name", 10, 12, "there are two lists \"calls\""),
        Refusal(
            list("type: syscall, values: [sys_a]"), .invalidValue, first + "/type", 9, 25,
            "unknown type \"syscall\" | did you mean \"syscalls\"?"),
        Refusal(
            list("type: nothing"), .invalidValue, first + "/type", 9, 25,
            "| one of syscalls, generated_syscalls, generated_ftrace"),
        Refusal(
            list("valeus: [sys_a], type: generated_syscalls"), .unknownField, first + "/valeus",
            9, 19, "did you mean \"values\"?"),
        Refusal(
            policy(hooks: "call: sys_a", "lists: [\(thousandAndOne)]"), .tooMany,
            "/spec/lists/1000", 8, 11 + 1000 * 28, "1001 entries; at most 1000"),
    ]

    private static let thousandAndOne = (1000...2000).map { "{name: l\($0), values: [a]}" }
        .joined(separator: ", ")

    static let values = [
        Refusal(list("type: syscalls"), .missingField, first, 9, 5, "the list has no values"),
        Refusal(list("type: \"\""), .missingField, first, 9, 5, "| list system calls or kernel"),
        Refusal(list("values: []"), .empty, first + "/values", 9, 27, "\"values\" is empty"),
        Refusal(
            list("values: [sys_a, 7]"), .wrongType, first + "/values/1", 9, 35, "quotation marks"),
        Refusal(
            list("values: [sys_a, \"b c\"]", hook: ", syscall: false"), .invalidValue,
            first + "/values/1", 9, 35, "\"b c\" is not the name of a function"),
        Refusal(
            list("type: syscalls, values: [dup, sys_]"), .invalidValue, first + "/values/1", 9,
            49, "\"sys_\" names no system call"),
        Refusal(
            list("type: generated_syscalls, values: [sys_a]"), .notApplicable, first + "/values",
            9, 45, "the kernel says what is in a list of the type generated_syscalls"),
        Refusal(
            list("type: generated_ftrace, pattern: a, values: [sys_a]"), .notApplicable,
            first + "/values", 9, 55, "remove values, or the type"),
        Refusal(
            list("values: [sys_pipe, sys_pipe2, do_pipe2]"), .conflict, first + "/values/2", 9, 49,
            "\"do_pipe2\" is no system call, unlike other values of the list | make one list of system calls"
        ),
        Refusal(
            list("values: [do_pipe2, vfs_read, sys_pipe]", hook: ", syscall: true"), .conflict,
            first + "/values/2", 9, 48, "\"sys_pipe\" is a system call, unlike other values"),
        Refusal(
            list("values: [sys_, sys_pipe]"), .conflict, first + "/values/0", 9, 28,
            "\"sys_\" is no system call"),
        Refusal(
            policy(
                spec: """
                    kprobes: [{call: "list:a"}, {call: "list:b"}]
                    lists:
                    - {name: a, values: [\(numbered(0..<40_000))]}
                    - {name: b, values: [\(numbered(0..<25_536))]}
                    """),
            .tooMany, "/spec/lists/1/values", 9, 23, "have 65536 values; at most 65535"),
    ]

    private static func numbered(_ numbers: Range<Int>) -> String {
        numbers.map { "f\($0)" }.joined(separator: ",")
    }

    static let patterns =
        [
            Refusal(
                list("type: generated_ftrace"), .missingField, first, 9, 5,
                "\"pattern\" is missing from the list | add the regular expression"),
            Refusal(
                list("type: generated_ftrace, pattern: \"\""), .empty, first + "/pattern", 9, 52,
                "\"pattern\" is empty"),
            Refusal(
                list("type: generated_syscalls, pattern: a"), .notApplicable, first + "/pattern", 9,
                45, "a pattern is for lists of the type generated_ftrace"),
            Refusal(
                list("values: [sys_a], pattern: a"), .notApplicable, first + "/pattern", 9, 36,
                "add type: generated_ftrace and remove values"),
            Refusal(
                list("type: generated_ftrace, pattern: \(String(repeating: "a", count: 257))"),
                .outOfRange, first + "/pattern", 9, 52, "257 bytes of at most 256"),
        ]
        + ["(a", "[a", "*a", "a{2,1}", "a)", "a\\\\", "[b-a]"].map {
            Refusal(
                list("type: generated_ftrace, pattern: \"\($0)\""), .invalidValue,
                first + "/pattern", 9, 52, "is not a regular expression | close every")
        }
        + ["(?=a)", "(?<n>a)", "(a)\\\\1", "(?>a)"].map {
            Refusal(
                list("type: generated_ftrace, pattern: \"\($0)\""), .invalidValue,
                first + "/pattern", 9, 52, "which may need backtracking | use letters")
        }

    @Test("a pattern has at most 20 groups and brackets")
    func manyGroups() {
        func codes(_ count: Int) -> [DiagnosticCode] {
            let pattern = String(repeating: "(a)[b]", count: count)
            return check(Self.list("type: generated_ftrace, pattern: '\(pattern)'"))
                .diagnostics.map(\.code)
        }
        #expect(codes(10) == [])
        #expect(codes(11) == [.invalidValue])
    }

    static let warnings = [
        Refusal(
            policy(hooks: "call: sys_a", "lists: [{name: a, type: generated_syscalls}]"),
            .noEffect, first, 8, 11, "no hook uses the list \"a\" | name it as call: \"list:a\""),
        Refusal(
            list("values: [sys_a, sys_b, sys_a]"), .noEffect, first + "/values/2", 9, 42,
            "\"sys_a\" is in the list twice"),
        Refusal(
            list("type: syscalls, values: [sys_a, __x64_sys_a]"), .noEffect, first + "/values/1",
            9, 51, "\"a\" is in the list twice"),
        Refusal(
            list("type: generated_syscalls", hook: ", syscall: false"), .noEffect,
            "/spec/kprobes/0/syscall", 7, 26,
            "the list \"calls\" has system calls | remove syscall, or set it to true"),
        Refusal(
            list("values: [do_pipe2]", hook: ", syscall: true"), .noEffect,
            "/spec/kprobes/0/syscall", 7, 26, "has kernel functions"),
    ]

    @Test("a list that is used twice and mixed is reported once")
    func mixedOnce() {
        let text = policy(
            spec: """
                kprobes: [{call: "list:a"}, {call: "list:a"}]
                lists: [{name: a, values: [sys_a, do_b]}]
                """)
        #expect(check(text).diagnostics.map(\.code) == [.conflict])
    }

    @Test("no list is called unused where the document has other problems")
    func unusedUnknown() {
        let text = policy(hooks: "{call: sys_a, x: 1}", "lists: [{name: a, values: [sys_a]}]")
        #expect(check(text).diagnostics.map(\.code) == [.unknownField])
    }
}
