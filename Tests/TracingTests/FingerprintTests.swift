import Events
import Testing

@testable import Tracing

@Suite("Fingerprints of texts")
struct FingerprintTests {
    /// Texts of every length around the words that a fingerprint has, which differ in one byte.
    private static let texts = [0, 1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 33].flatMap { length in
        let text = (0..<length).map { UInt8(0x61 + $0 % 26) }
        return [text]
            + (0..<length).map { place in
                var other = text
                other[place] = 0x2F
                return other
            }
    }

    private func fingerprint(_ text: [UInt8], before: Int, after: Int) -> Fingerprint {
        let line =
            [UInt8](repeating: 0xFF, count: before) + text + [UInt8](repeating: 0xFF, count: after)
        return Fingerprint(line.span.bytes, before..<before + text.count)
    }

    @Test("equal texts have equal ones, wherever they stand")
    func equal() {
        for text in Self.texts {
            let alone = fingerprint(text, before: 0, after: 0)
            #expect(Fingerprint(EscapedText(String(decoding: text, as: UTF8.self))) == alone)
            for (before, after) in [(0, 1), (3, 7), (8, 8), (1, 0), (5, 40)] {
                let other = fingerprint(text, before: before, after: after)
                #expect(other == alone)
                #expect(other.hashValue == alone.hashValue)
            }
        }
    }

    private var fingerprints: [(text: [UInt8], fingerprint: Fingerprint)] {
        Self.texts.map { ($0, fingerprint($0, before: 1, after: 3)) }
    }

    @Test("texts of 16 bytes and less, and longer ones that end differently, have others")
    func different() {
        let all = fingerprints
        for (index, (text, fingerprint)) in all.enumerated() where text.count <= 16 {
            let same = all.indices.filter { all[$0].fingerprint == fingerprint }
            #expect(same == [index])
        }
        let (cat, dog) = (Array("/usr/local/bin/my-cat".utf8), Array("/usr/local/bin/my-dog".utf8))
        #expect(fingerprint(cat, before: 0, after: 0) != fingerprint(dog, before: 0, after: 0))
    }

    @Test("a text may begin as another one wherever it does, and up to 16 bytes nowhere else")
    func beginnings() {
        let all = fingerprints
        for (text, fingerprint) in all {
            let wrong = all.filter { beginning in
                let mayBegin = fingerprint.mayBegin(as: beginning.fingerprint)
                if text.starts(with: beginning.text) { return !mayBegin }
                let isTold = beginning.text.count <= 16 || beginning.text.count > text.count
                return isTold && mayBegin
            }
            #expect(wrong.isEmpty)
        }
    }
}
