import HTTP
import Testing

@testable import API

@Suite("Who may call what")
struct AccessControlTests {
    private let scene: AccessScene

    init() throws { scene = try AccessScene() }

    private func head(
        _ method: String = "GET", _ fields: [(String, String)] = [], isTLS: Bool = false
    ) -> RequestHead {
        var headers: Headers = ["Host": "localhost:8080"]
        for (name, value) in fields { headers.add(name, value) }
        return RequestHead(
            method: method, target: "/v1/policies", headers: headers,
            peer: .tcp(address: "127.0.0.1", port: 4711), isTLS: isTLS)
    }

    private func bearer(_ secret: String, _ method: String = "GET") -> RequestHead {
        head(method, [("Authorization", "Bearer \(secret)")])
    }

    /// What a request may do at most.
    private func scope(_ access: AccessControl, _ head: RequestHead) -> Scope {
        [.admin, .read].first { (try? access.admit(head, to: $0)) != nil } ?? .open
    }

    @Test("without token files anyone may do everything")
    func withoutTokens() throws {
        let access = try scene.control()
        #expect(try access.admit(head(), to: .admin) == .anyone)
        #expect(try access.admit(bearer("wrong"), to: .admin) == .anyone)
        access.reload()
        #expect(scene.log.lines == ["info test there are no token files to read again"])
    }

    @Test("a token may do what its file is for, and what needs none")
    func scopes() throws {
        let access = try scene.control(
            admin: "root:\(secret("a"))\n\(secret("b"))", read: "eye:\(secret("r"))")
        #expect(scope(access, bearer(secret("a"))) == .admin)
        #expect(scope(access, bearer(secret("b"))) == .admin)
        #expect(scope(access, bearer(secret("r"))) == .read)
        #expect(scope(access, bearer(secret("x"))) == .open)
        #expect(scope(access, head()) == .open)
        for head in [head(), bearer(secret("x")), head("GET", [("Cookie", "martlet_session=x")])] {
            #expect(try access.admit(head, to: .open) == .nobody)
        }
        #expect(try access.admit(bearer(secret("a")), to: .read).name == "root")
        #expect(try access.admit(bearer(secret("b")), to: .read).name == nil)
    }

    @Test(
        "with an admin file alone, looking needs its tokens; with a read file alone none may change"
    )
    func oneFile() throws {
        let admin = try scene.control(admin: secret("a"))
        #expect(scope(admin, head()) == .open)
        #expect(scope(admin, bearer(secret("a"))) == .admin)
        let read = try scene.control(read: secret("r"))
        #expect(scope(read, head()) == .open)
        #expect(scope(read, bearer(secret("r"))) == .read)
    }

    @Test("who comes by a Unix socket needs no token: its permissions are the guard")
    func unixSocket() throws {
        let access = try scene.control(admin: secret("a"))
        var head = head("DELETE")
        head.peer = .unix(uid: 1000, gid: 1000, pid: 7)
        #expect(scope(access, head) == .open)
        head.listener = .unix(path: "/run/martlet.sock")
        #expect(try access.admit(head, to: .admin) == .anyone)
    }

    @Test("a cookie that was set by TLS is for TLS only, and the page's origin is https")
    func encrypted() throws {
        let access = try scene.control(admin: secret("a"))
        let (_, cookie) = try access.beginSession(
            head("POST", [("Authorization", "Bearer \(secret("a"))")], isTLS: true))
        #expect(cookie.hasSuffix("; HttpOnly; SameSite=Strict; Secure"))
        for (origin, isOwn) in [("https://localhost:8080", true), ("http://localhost:8080", false)]
        {
            #expect(head("POST", [("Origin", origin)], isTLS: true).isFromOwnPage == isOwn)
            #expect(head("POST", [("Origin", origin)]).isFromOwnPage)
        }
    }

