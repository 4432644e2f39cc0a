import HTTP
import Testing

@testable import API

@Suite("Pages of other sites")
struct CrossOriginTests {
    @Test(
        "an origin is what browsers send",
        arguments: [
            "http://localhost:3000", "https://tools.example", "https://tools.example:8443",
            "http://[::1]:5173", "http://10.0.0.1", "https://a-b.c_d.example:80",
        ])
    func good(origin: String) throws {
        let others = try CrossOrigins(parsing: ["https://first.example", origin])
        #expect(others.origin(of: head(origin)) == origin)
        #expect(others.origin(of: head("https://first.example")) == "https://first.example")
        for other in ["", "null", origin + "0", origin + "/", "x" + origin, origin.uppercased()] {
            #expect(others.origin(of: head(other)) == nil)
        }
        #expect(others.origin(of: head(nil)) == nil)
    }

    @Test(
        "what they would not send is refused with what they would",
        arguments: [
            ("*", "'*' would be every page that somebody opens; name the origins one by one"),
            ("null", "'null' is no origin, such as https://tools.example:8443"),
            ("", "'' is no origin, such as https://tools.example:8443"),
            ("tools.example", "'tools.example' is no origin, such as https://tools.example:8443"),
            ("ftp://a", "'ftp://a' is no origin, such as https://tools.example:8443"),
            ("https://", "'https://' is no origin, such as https://tools.example:8443"),
            ("https://*.a", "'https://*.a' is no origin, such as https://tools.example:8443"),
            ("https://a:", "'https://a:' is no origin, such as https://tools.example:8443"),
            ("https://u@a", "'https://u@a' is no origin, such as https://tools.example:8443"),
            ("https://a\n", "'https://a\n' is no origin, such as https://tools.example:8443"),
            ("https://a/", "browsers write the origin 'https://a/' as 'https://a'"),
            ("https://a/b", "browsers write the origin 'https://a/b' as 'https://a'"),
            ("https://A", "browsers write the origin 'https://A' as 'https://a'"),
            ("https://a:443", "browsers write the origin 'https://a:443' as 'https://a'"),
            ("http://a:80", "browsers write the origin 'http://a:80' as 'http://a'"),
        ])
    func bad(origin: String, reason: String) {
        let error = #expect(throws: CrossOriginError.self) {
            try CrossOrigins(parsing: ["https://first.example", origin])
        }
        #expect(error?.description == reason)
    }

    @Test("an answer is marked for the origin that may see it, and varies for all others")
    func marks() throws {
        let others = try CrossOrigins(parsing: ["https://a.example"])
        for (origin, allowed) in [
            ("https://a.example", "https://a.example"), ("https://b.example", nil), (nil, nil),
        ] as [(String?, String?)] {
            var answer = Response(status: 200, headers: ["Vary": "Accept"])
            others.mark(&answer, to: head(origin))
            #expect(answer.headers.values("Vary") == ["Accept, Origin"])
            #expect(answer.headers["Access-Control-Allow-Origin"] == allowed)
            #expect(
                answer.headers["Access-Control-Expose-Headers"]
                    == allowed.map { _ in "ETag, Location, Retry-After, WWW-Authenticate" })
            #expect(answer.headers["Access-Control-Allow-Credentials"] == nil)
        }
        var answer = Response(status: 200)
        others.mark(&answer, to: head(nil))
        #expect(answer.headers["Vary"] == "Origin")
        answer = Response(status: 200)
        CrossOrigins.none.mark(&answer, to: head("https://a.example"))
        #expect(answer.headers == [:])
    }

    private func head(_ origin: String?) -> RequestHead {
        var headers: Headers = ["Host": "localhost"]
        headers["Origin"] = origin
        return RequestHead(method: "GET", target: "/", headers: headers)
    }
}
