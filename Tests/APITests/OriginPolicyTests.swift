import HTTP
import Testing

@testable import API

@Suite("Who may talk to the service")
struct OriginPolicyTests {
    /// Whether a request with these headers is served by a listener at `address`.
    private func isServed(
        host: String?, origin: String? = nil, at address: String = "127.0.0.1:8080"
    ) throws -> Bool {
        var headers: Headers = [:]
        headers["host"] = host
        headers["origin"] = origin
        let policy = OriginPolicy(address: try ListenAddress(parsing: address))
        do throws(Problem) {
            try policy.check(RequestHead(method: "GET", target: "/", headers: headers))
            return true
        } catch {
            #expect(error.status == 403)
            #expect(error.type == "forbidden")
            return false
        }
    }

    @Test(
        "the names of loopback are this service, with any port or none",
        arguments: [
            "127.0.0.1:8080", "127.0.0.1", "localhost:8080", "localhost", "LocalHost:8080",
            "[::1]:8080", "[::1]", "localhost:9090", "127.0.0.1:1",
        ])
    func ownNames(host: String) throws {
        #expect(try isServed(host: host))
        #expect(try isServed(host: host, at: "[::1]:8080"))
    }

    @Test("a loopback address of another number is known by its own")
    func otherLoopback() throws {
        #expect(try isServed(host: "127.0.0.2:8080", at: "127.0.0.2:8080"))
        #expect(try !isServed(host: "127.0.0.2:8080", at: "127.0.0.1:8080"))
    }

    @Test(
        "any other name may be one that was made to lead here",
        arguments: [
            nil, "", "evil.example", "evil.example:8080", "127.0.0.1.evil.example",
            "localhost.evil.example:8080", "evil.example:127.0.0.1", "::1", "[::1].evil.example",
            "localhost.", "0.0.0.0:8080", "10.0.0.1", "localhost:8080:8080", "[::1", "127.1",
            "localhost@evil.example", "127.0.0.1/evil",
        ])
    func strangers(host: String?) throws {
        #expect(try !isServed(host: host))
    }

    @Test(
        "pages of the service itself may call it",
        arguments: ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "localhost"])
    func sameOrigin(host: String) throws {
        #expect(try isServed(host: host, origin: "http://\(host)"))
        // Behind a proxy that speaks TLS.
        #expect(try isServed(host: host, origin: "https://\(host)"))
    }

    @Test(
        "pages of others may not",
        arguments: [
            "http://evil.example", "http://evil.example:8080", "null", "", "http://localhost:8080",
            "http://127.0.0.1:9090", "http://127.0.0.1", "http://127.0.0.1:8080/", "127.0.0.1:8080",
            "file://127.0.0.1:8080", "http://127.0.0.1:8080.evil.example",
        ])
    func otherOrigins(origin: String) throws {
        #expect(try !isServed(host: "127.0.0.1:8080", origin: origin))
    }
}