    @Test(
        "the scheme is Bearer in any case, with any space before the token",
        arguments: [
            ("Bearer \(secret("r"))", true), ("bearer \(secret("r"))", true),
            ("BEARER   \(secret("r"))", true), ("Bearer \(secret("r"))=", false),
            ("Bearer", false), ("Bearer ", false), ("Bearer\(secret("r"))", false),
            ("Basic \(secret("r"))", false), (secret("r"), false), ("", false),
            ("Bearer \(secret("r")), Bearer x", false),
        ])
    func schemes(field: String, isGood: Bool) throws {
        let access = try scene.control(read: secret("r"))
        #expect(scope(access, head("GET", [("Authorization", field)])) == (isGood ? .read : .open))
    }

    @Test("a refusal says what is missing, as RFC 6750 has it and as a person can use it")
    func refusals() throws {
        let access = try scene.control(admin: secret("a"), read: "eye:\(secret("r"))")
        let realm = "Bearer realm=\"martlet\""
        let table: [(RequestHead, Scope, Int, String, String, String)] = [
            (
                head(), .read, 401, "unauthorized", realm,
                "this call needs a token of the service's --read-token-file or "
                    + "--admin-token-file: send it as Authorization: Bearer TOKEN"
            ),
            (
                bearer(secret("x")), .admin, 401, "unauthorized",
                realm + ", error=\"invalid_token\"",
                "the token is not known; this call needs a token of the service's --admin-token-file"
            ),
            (
                head("GET", [("Cookie", "martlet_session=gone")]), .admin, 401, "unauthorized",
                realm,
                "the session has ended; sign in again: POST /v1/session with Authorization: "
                    + "Bearer TOKEN, a token of the service's --admin-token-file"
            ),
            (
                bearer(secret("r")), .admin, 403, "insufficient-scope",
                realm + ", error=\"insufficient_scope\", scope=\"admin\"",
                "the token eye may read, and this call needs one for admin, of the service's "
                    + "--admin-token-file"
            ),
        ]
        for (head, scope, status, type, challenge, detail) in table {
            let problem = #expect(throws: Problem.self) { try access.admit(head, to: scope) }
            #expect(problem?.status == status)
            #expect(problem?.type == type)
            #expect(problem?.headers["WWW-Authenticate"] == challenge)
            #expect(problem?.detail == detail)
        }
        // A wrong token is told, without the token; nothing else is.
        #expect(
            scene.log.lines
                == [#"warning test wrong token from 127.0.0.1:4711: "GET" "/v1/policies""#])
    }

    // MARK: - Sessions

    /// `Cookie` of a session that begins with this token.
    private func session(_ access: AccessControl, _ secret: String) throws -> (String, String) {
        let field = try access.beginSession(bearer(secret, "POST")).cookie
        return ("Cookie", String(field.prefix { $0 != ";" }))
    }

    @Test("a session is for what its token is for, and its cookie for this service's pages alone")
    func cookies() throws {
        let access = try scene.control(admin: "root:\(secret("a"))", read: secret("r"))
        let field = try access.beginSession(bearer(secret("a"), "POST")).cookie
        let match = try #require(field.wholeMatch(of: /martlet_session=([0-9a-f]{64})(; .*)/))
        #expect(match.2 == "; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict")
        let cookie = ("Cookie", "a=b; martlet_session=\(match.1) ; c=d")
        let caller = try access.admit(head("GET", [cookie]), to: .admin)
        #expect(caller.name == "root" && caller.scope == .admin && caller.isKnownByCookie)
        #expect(try scope(access, head("GET", [session(access, secret("r"))])) == .read)
        // What is sent by a page of another site has no part in it, even where it may call.
        #expect(scope(access, head("GET", [cookie, ("Origin", "https://a.example")])) == .open)
        #expect(scope(access, head("GET", [cookie, ("Origin", "null")])) == .open)
        // A token goes before a cookie.
        let both = head("GET", [cookie, ("Authorization", "Bearer \(secret("r"))")])
        #expect(scope(access, both) == .read)
        let wrong = head("GET", [cookie, ("Authorization", "Bearer \(secret("x"))")])
        #expect(scope(access, wrong) == .open)
    }

    @Test(
        "a change by a cookie needs the browser's word that this service's page sends it",
        arguments: [
            ([], false), ([("Sec-Fetch-Site", "none")], false),
            ([("Sec-Fetch-Site", "same-site")], false), ([("Sec-Fetch-Site", "cross-site")], false),
            ([("Sec-Fetch-Site", "same-origin")], true),
            ([("Origin", "http://localhost:8080")], true),
        ])
    func forgery(fields: [(String, String)], isGood: Bool) throws {
        let access = try scene.control(admin: secret("a"))
        let cookie = try session(access, secret("a"))
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let head = head(method, [cookie] + fields)
            #expect(scope(access, head) == (isGood ? .admin : .open))
            guard !isGood else { continue }
            let problem = #expect(throws: Problem.self) { try access.admit(head, to: .admin) }
            #expect(problem?.status == 403)
            #expect(problem?.type == "forbidden")
        }
        for method in ["GET", "HEAD"] {
            #expect(scope(access, head(method, [cookie] + fields)) == .admin)
        }
        #expect(scope(access, bearer(secret("a"), "POST")) == .admin)
    }

