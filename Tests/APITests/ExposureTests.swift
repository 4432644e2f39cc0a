import API
import HTTP
import Testing

@Suite("Listeners beyond this machine")
struct ExposureTests {
    /// What is missing for listeners at `addresses`; nil where nothing is.
    private func missing(
        _ addresses: String..., hasAdminTokens: Bool, hasTLS: Bool
    ) throws -> Exposure? {
        let addresses = try addresses.map { try ListenAddress(parsing: $0) }
        do throws(Exposure) {
            try Exposure.check(addresses, hasAdminTokens: hasAdminTokens, hasTLS: hasTLS)
            return nil
        } catch {
            return error
        }
    }

    @Test("what only this machine can reach needs nothing")
    func local() throws {
        for (tokens, tls) in [(false, false), (true, false), (false, true), (true, true)] {
            #expect(
                try missing(
                    "127.0.0.1:1", "[::1]:1", "localhost:1", "unix:/run/a",
                    hasAdminTokens: tokens, hasTLS: tls) == nil)
        }
    }

    @Test(
        "what others can reach needs tokens and TLS",
        arguments: ["0.0.0.0:1", "[::]:1", "10.0.0.5:1", "[fd00::1]:1", "[::ffff:10.0.0.5]:1"])
    func open(address: String) throws {
        let needs: [(Bool, Bool, [Exposure.Guard])] = [
            (false, false, [.tokens, .encryption]), (true, false, [.encryption]),
            (false, true, [.tokens]),
        ]
        for (tokens, tls, guards) in needs {
            let exposure = try missing(
                "127.0.0.1:1", address, "unix:/run/a", hasAdminTokens: tokens, hasTLS: tls)
            #expect(exposure?.address.description == address)
            #expect(exposure?.missing == guards)
        }
        #expect(try missing(address, hasAdminTokens: true, hasTLS: true) == nil)
    }

    @Test("who is refused is told which of the two is missing, and another way")
    func advice() throws {
        func text(tokens: Bool, tls: Bool) throws -> String {
            try #require(try missing("[::]:8443", hasAdminTokens: tokens, hasTLS: tls)).description
        }
        let (tokens, tls) = (
            "a token file (--admin-token-file)", "TLS (--tls-certificate and --tls-key)"
        )
        #expect(
            try text(tokens: false, tls: false)
                == "--listen [::]:8443 is not a loopback address. Events show the command lines of "
                + "every process here, so this needs \(tokens) and \(tls). Or listen on 127.0.0.1, "
                + "and forward the port over ssh: ssh -L 8080:127.0.0.1:8080 HOST")
        #expect(try text(tokens: false, tls: true).contains("so this needs \(tokens). Or"))
        #expect(try text(tokens: true, tls: false).contains("so this needs \(tls). Or"))
    }
}
