import HTTP
import RawClient
import Testing

/// Bytes that servers disagree about, and what this one makes of them.
struct AmbiguousRequest: Sendable, CustomTestStringConvertible {
    /// What is sent; a request for `/next` that ends the connection follows.
    let bytes: String
    /// The statuses and texts of the answers, until the connection ends.
    let answers: [String]

    init(_ bytes: String, _ answers: String...) {
        self.bytes = bytes
        self.answers = answers
    }

    var testDescription: String { bytes.debugDescription }

    static let next = "200 GET /next|"

    static func post(_ headers: String, _ body: String, _ answers: String...) -> Self {
        Self(bytes: "POST / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\(body)", answers: answers)
    }

    static func get(_ headers: String, _ answers: String...) -> Self {
        Self(bytes: "GET / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n", answers: answers)
    }

    /// A body in chunks.
    static func chunks(_ body: String, _ answers: String...) -> Self {
        Self(
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)",
            answers: answers)
    }

    private init(bytes: String, answers: [String]) {
        self.bytes = bytes
        self.answers = answers
    }
}

extension AmbiguousRequest {
    private static let notChunked =
        "400 the Transfer-Encoding is not chunked, the only one that is read"
    private static let twoLengths = "400 there is more than one Content-Length"
    private static let both = "400 there are Content-Length and Transfer-Encoding"
    private static let badName =
        "400 a header field's name has a character that none may have"
    private static let hello = "5\r\nhello\r\n0\r\n\r\n"

    static let lengths = [
        post("Content-Length: 5\r\n", "hello", "200 POST /|hello", next),
        get("Content-Length: 5\r\n", "200 GET /|", next).with(body: "hello"),
        post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", hello, both),
        post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", hello, both),
        post("Content-Length: 3\r\nContent-Length: 5\r\n", "hello", twoLengths),
        post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello", twoLengths),
        post("Content-Length: 5, 5\r\n", "hello", "400"),
        post("Content-Length: +5\r\n", "hello", "400"),
        post("Content-Length: -5\r\n", "hello", "400"),
        post("Content-Length: 0x5\r\n", "hello", "400"),
        post("Content-Length:\r\n", "hello", "400"),
        post("Content-Length : 5\r\n", "hello", badName),
        post("Transfer-Encoding: gzip\r\n", "hello", notChunked),
        post("Transfer-Encoding: gzip, chunked\r\n", hello, notChunked),
        post("Transfer-Encoding: chunked, identity\r\n", hello, notChunked),
        post(
            "Transfer-Encoding: \u{B}chunked\r\n", hello,
            "400 the value of Transfer-Encoding has a control character"),
        post("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", "hello", both),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", hello, notChunked),
        post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", hello, notChunked),
        post("transfer-encoding:\tCHUNKED\r\n", hello, "200 POST /|hello", next),
    ]

