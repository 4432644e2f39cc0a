import HTTP
import Testing

@Suite("Listen addresses")
struct ListenAddressTests {
    @Test(
        "addresses are read, and written the same",
        arguments: [
            ("127.0.0.1:8080", true), ("[::1]:8080", true), ("localhost:1", true),
            ("127.9.9.9:0", true), ("[::ffff:127.0.0.1]:80", true), ("0.0.0.0:80", false),
            ("[::]:80", false), ("192.168.1.1:65535", false), ("[::ffff:10.0.0.1]:80", false),
            ("unix:/run/martlet.sock", true), ("unix:/a:b, c", true),
            ("unix:/" + String(repeating: "x", count: 106), true),
        ])
    func valid(text: String, isLocal: Bool) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.description == text)
        #expect(address.isLocal == isLocal)
        #expect((address.tcp == nil) == text.hasPrefix("unix:"))
    }

    @Test(
        "what stands for all addresses is known",
        arguments: [
            ("0.0.0.0:80", true), ("[::]:80", true), ("[0:0::]:80", true), ("127.0.0.1:0", false),
            ("[::1]:80", false), ("[::ffff:0.0.0.0]:80", false),
        ])
    func wildcard(text: String, isWildcard: Bool) throws {
        #expect(try ListenAddress(parsing: text).tcp?.isWildcard == isWildcard)
    }

    @Test(
        "what is wrong is named",
        arguments: [
            ("127.0.0.1", ListenAddressError.missingPort("127.0.0.1")),
            ("127.0.0.1:", .missingPort("127.0.0.1:")), ("[::1]", .missingPort("[::1]")),
            ("", .missingPort("")), (":80", .missingHost(":80")), ("a:+1", .invalidPort("+1")),
            ("127.0.0.1:65536", .invalidPort("65536")), ("::1:80", .missingBrackets("::1")),
            ("example.com:80", .notAnIPAddress("example.com")), ("[]:80", .notAnIPAddress("")),
            ("127.1:80", .notAnIPAddress("127.1")),
            ("[127.0.0.1]:80", .notAnIPAddress("127.0.0.1")), ("unix:", .notAPath("")),
            ("unix:martlet.sock", .notAPath("martlet.sock")), ("unix:/run/", .notAPath("/run/")),
            ("unix:/a\0b", .notAPath("/a\0b")),
            (
                "unix:/" + String(repeating: "x", count: 107),
                .pathTooLong("/" + String(repeating: "x", count: 107), limit: 107)
            ),
        ])
    func invalid(text: String, error: ListenAddressError) {
        #expect(throws: error) { try ListenAddress(parsing: text) }
    }

    @Test("a path that is too long says so")
    func tooLong() {
        let path = "/" + String(repeating: "é", count: 54)
        #expect(
            ListenAddressError.pathTooLong(path, limit: 107).description
                == "'\(path)' has 109 bytes, and a socket's path 107 at most")
    }

    @Test("an address in use is an error that says so")
    func inUse() throws {
        let daemon = try startDaemon()
        let address = daemon.addresses[0]
        let error = #expect(throws: HTTPError.self) { try ListenSocket(at: address) }
        #expect(error?.operation == .bind(address))
        #expect(error?.description == "cannot bind \(address): Address already in use")
    }
}
