import Foundation
import Testing

@testable import Events

private func quoted(_ text: [UInt8]) -> String {
    var json = JSONWriter(capacity: 1)
    json.append(quoted: text.span)
    return String(decoding: json.array, as: UTF8.self)
}

@Suite("Writing JSON")
struct JSONWriterTests {
    static let escapes: [(String, String)] = [
        ("plain text of more than eight bytes", #""plain text of more than eight bytes""#),
        ("a\"b\\c/d", #""a\"b\\c/d""#),
        ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1B}[2J\u{1F}", #""\u0000\u001b[2J\u001f""#),
        ("\u{7F}\u{80}\u{9F}\u{A0}", "\"\\u007f\\u0080\\u009f\u{A0}\""),
        ("\u{2027}\u{2028}\u{2029}\u{202A}", "\"\u{2027}\\u2028\\u2029\u{202A}\""),
        ("grüße 漢字 🎉", "\"grüße 漢字 🎉\""),
    ]

    @Test("text is escaped where it could end the string, the line or a terminal's patience")
    func escaping() {
        for (text, json) in Self.escapes { #expect(quoted(bytes(text)) == json) }
    }

    @Test("a special byte is found at every place of a word")
    func everyPlace() {
        for place in 0..<24 {
            for special in [UInt8(0x22), 0x5C, 0x00, 0x1F, 0x7F, 0x80, 0xFF] {
                var text = [UInt8](repeating: UInt8(ascii: " "), count: 24)
                text[place] = special
                let json = quoted(text)
                let decoded = try? JSONDecoder().decode(String.self, from: Data(json.utf8))
                #expect(decoded == String(decoding: text, as: UTF8.self))
            }
        }
    }

    @Test("what is not UTF-8 becomes what Swift makes of it")
    func invalidUTF8() throws {
        var random = SplitMix(state: 8)
        let bytes: [UInt8] = [
            0x20, 0x41, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF,
            0xF0,
            0xF1, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<5000 {
            let text = (0..<12).map { _ in bytes.randomElement(using: &random) ?? 0 }
            let decoded = try JSONDecoder().decode(String.self, from: Data(quoted(text).utf8))
            #expect(Array(decoded.utf8) == Array(String(decoding: text, as: UTF8.self).utf8))
        }
    }

    @Test("integers are exact at both ends")
    func integers() {
        let numbers: [Int64] = [.min, -10, -1, 0, 9, 10, 99, 100, 999_999_999, .max]
        for number in numbers {
            var json = JSONWriter()
            json.append(number)
            #expect(String(decoding: json.array, as: UTF8.self) == String(number))
        }
        for number in [UInt64.max, 10_000_000_000_000_000_000, 9_999_999_999_999_999_999] {
            var json = JSONWriter()
            json.append(number)
            #expect(String(decoding: json.array, as: UTF8.self) == String(number))
        }
    }

    @Test("base64 is padded", arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar"])
    func base64(text: String) {
        var json = JSONWriter()
        json.append(base64: text.utf8.span)
        #expect(
            String(decoding: json.array, as: UTF8.self) == Data(text.utf8).base64EncodedString())
    }

    @Test("the buffer grows and is used again")
    func growth() {
        var json = JSONWriter(capacity: 1)
        for _ in 0..<1000 { json.append("0123456789") }
        #expect(json.count == 10_000)
        #expect(json.array == bytes(String(repeating: "0123456789", count: 1000)))
        json.removeAll()
        json.append(byte: 65)
        #expect(json.array == [65])
    }

    @Test("times are RFC 3339 with nine digits, leap days and a changed clock included")
    func times() {
        let times: [(UInt64, String)] = [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (951_782_399_999_999_999, "2000-02-28T23:59:59.999999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (1_709_164_800_000_000_001, "2024-02-29T00:00:00.000000001Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z"),
            (.max, "2554-07-21T23:34:33.709551615Z"),
        ]
        var clock = WallClock(offset: 0)
        for (time, text) in times {
            var json = JSONWriter()
            clock.append(time, to: &json)
            #expect(String(decoding: json.array, as: UTF8.self) == text)
        }
        clock.offset = -1_000_000_000
        var json = JSONWriter()
        clock.append(1_000_000_005, to: &json)
        #expect(String(decoding: json.array, as: UTF8.self) == "1970-01-01T00:00:00.000000005Z")
    }
}
