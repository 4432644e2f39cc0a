import HTTP
import Testing

@testable import API

@Suite("Who may talk to the service")
struct OriginPolicyTests {
    /// Whether a request with these headers is served by listeners at `addresses`, the last of which
    /// it came by.
    private func isServed(
        host: String?, origin: String? = nil, at addresses: String..., names: [String] = [],
        isTLS: Bool = false
    ) throws -> Bool {
        try refusal(host, origin, at: addresses, names: names, isTLS: isTLS) == nil
    }

    /// Why a request is refused; nil where it is not.
    private func refusal(
        _ host: String?, _ origin: String? = nil, at addresses: [String], names: [String] = [],
        isTLS: Bool = false
    ) throws -> String? {
        var headers: Headers = [:]
        headers["host"] = host
        headers["origin"] = origin
        let listeners = try (addresses.isEmpty ? ["127.0.0.1:8080"] : addresses).map {
            try ListenAddress(parsing: $0)
        }
        let policy = OriginPolicy(addresses: listeners, hostNames: names)
        let head = RequestHead(
            method: "GET", target: "/", headers: headers, listener: listeners.last, isTLS: isTLS)
        do throws(Problem) {
            try policy.check(head)
            return nil
        } catch {
            #expect(error.status == 403)
            #expect(error.type == "forbidden")
            return error.detail
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

    @Test("the names of all listeners are this service, and a forwarded port may be of another one")
    func severalListeners() throws {
        for host in ["localhost", "10.0.0.5:8443", "10.0.0.5", "[fd00::1]:1"] {
            #expect(
                try isServed(host: host, at: "127.0.0.1:1", "[fd00::1]:2", "10.0.0.5:8443"))
        }
        #expect(try !isServed(host: "localhost", at: "10.0.0.5:8443"))
        #expect(try !isServed(host: "10.0.0.6", at: "127.0.0.1:1", "10.0.0.5:8443"))
    }

    @Test(
        "where all addresses are listened on, an IP address cannot be a rebound name",
        arguments: ["0.0.0.0:8443", "[::]:8443"])
    func wildcard(address: String) throws {
        for host in [
            "10.0.0.5:8443", "192.168.1.1", "[fd00::1]:8443", "[::1]", "127.0.0.1", "localhost:1",
            "0.0.0.0:8443",
        ] {
            #expect(try isServed(host: host, at: address), "\(host)")
        }
        for host in [
            "evil.example", "10.0.0.5.evil.example", "127.1", "0x7f.0.0.1", "2130706433", "::1",
            "[::1", "[10.0.0.5]", "fd00::1", "[fd00::1%25eth0]:1", "", "this-machine:8443",
        ] {
            #expect(try !isServed(host: host, at: address), "\(host)")
        }
    }

    @Test("a name is this service where it was given, and in no other form")
    func givenNames() throws {
        let names = ["Trace.Example.org"]
        for host in [
            "trace.example.org:8443", "trace.example.org", "TRACE.example.ORG", "127.0.0.1",
        ] {
            #expect(try isServed(host: host, at: "0.0.0.0:8443", names: names), "\(host)")
            #expect(try isServed(host: host, at: "127.0.0.1:1", names: names), "\(host)")
        }
        for host in [
            "example.org", "a.trace.example.org", "trace.example.org.", "race.example.org",
        ] {
            #expect(try !isServed(host: host, at: "0.0.0.0:8443", names: names), "\(host)")
        }
    }

    @Test("who is refused is told the names, and how to add one")
    func advice() throws {
        #expect(
            try refusal("evil.example", at: ["127.0.0.1:1"])
                == "the host evil.example is not this service; use one of 127.0.0.1, [::1], "
                + "localhost, or start the service with --host-name for a name that is its own")
        #expect(
            try refusal("a.b:1", at: ["[::]:1"], names: ["c.d"])
                == "the host a.b:1 is not this service; use one of 127.0.0.1, [::1], c.d, "
                + "localhost, an IP address, or start the service with --host-name for a name "
                + "that is its own")
    }

    @Test("over a Unix socket any host will do, and a page of another one will not")
    func unixSocket() throws {
        for host in ["localhost", "evil.example", "", "a", nil] {
            #expect(try isServed(host: host, at: "127.0.0.1:1", "unix:/run/a"))
            #expect(
                try !isServed(
                    host: host, origin: "http://other.example", at: "127.0.0.1:1", "unix:/run/a"))
        }
        #expect(try isServed(host: "a", origin: "http://a", at: "unix:/run/a"))
        #expect(try !isServed(host: nil, origin: "http://", at: "unix:/run/a"))
        // By the other listener it is a stranger all the same.
        #expect(try !isServed(host: "evil.example", at: "unix:/run/a", "127.0.0.1:1"))
    }

    @Test("a target that is a URI says for whom the request is, and of which pages")
    func absoluteTargets() throws {
        let policy = OriginPolicy(addresses: [try ListenAddress(parsing: "127.0.0.1:8080")])
        let isServed = { (target: String, headers: Headers) in
            let head = RequestHead(method: "GET", target: target, headers: headers)
            return (try? policy.check(head)) != nil
        }
        let (own, other) = ("http://localhost:8080/", "http://evil.example/")
        #expect(isServed(own, [:]))
        #expect(isServed(own, ["Host": "localhost:8080"]))
        #expect(isServed(own, ["Origin": "http://localhost:8080"]))
        #expect(!isServed(other, [:]))
        // Neither the one nor the other makes up for it. No daemon lets these pass.
        #expect(!isServed(other, ["Host": "localhost:8080"]))
        #expect(isServed(own, ["Host": "evil.example"]))
        #expect(!isServed(own, ["Host": "evil.example", "Origin": "http://evil.example"]))
        #expect(!isServed(other, ["Host": "localhost", "Origin": "http://localhost"]))
    }

    @Test("what came over TLS is of no page that came without")
    func encrypted() throws {
        let host = "localhost:8443"
        #expect(try isServed(host: host, origin: "https://\(host)", isTLS: true))
        #expect(try !isServed(host: host, origin: "http://\(host)", isTLS: true))
    }
}
