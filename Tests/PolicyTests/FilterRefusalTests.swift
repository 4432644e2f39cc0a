import Policy
import Testing

@Suite("Filters by value that are refused")
struct FilterRefusalTests {
    @Test("each problem is reported where it is", arguments: subjects + kinds + values + counts)
    func refused(refusal: Refusal) throws {
        try expectOnly(refusal)
    }

    @Test("what is only odd is a warning", arguments: warnings)
    func warned(refusal: Refusal) throws {
        try expectOnly(refusal, .warning)
    }

    private static let selector = "/spec/kprobes/0/selectors/0"
    private static let filter = selector + "/matchArgs/0"

    /// A hook with an argument of a type, and a filter on it.
    private static func on(_ type: String, _ filter: String) -> String {
        let extent = type == "char_buf" ? ", sizeArgIndex: 3" : ""
        return policy(
            hook: "args: [{index: 1, type: \(type)\(extent)}]\n"
                + "selectors: [{matchArgs: [{index: 1, \(filter)}]}]")
    }

    private static func refusal(
        _ type: String, _ filter: String, _ code: DiagnosticCode, _ field: String,
        _ fragment: String
    ) -> Refusal {
        Refusal(marked: on(type, filter), code, Self.filter + field, fragment)
    }

    static let subjects: [Refusal] = [
        Refusal(
            marked: on("int", "operator: Equal, values: [\"1\"]")
                .replacing("matchArgs: [{index: 1", with: "matchArgs: [{index: §0"),
            .invalidValue, filter + "/index",
            "does not report argument 0, which the filter is about"),
        Refusal(
            marked: on("int", "operator: Equal, values: [\"1\"]")
                .replacing("matchArgs: [{index: 1, ", with: "matchArgs: [§{"),
            .invalidValue, filter,
            "argument 0, which the filter is about | list it under args; "
                + "there are 1"),
        Refusal(
            marked: on("int", "args: [§1], operator: Equal, values: [\"1\"]"), .invalidValue,
            filter + "/args/0", "no argument at position 1"),
        Refusal(
            marked: policy(
                hook: "args: [{index: 0, type: int}, {index: 1, type: int}]\n"
                    + "selectors: [{matchArgs: [§{args: [0, 1], operator: Equal, "
                    + "values: [\"1\"]}]}]"),
            .conflict, filter, "Equal looks at one argument, not 2"),
        Refusal(
            marked: policy(
                hook: "selectors: [{matchReturnArgs: [§{operator: Equal, values: [\"1\"]}]}]"),
            .missingField, selector + "/matchReturnArgs/0",
            "for matchReturnArgs to look at | add return: true"),
        Refusal(
            marked: policy(
                hook: "return: true\nreturnArg: {index: 0, type: int}\n"
                    + "selectors: [{matchReturnArgs: [{index: §2, operator: Equal, "
                    + "values: [\"1\"]}]}]"),
            .invalidValue, selector + "/matchReturnArgs/0/index", "returnArg has the index 0"),
        Refusal(
            marked: policy(
                tracepoint: "selectors: [{matchReturnArgs: [§{operator: Equal, values: [a]}]}]"),
            .notApplicable, "/spec/tracepoints/0/selectors/0/matchReturnArgs/0",
            "a tracepoint has no result to filter by"),
        Refusal(
            marked: policy(
                hook: "selectors: [{matchData: [{index: §0, operator: Equal, values: [\"1\"]}]}]"),
            .invalidValue, selector + "/matchData/0/index", "no data at position 0"),
        Refusal(
            marked: policy(
                hook: "args: [{index: 0, type: int}]\n"
                    + "data: [{index: 0, type: int, source: current_task, resolve: pid}]\n"
                    + "selectors: [{matchArgs: ["
                    + Array(repeating: "{operator: NotEqual, values: [\"1\"]}", count: 3)
                    .joined(separator: ", ") + "], matchData: ["
                    + Array(repeating: "{operator: NotEqual, values: [\"1\"]}", count: 2)
                    .joined(separator: ", ") + ", §{operator: Equal, values: [\"1\"]}]}]"),
            .tooMany, selector + "/matchData/2", "at most 5 are allowed together"),
    ]

