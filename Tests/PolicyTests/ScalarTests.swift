import Testing

@testable import Policy

@Suite("What a plain scalar is")
struct ScalarTests {
    @Test(
        "the core rules of YAML 1.2 decide",
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("nULL", .text),
            ("true", .flag(true)), ("TRUE", .flag(true)), ("False", .flag(false)),
            ("tRue", .text), ("yes", .text), ("on", .text), ("n", .text),
            ("0", .number(0)), ("-0", .number(0)), ("42", .number(42)), ("+42", .number(42)),
            ("-42", .number(-42)), ("0x1F", .number(31)), ("0o17", .number(15)),
            ("017", .number(15)), ("089", .fraction), ("0x", .text), ("0xg", .text), ("--1", .text),
            ("+-1", .text), ("1_000", .text), ("9223372036854775807", .number(.max)),
            ("-9223372036854775808", .number(.min)), ("9223372036854775808", .hugeNumber),
            ("0xFFFFFFFFFFFFFFFFFF", .hugeNumber), ("1.0", .fraction), ("1e3", .fraction),
            ("-.inf", .fraction), (".nan", .fraction), ("1.2.3", .text), ("-", .text),
            ("e", .text), (".", .text), ("infinity", .text), ("٣", .text),
        ] as [(String, Scalar)])
    func core(text: String, expected: Scalar) {
        #expect(Scalar(text, isPlain: true) == expected)
        #expect(Scalar(text, isPlain: false) == .text)
    }
}