    @Test("a session ends where it is asked to, and with its token")
    func ends() throws {
        let access = try scene.control(admin: secret("a"), read: "\(secret("r"))\n\(secret("s"))")
        let cookies = try [secret("a"), secret("r"), secret("r"), secret("s")].map {
            try session(access, $0)
        }
        let scopes = { cookies.map { self.scope(access, self.head("GET", [$0])) } }
        #expect(scopes() == [.admin, .read, .read, .read])
        #expect(
            access.endSession(head("DELETE", [cookies[1]]))
                == "martlet_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        #expect(scopes() == [.admin, .open, .read, .read])
        try scene.write(secret("s"), as: "read")
        access.reload()
        #expect(scopes() == [.admin, .open, .open, .read])
        #expect(scope(access, bearer(secret("r"))) == .open)
        // What comes back does not bring its sessions.
        try scene.write("\(secret("r"))\n\(secret("s"))", as: "read")
        access.reload()
        #expect(scopes() == [.admin, .open, .open, .read])
        // A session follows its token into the other file.
        try scene.write(secret("a"), as: "read")
        try scene.write(secret("s"), as: "admin")
        access.reload()
        #expect(scopes() == [.read, .open, .open, .admin])
        #expect(
            scene.log.lines.filter { !$0.contains("wrong token") } == [
                "notice test tokens read again: 1 for admin, 1 to read; sessions ended: 1",
                "notice test tokens read again: 1 for admin, 2 to read; sessions ended: 0",
                "notice test tokens read again: 1 for admin, 1 to read; sessions ended: 0",
            ])
    }

    @Test("a file that has become bad leaves all tokens as they were")
    func badReload() throws {
        let access = try scene.control(admin: secret("a"), read: secret("r"))
        let cookie = try session(access, secret("r"))
        try scene.write(secret("new"), as: "admin")
        try scene.write("short", as: "read")
        access.reload()
        #expect(scope(access, bearer(secret("a"))) == .admin)
        #expect(scope(access, bearer(secret("new"))) == .open)
        #expect(scope(access, bearer(secret("r"))) == .read)
        #expect(scope(access, head("GET", [cookie])) == .read)
        let path = scene.folder + "/read"
        #expect(
            scene.log.lines.first
                == "error test the tokens stay as they were: \(path):1: \(TokenFault.tooShort)")
    }

    @Test("without tokens there is no session to begin, and without a token neither")
    func noSession() throws {
        let none = try scene.control()
        let problem = #expect(throws: Problem.self) {
            try none.beginSession(bearer(secret("a"), "POST"))
        }
        #expect(problem?.status == 409)
        #expect(problem?.type == "no-tokens")
        let access = try scene.control(read: secret("r"))
        let cookie = try session(access, secret("r"))
        for head in [head("POST", [cookie]), bearer(secret("x"), "POST")] {
            let problem = #expect(throws: Problem.self) { try access.beginSession(head) }
            #expect(problem?.status == 401)
        }
    }
}