    static let kinds: [Refusal] =
        [
            ("cred", "cannot be filtered"), ("nop", "cannot be filtered"),
            ("bpf_map", "cannot be filtered"), ("module", "cannot be filtered"),
            ("int32_arr", "cannot be filtered"),
        ].map {
            refusal($0.0, "operator: §Equal, values: [\"1\"]", .invalidValue, "/operator", $0.1)
        }
        + [
            ("int", "Prefix", "does not compare the type int32, an integer | one of Equal"),
            ("string", "GT", "does not compare the type string, a text | one of Equal"),
            ("file", "SAddr", "does not compare the type file, a path"),
            ("linux_binprm", "FileType", "the type linux_binprm, a path"),
            ("skb", "State", "the type skb, a packet"),
            ("sock", "Equal", "the type sock, a socket"),
            ("sockaddr", "DAddr", "a socket's address | one of SPort"),
            ("sockaddr_un", "Postfix", "a Unix socket's address"),
            ("cap_effective", "InMap", "a set of capabilities"),
            ("int16", "CelExpr", "an integer"),
        ].map {
            refusal(
                $0.0, "operator: §\($0.1), values: [\"1\"]", .invalidValue, "/operator", $0.2)
        }

    static let values: [Refusal] =
        [
            ("int", "Equal", "abc", "is no number | write a number, such as 4, -1 or 0x40"),
            ("int", "InRange", "1-4", "is no range of numbers"),
            ("int", "InRange", "5:1", "the range \"5:1\" ends before it starts"),
            ("uint64", "InMap", "list:a", "there is no list \"a\""),
            ("sock", "DAddr", "10.0.0", "is no IP address and no block of them"),
            ("sock", "DAddr", "10.0.0.0/33", "is no IP address and no block of them"),
            ("sock", "DAddr", "${POD}", "put the address in the place of the variable"),
            ("sock", "SPort", "https", "is no port | write one such as 443 or 8000:8999"),
            ("sock", "Protocol", "IPPROTO_SCPT", "did you mean \"IPPROTO_SCTP\"?"),
            ("sock", "Family", "AF_PACKT", "did you mean \"AF_PACKET\"?"),
            ("sock", "State", "TCP_LISTENING", "did you mean \"TCP_LISTEN\"?"),
            ("file", "FileType", "regular file", "is no kind of file | one of sock, lnk"),
            ("cap_effective", "Equal", "CAP_SYS_ADMN", "did you mean \"CAP_SYS_ADMIN\"?"),
            ("int", "CelExpr", "arg0 > (4", "parentheses of the expression do not match"),
            ("int", "CelExpr", "arg1 > 4", "the unknown word \"arg1\""),
            ("int", "CelExpr", "arg0 * 4 > 8", "has the character \"*\""),
            ("int", "CelExpr", " ", "the expression is empty"),
        ].map {
            refusal(
                $0.0, "operator: \($0.1), values: [§\"\($0.2)\"]", .invalidValue, "/values/0", $0.3)
        }
        + [
            ("int8", "Equal", "128", "no value of the type int8: from -128 to 127"),
            ("uint16", "NotEqual", "-1", "no value of the type uint16: from 0 to 65535"),
            ("int", "GT", "4294967296", "no value of the type int32"),
            ("sock", "DPort", "65536", "\"65536\" is no port | from 0 to 65535"),
            ("file", "Postfix", String(repeating: "a", count: 128), "Postfix compares at most 127"),
            ("file", "Prefix", String(repeating: "a", count: 257), "Prefix compares at most 256"),
            ("string", "SubString", String(repeating: "a", count: 100), "at most 99"),
            ("string", "Equal", String(repeating: "a", count: 4097), "at most 4096"),
        ].map {
            refusal(
                $0.0, "operator: \($0.1), values: [§\"\($0.2)\"]", .outOfRange, "/values/0", $0.3)
        }
        + [
            refusal(
                "string", "operator: Prefix, values: [§\"\"]", .empty, "/values/0",
                "Prefix of nothing matches every text"),
            Refusal(
                marked: policy(
                    spec: """
                        lists: [{name: a, type: syscalls, values: [sys_dup]}]
                        tracepoints:
                        - subsystem: raw_syscalls
                          event: sys_enter
                          args: [{index: 4, type: uint64}]
                          selectors: [{matchArgs: [{index: 4, operator: InMap, values: [§"list:a"]}]}]
                        """), .invalidValue,
                "/spec/tracepoints/0/selectors/0/matchArgs/0/values/0",
                "compared with the type syscall64, not uint64 | give the argument"),
            Refusal(
                marked: policy(
                    spec: """
                        lists: [{name: a, values: [do_dup]}]
                        tracepoints:
                        - subsystem: raw_syscalls
                          event: sys_enter
                          args: [{index: 4, type: syscall64}]
                          selectors: [{matchArgs: [{index: 4, operator: InMap, values: [§"list:a"]}]}]
                        """), .invalidValue,
                "/spec/tracepoints/0/selectors/0/matchArgs/0/values/0",
                "the list \"a\" is not one of system calls | give the list type: syscalls"),
            Refusal(
                marked: policy(
                    spec: """
                        lists: [{name: a, type: syscalls, values: [sys_dup]}]
                        tracepoints:
                        - subsystem: raw_syscalls
                          event: sys_enter
                          args: [{index: 4, type: syscall64}]
                          selectors: [{matchArgs: [{index: 4, operator: InMap, values: ["list:a", §"4"]}]}]
                        """
                ),
                .conflict, "/spec/tracepoints/0/selectors/0/matchArgs/0/values/1",
                "a list stands alone among the values"),
        ]

