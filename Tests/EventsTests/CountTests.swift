import Events
import Testing

@Suite("Counts in answers")
struct CountTests {
    @Test(
        "what JavaScript cannot hold is a string",
        arguments: [
            (0, "0"), (1 << 53, "9007199254740992"), (1 << 53 + 1, #""9007199254740993""#),
            (.max, #""18446744073709551615""#),
        ] as [(UInt64, String)])
    func exact(count: UInt64, json: String) {
        var writer = JSONWriter()
        writer.append(count: count)
        #expect(String(decoding: writer.array, as: UTF8.self) == json)
    }
}
