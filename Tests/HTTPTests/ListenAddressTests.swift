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
        ])
    func valid(text: String, isLoopback: Bool) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.description == text)
        #expect(address.isLoopback == isLoopback)
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
            ("[127.0.0.1]:80", .notAnIPAddress("127.0.0.1")),
        ])
    func invalid(text: String, error: ListenAddressError) {
        #expect(throws: error) { try ListenAddress(parsing: text) }
    }

    @Test("an address in use is an error that says so")
    func inUse() throws {
        let daemon = try startDaemon()
        let error = #expect(throws: HTTPError.self) {
            try Daemon(listen: daemon.address, responder: Script())
        }
        #expect(error?.operation == .bind(daemon.address))
        #expect(error?.description == "cannot bind \(daemon.address): Address already in use")
    }
}
