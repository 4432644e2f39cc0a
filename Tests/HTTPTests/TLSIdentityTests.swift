import Glibc
import HTTP
import Testing

@Suite("Certificates and keys")
struct TLSIdentityTests {
    private let folder: TestFolder
    private let certificate: String
    private let key: String

    init() throws {
        folder = try TestFolder()
        (certificate, key) = try folder.certificate("own")
    }

    private func error(_ certificate: String, _ key: String) -> TLSIdentityError? {
        #expect(throws: TLSIdentityError.self) {
            try TLSIdentity(certificateFile: certificate, keyFile: key)
        }
    }

    @Test("a pair is taken, and the key may be a group's", arguments: [0o600, 0o400, 0o640])
    func pair(mode: mode_t) throws {
        #expect(chmod(key, mode) == 0)
        _ = try TLSIdentity(certificateFile: certificate, keyFile: key)
    }

    @Test("a key that everybody may read is refused, with what to do", arguments: [0o604, 0o666])
    func exposed(mode: mode_t) {
        #expect(chmod(key, mode) == 0)
        let error = error(certificate, key)
        #expect(error == .exposed(key))
        #expect(
            error?.description
                == "the key \(key) is open to every user of this machine: chmod o= \(key)")
    }

    @Test("a key of another certificate is refused")
    func strangers() throws {
        let other = try folder.certificate("other").key
        let error = error(certificate, other)
        #expect(
            error?.description
                == "the certificate \(certificate) with the key \(other): The certificate and the "
                + "given key do not match. Both are PEM files, the key without a passphrase")
    }

    @Test("what is no PEM is refused", arguments: ["", "nonsense\n", "\0"])
    func nonsense(text: String) throws {
        let file = try folder.write(text, as: "nonsense")
        for (certificate, key) in [(file, key), (certificate, file), (key, certificate)] {
            #expect(chmod(certificate, 0o600) == 0)
            guard case .unusable(certificate, key, _) = error(certificate, key) else {
                Issue.record("\(certificate) and \(key)")
                continue
            }
        }
    }

    @Test("files that cannot be read are named")
    func unreadable() {
        let nowhere = folder.path + "/nowhere"
        #expect(error(nowhere, key) == .unreadable(nowhere, errno: ENOENT, user: geteuid()))
        let error = error(certificate, nowhere)
        #expect(error?.description == "cannot read \(nowhere): No such file or directory")
        #expect(self.error("/dev/zero", key) == .notAFile("/dev/zero"))
        #expect(self.error(folder.path, key) == .notAFile(folder.path))
    }
}
