import HTTP
import RawClient
import Testing

/// A first line and its `Host`, and what the service makes of both.
private struct Row: Sendable, CustomTestStringConvertible {
    /// The method and the target.
    let line: String
    /// Nil where the request has none, as those of HTTP/1.0 may.
    let host: String?
    let isTLS: Bool
    let answer: String

    init(
        _ line: String, host: String? = "a:1", isTLS: Bool = false, _ answer: String
    ) {
        self.line = line
        self.host = host
        self.isTLS = isTLS
        self.answer = answer
    }

    var testDescription: String { "\(line), Host: \(host ?? "none")" }

    var bytes: String {
        let rest =
            host.map { "HTTP/1.1\r\nHost: \($0)" } ?? "HTTP/1.0\r\nConnection: keep-alive"
        return "\(line) \(rest)\r\n\r\n"
    }
}

private let noAuthority = "400 the target's authority is no host, or no host with a port"
private let noForm = "400 the target is neither a path, which begins with /, nor a URI"
private let noScheme = "400 the target's scheme is neither http nor https"
private let noPort = "400 the target of CONNECT is no host with a port"
private let onlyOptions = "400 the target * is for OPTIONS alone"

/// That a target of `authority` came with another `Host`.
private func another(_ authority: String) -> String {
    "400 the target is of \(authority), and Host says something else"
}

extension HTTPSuite {
    @Suite("What requests are sent to")
    struct TargetTests {
        /// Answers with what it was asked for, and of whom.
        private static let script = Script(onRequest: { request in
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
            return text(
                // A tunnel's answer would have no length.
                request.method == "CONNECT" ? 501 : 200,
                "\(request.path) \(request.segments) \(query) of \(request.host ?? "nobody")")
        })

        private static let served = [
            Row("GET /a%2Fb/c?d=e", #"200 /a/b/c ["a/b", "c"] d=e of a:1"#),
            Row("GET /", host: nil, "200 / []  of nobody"),
            Row(
                "GET http://a:1/b%2F/c?d=e&f=http://g/",
                #"200 /b//c ["b/", "c"] d=e&f=http://g/ of a:1"#),
            Row("GET http://a:1", "200 / []  of a:1"),
            Row("GET http://a:1?b=c/d", "200 / [] b=c/d of a:1"),
            Row("GET http://a:1/*", #"200 /* ["*"]  of a:1"#),
            Row("GET HTTP://A:1/", "200 / []  of A:1"),
            Row("GET http://a:1/http://b/", #"200 /http://b/ ["http:", "b"]  of a:1"#),
            Row("GET http://a:1//b", #"200 //b ["b"]  of a:1"#),
            Row("GET http://a/", host: "a:80", "200 / []  of a"),
            Row("GET http://a:80/", host: "A", "200 / []  of a:80"),
            Row("GET http://a:/", host: "a", "200 / []  of a"),
            Row("GET https://a/", host: "a:443", "200 / []  of a"),
            Row("GET http://[::1]:1/", host: "[::1]:1", "200 / []  of [::1]:1"),
            Row("GET http://b:2/c", host: nil, #"200 /c ["c"]  of b:2"#),
            Row("OPTIONS *", #"200 * ["*"]  of a:1"#),
            Row("OPTIONS http://a:1", #"200 * ["*"]  of a:1"#),
            Row("OPTIONS http://a:1/", "200 / []  of a:1"),
            Row("OPTIONS /*", #"200 /* ["*"]  of a:1"#),
            Row("CONNECT a:1", "501  []  of a:1"),
            Row("CONNECT [::1]:1", host: nil, "501  []  of [::1]:1"),
            Row("GET https://a:1/b", isTLS: true, #"200 /b ["b"]  of a:1"#),
            Row("GET https://a:443/b", host: "a", isTLS: true, #"200 /b ["b"]  of a:443"#),
        ]

        private static let refused = [
            Row("GET http://b:1/", another("b:1")), Row("GET http://a:2/", another("a:2")),
            Row("GET http://a/", another("a")), Row("GET http://a:1/", host: "", another("a:1")),
            Row("GET http://a:443/", host: "a", another("a:443")),
            Row("GET https://a:80/", host: "a", another("a:80")),
            Row("GET http://a:1/", host: "a:1/", another("a:1")),
            Row("GET http://a:1/", host: "b@a:1", another("a:1")),
            Row("GET http://a:1/", host: "a:1, a:1", another("a:1")),
            Row("OPTIONS http://b:1", another("b:1")), Row("CONNECT b:1", another("b:1")),
            Row("GET http://b@a:1/", noAuthority), Row("GET http://b:c@a:1/", noAuthority),
            Row("GET http://a:1\\@b/", noAuthority), Row("GET http://a:1#b/", noAuthority),
            Row("GET http:///b", noAuthority), Row("GET http://", noAuthority),
            Row("GET http://:1/", noAuthority), Row("GET http://a:b/", noAuthority),
            Row("GET http://a:1:1/", noAuthority), Row("GET http://a:123456/", noAuthority),
            Row("GET http://[::1/", noAuthority), Row("GET http://[::1]1/", noAuthority),
            Row("GET http://[]/", noAuthority), Row("GET http://::1/", noAuthority),
            Row("GET http://é/", noAuthority), Row("GET http://a%/", noAuthority),
            Row("GET ftp://a:1/", noScheme), Row("GET ://a:1/", noScheme),
            Row("GET httpx://a:1/", noScheme),
            Row("GET http%3A//a:1/", noForm), Row("GET http:/a:1/", noForm), Row("GET a:1", noForm),
            Row("GET b/c", noForm), Row("GET b", noForm), Row("GET ?b", noForm),
            Row("GET %2A", noForm), Row("GET **", noForm),
            Row("GET *", onlyOptions), Row("PUT *", onlyOptions),
            Row("CONNECT /", noPort), Row("CONNECT a", noPort), Row("CONNECT a:", noPort),
            Row("CONNECT *", noPort), Row("CONNECT http://a:1/", noPort),
            Row(
                "GET http://a:1/b", isTLS: true,
                "400 the target's scheme is http, and the connection is one of https"),
            Row("GET https://b:1/", isTLS: true, another("b:1")),
        ]

        @Test("each form of a target says what is asked for, and of whom", arguments: served)
        private func forms(row: Row) async throws {
            let (daemon, answers) = try await answers(to: row)
            #expect(answers == [row.answer, row.answer])
            #expect(eventually { daemon.aliveExchanges == 0 })
        }

        @Test(
            "what has no form, or is for somebody else by the target or by Host, is refused",
            arguments: refused)
        private func refusals(row: Row) async throws {
            let (daemon, answers) = try await answers(to: row)
            // The connection ends with it.
            #expect(answers == [row.answer])
            #expect(eventually { daemon.aliveExchanges == 0 })
        }

        /// The statuses and texts of the answers to it and, where the connection goes on, to the same
        /// again.
        private func answers(to row: Row) async throws -> (Daemon, [String]) {
            let daemon = try startDaemon(
                Self.script, tls: row.isTLS ? TLSScene().files : nil, limits: .patient)
            let answers = try await blocking {
                let client = try row.isTLS ? TLSScene.client(daemon) : Client(daemon)
                try client.send(row.bytes + row.bytes)
                var answers: [String] = []
                while answers.count < 2 {
                    let response = try client.readResponse()
                    answers.append("\(response.status) \(response.text)")
                    if response.headers["connection"] == "close" { break }
                }
                return answers
            }
            return (daemon, answers)
        }
    }
}
