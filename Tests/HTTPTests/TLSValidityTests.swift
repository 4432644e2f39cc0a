import Glibc
import HTTP
import Testing

@Suite("When certificates are good")
struct TLSValidityTests {
    private static let day = 24 * 3600

    @Test("a certificate of a day is good for a day, from when it was made")
    func reading() throws {
        let folder = try TestFolder()
        let before = time(nil)
        let (certificate, key) = try folder.certificate("own")
        let after = time(nil)
        let validity = try TLSIdentity(certificateFile: certificate, keyFile: key).validity
        #expect((before...after).contains(validity.begin))
        #expect(validity.end == validity.begin + Self.day)
    }

    @Test(
        "there is something to see to in its last week, and before and after its time",
        arguments: [
            (999, .notYetValid), (1000, nil), (9000, nil), (1000 + 23 * day - 1, nil),
            (1000 + 23 * day, .endsSoon), (1000 + 30 * day, .endsSoon),
            (1000 + 30 * day + 1, .expired),
        ] as [(Int, TLSValidity.Concern?)])
    func concerns(now: Int, concern: TLSValidity.Concern?) {
        let validity = TLSValidity(begin: 1000, end: 1000 + 30 * Self.day)
        #expect(validity.concern(at: now) == concern)
    }

    @Test("one that is for less than a week ends soon from its first second")
    func short() {
        let validity = TLSValidity(begin: 1000, end: 2000)
        #expect(validity.concern(at: 999) == .notYetValid)
        #expect(validity.concern(at: 1000) == .endsSoon)
        #expect(validity.concern(at: 2001) == .expired)
    }
}
