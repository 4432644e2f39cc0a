import Digests
import Testing

@Suite("SHA-256")
struct SHA256DigestTests {
    // FIPS 180-4's examples, and what sha256sum says of the others.
    @Test(
        "digests are those of the standard's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func examples(text: String, digest: String) {
        #expect("\(SHA256Digest(of: text))" == digest)
        #expect("\(SHA256Digest(of: Array(text.utf8)))" == digest)
    }

    @Test("digests are equal exactly where the messages are")
    func equality() {
        let digests = (0...255).map { SHA256Digest(of: [UInt8($0)]) }
        #expect(Set(digests).count == 256)
        for (byte, digest) in digests.enumerated() {
            #expect(digest == SHA256Digest(of: [UInt8(byte)]))
            #expect(digest != SHA256Digest(of: [UInt8(byte), 0]))
        }
    }
}