    static let counts: [Refusal] = [
        refusal(
            "int", "operator: Equal, values: [\"1\", \"2\", \"3\", \"4\", §\"5\"]", .tooMany,
            "/values/4", "Equal has 5 values; at most 4 are allowed | use InMap"),
        refusal(
            "int", "operator: NotInRange, values: [\"1\", \"2\", \"3\", \"4\", §\"5:6\"]", .tooMany,
            "/values/4", "use NotInMap"),
        refusal(
            "file", "operator: FileType, values: [reg, dir, lnk, sock, §blk]", .tooMany,
            "/values/4",
            "use several selectors"),
        refusal(
            "int", "operator: CelExpr, values: [arg0 > 1, §arg0 > 2]", .tooMany, "/values/1",
            "join the expressions with &&"),
        Refusal(
            marked: on("int", "operator: Equal").replacing(
                "[{index: 1, op", with: "[§{index: 1, op"),
            .missingField, filter, "no values for Equal to compare with | list them as text"),
        refusal(
            "int", "operator: Equal, values: §[]", .empty, "/values", "no values for Equal"),
        Refusal(
            marked: on("cap_effective", "operator: CapabilitiesGained")
                .replacing("[{index: 1, op", with: "[§{index: 1, op"),
            .invalidValue, filter, "compares two arguments, not 1 | write args: [0, 1]"),
        Refusal(
            marked: policy(
                hook: "args: [{index: 0, type: int}]\nselectors:"
                    + String(
                        repeating: "\n- matchArgs: [{operator: CelExpr, values: [arg0 > 1]}, "
                            + "{operator: CelExpr, values: [arg0 > 1]}]", count: 4)
                    + "\n- matchArgs: [§{operator: CelExpr, values: [arg0 > 1]}]"),
            .tooMany, "/spec/kprobes/0/selectors/4/matchArgs/0", "more than 8 expressions"),
    ]

    static let warnings = [
        refusal(
            "sock", "operator: DPortPriv, §values: [\"1\"]", .noEffect, "/values",
            "DPortPriv says it all"),
        Refusal(
            marked: policy(
                tracepoint: "args: [{index: 4, type: int}]\n"
                    + "selectors: [{matchArgs: [{index: §0, operator: Equal, values: [\"1\"]}]}]"),
            .ambiguousIndex, "/spec/tracepoints/0/selectors/0/matchArgs/0/index",
            "about position 0: field 4 | write index: 4"),
    ]
}
