import Testing

@testable import Events

@Suite("Redaction")
struct RedactionTests {
    static let cases: [(pattern: String, text: String, result: String)] = [
        ("secret", "a secret b", "a ***** b"),
        ("secret", "secretsecret", "**********"),
        ("secret", "nothing", "nothing"),
        ("", "text", "text"),
        ("x*", "axxb", "a*****b"),
        ("--password[= ]([^ ]+)", "-u me --password hunter2 -x", "-u me --password ***** -x"),
        ("--password[= ]([^ ]+)", "--password=a --password=b", "--password=***** --password=*****"),
        ("(k1)=(v1)", "k1=v1", "*****=*****"),
        ("(a)|(b)", "cab", "c**********"),
        ("^secret", "secret secret", "***** secret"),
        ("((a)b)", "xab", "x*****"),
    ]

    @Test("what a pattern matches is replaced, or its groups where it has some", arguments: cases)
    func replacement(_ example: (pattern: String, text: String, result: String)) throws {
        let redaction = try Redaction(example.pattern)
        #expect(redaction.apply(to: bytes(example.text)) == bytes(example.result))
    }

    @Test("bytes that are no UTF-8 are matched and kept as they are")
    func anyBytes() throws {
        let text: [UInt8] = [0xFF] + bytes("key=") + [0xFE, 0x80] + bytes(" rest")
        #expect(
            try Redaction("key=([^ ]+)").apply(to: text)
                == [0xFF] + bytes("key=***** rest"))
    }

    @Test("what is no pattern is refused with the reason")
    func refusal() {
        #expect(
            throws: RedactionError(pattern: "(", reason: "Unmatched ( or \\(")
        ) { try Redaction("(") }
    }

    @Test("secrets are in no event, of an exec or later, as argument, variable or scanned process")
    func everywhere() throws {
        var reporting = ProcessReporting()
        reporting.environment = ["TOKEN"]
        reporting.redactions = [try Redaction("token=([^ ]+)"), try Redaction("TOKEN=(.*)")]
        var encoder = EventEncoder(reporting)
        let exec = try encoder.line(
            RecordBytes.exec(
                10, parent: 0, time: 1, arguments: ["sh", "token=hidden", "x"],
                environment: ["TOKEN=hidden"]))
        let call = try encoder.line(RecordBytes.call(time: 2, tgid: 10))
        encoder.adopt([
            ScannedProcess(
                task: ProcessTask(pid: 11, parent: 10, innerPID: 11, start: 1), binary: bytes("x"),
                arguments: RecordText(bytes: bytes("x\0token=hidden"), whole: 14),
                environment: RecordText(bytes: bytes("TOKEN=hidden\0"), whole: 13))
        ])
        let scanned = try encoder.line(RecordBytes.call(time: 3, tgid: 11))
        for line in [exec, call, scanned] {
            #expect(line?.contains("hidden") == false)
            #expect(line?.contains("token=*****") == true)
            #expect(line?.contains(#"{"key":"TOKEN","value":"*****"}"#) == true)
        }
    }
}