    static let fields = [
        get("X : a\r\n", badName),
        get("X Y: a\r\n", badName),
        get("X\u{0}: a\r\n", "400"),
        get("X: a\rY: b\r\n", "400 the value of X has a control character"),
        get("Host: b\r\n", "400 there is more than one Host"),
        get("X: é\t~\r\n", "200 GET /|", next),
        // What libmicrohttpd does not tell apart from something harmless.
        get("X: a\u{0}b\r\n", "200 GET /|", next),
        get("X: a\r\n b\r\n", "200 GET /|", next),
        Self("GET / HTTP/1.1\nHost: a\n\n", "200 GET /|", next),
        Self("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "200 GET /|", next),
        Self("GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n", badName),
        Self("GET / HTTP/1.1\r\n\r\n", "400"),
        Self("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"),
        Self("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
    ]

    static let chunked = [
        chunks(hello, "200 POST /|hello", next),
        chunks("A\r\n0123456789\r\n0\r\n\r\n", "200 POST /|0123456789", next),
        chunks("00005;a=b;c=\"d\"\r\nhello\r\n000;x\r\n\r\n", "200 POST /|hello", next),
        chunks("5\r\nhello\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n", "200 POST /|hello", next),
        chunks("5\nhello\n0\n\n", "200 POST /|hello", next),
        chunks("-5\r\nhello\r\n0\r\n\r\n", "400"),
        chunks("+5\r\nhello\r\n0\r\n\r\n", "400"),
        chunks("0x5\r\nhello\r\n0\r\n\r\n", "400"),
        chunks("zz\r\nhello\r\n0\r\n\r\n", "400"),
        chunks("\r\nhello\r\n0\r\n\r\n", "400"),
        chunks(" 5\r\nhello\r\n0\r\n\r\n", "400"),
        chunks("5 \r\nhello\r\n0\r\n\r\n", "400"),
        chunks("5\u{0}\r\nhello\r\n0\r\n\r\n", "400"),
        chunks("3\r\nhello\r\n0\r\n\r\n", "400"),
        chunks("5\r\nhello0\r\n\r\n", "400"),
        chunks("5\r\nhelloXX\r\n0\r\n\r\n", "400"),
        chunks("ffffffffffffffffffff\r\nhello\r\n0\r\n\r\n", "413"),
        // As large as a size can be: the body has no end, and is cut off.
        chunks("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    ]

    /// The same with a body.
    private func with(body: String) -> Self {
        Self(bytes: bytes + body, answers: [answers[0] + body] + answers.dropFirst())
    }
}

extension HTTPSuite {
    @Suite("Where requests end")
    struct FramingTests {
        @Test(
            "what can be read in two ways is refused, or read in the way that is stated",
            arguments: AmbiguousRequest.lengths + AmbiguousRequest.fields
                + AmbiguousRequest.chunked)
        func ambiguous(request: AmbiguousRequest) async throws {
            var limits = Limits()
            limits.reception = 1
            let daemon = try startDaemon(limits: limits)
            let answers = try await blocking {
                let client = try Client(daemon)
                try client.send(
                    request.bytes + "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return try client.answersToEnd()
            }
            #expect(answers == request.answers)
            #expect(eventually { daemon.aliveExchanges == 0 && daemon.openSockets == 1 })
            #expect(try await blocking { try Client(daemon).get("/").status } == 200)
        }

        @Test("a thousand requests in one piece are answered in their order")
        func pipelining() async throws {
            let daemon = try startDaemon()
            let numbers = 0..<1000
            let answers = try await blocking {
                let client = try Client(daemon)
                let requests = numbers.map { number in
                    number % 3 == 0
                        ? "POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                        : "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                }
                try client.send(requests.joined())
                return try numbers.map { _ in try client.readResponse().text }
            }
            #expect(
                answers
                    == numbers.map { $0 % 3 == 0 ? "POST /\($0)\nabc" : "GET /\($0)\n" })
            #expect(eventually { daemon.aliveExchanges == 0 && daemon.openSockets == 1 })
        }

        @Test(
            "more header fields than there is memory for are refused",
            arguments: ["X: y\r\n", "X:\r\n", "Cookie: \(String(repeating: "c", count: 4000))\r\n"])
        func headerFlood(field: String) async throws {
            let daemon = try startDaemon()
            let flood =
                "GET / HTTP/1.1\r\nHost: a\r\n"
                + String(repeating: field, count: 1_000_000 / field.utf8.count) + "\r\n"
            let answer = try await blocking {
                let client = try Client(daemon)
                // The answer comes, and the connection goes, before all of it is sent.
                try? client.send(flood)
                return String(decoding: client.readToEnd(), as: UTF8.self)
            }
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 431 "))
            #expect(eventually { daemon.aliveExchanges == 0 && daemon.openSockets == 1 })
            #expect(try await blocking { try Client(daemon).get("/").status } == 200)
        }
    }
}

extension Client {
    /// The statuses of all answers until the connection ends, each with its text where that is not
    /// libmicrohttpd's own page, and `|` for its line ends.
    fileprivate func answersToEnd() throws -> [String] {
        var answers: [String] = []
        while !hasEnded(within: 10_000) {
            var response = try readHead()
            let isLast = response.headers["connection"] == "close"
            // libmicrohttpd 0.9.75 sends the heads of some of its own pages twice.
            response.body = isLast ? readToEnd() : try take(response.length)
            let text = response.text.contains("<html>") ? "" : " \(response.text)"
            answers.append("\(response.status)\(text.replacing("\n", with: "|"))")
        }
        return answers
    }
}
