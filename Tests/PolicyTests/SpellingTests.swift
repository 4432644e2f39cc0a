import Policy
import Testing

@Suite("Suggested spellings")
struct SpellingTests {
    @Test(
        "the nearest spelling is suggested where one is near",
        arguments: [
            ("strnig", "string"), ("String", "string"), ("in32", "int32"), ("flie", "file"),
            ("retrun", "return"), ("xyz", nil), ("", nil), ("q", nil),
            ("a_very_different_name", nil),
        ] as [(String, String?)])
    func nearestSpelling(word: String, expected: String?) {
        let candidates = ["string", "int32", "uint32", "file", "return"]
        #expect(nearest(to: word, in: candidates) == expected)
    }

    @Test("on a tie the candidate with the same ends wins, then the first")
    func tie() {
        #expect(nearest(to: "pip2", in: ["pipe", "pipe2"]) == "pipe2")
        #expect(nearest(to: "int", in: ["int8", "uint"]) == "int8")
        #expect(nearest(to: "int", in: ["uint", "int8"]) == "uint")
        #expect(nearest(to: "anything", in: []) == nil)
    }
}
