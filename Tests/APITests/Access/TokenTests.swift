import Digests
import Glibc
import Testing

@testable import API

@Suite("Token files")
struct TokenTests {
    private static let token = "0123456789abcdef"

    private func tokens(_ text: String, scope: Scope = .read) throws -> TokenSet {
        var tokens = TokenSet()
        _ = try tokens.add(text, of: "f", scope: scope)
        return tokens
    }

    @Test("a line is a token, or a name and a token; comments and empty lines are neither")
    func lines() throws {
        let text = """
            # who: why
            \(secret("a"))

              alice:\(secret("b"))\t\r
            \t# ci:\(secret("c"))
            CI_1.x@host-2:\(secret("d"))==
            """
        let tokens = try tokens(text, scope: .admin)
        #expect(tokens.tokens.map(\.name) == [nil, "alice", "CI_1.x@host-2"])
        #expect(tokens.tokens.map(\.scope) == [.admin, .admin, .admin])
        let secrets = [secret("a"), secret("b"), secret("d") + "=="]
        #expect(tokens.tokens.map(\.digest) == secrets.map { SHA256Digest(of: $0) })
        #expect(tokens.count(.admin) == 3 && tokens.count(.read) == 0)
    }

    @Test(
        "a token is found by all of it and by nothing else",
        arguments: ["", "0", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "x"])
    func holders(other: String) throws {
        let tokens = try tokens("a:\(Self.token)\nb:\(secret("b"))")
        #expect(tokens.token(SHA256Digest(of: Self.token))?.name == "a")
        #expect(tokens.token(SHA256Digest(of: secret("b")))?.name == "b")
        #expect(tokens.token(SHA256Digest(of: other)) == nil)
        #expect(TokenSet().token(SHA256Digest(of: other)) == nil)
    }

    @Test(
        "what RFC 6750 lets stand behind Bearer is a token",
        arguments: [token, "AZaz09-._~+/0000", token + "=", token + "==", token + "===="])
    func good(text: String) throws {
        #expect(try tokens(text).token(SHA256Digest(of: text))?.scope == .read)
        #expect(try tokens(text).tokens.count == 1)
        #expect(try tokens(String(repeating: "a", count: 512)).tokens.count == 1)
    }

    @Test(
        "everything else is refused with its line, and never quoted",
        arguments: [
            ("0123456789abcde", TokenFault.tooShort), ("a", .tooShort), ("a:b", .tooShort),
            (String(repeating: "a", count: 513), .tooLong),
            ("0123456789 abcdef", .notAToken), ("0123456789=abcdef", .notAToken),
            ("================", .notAToken), ("0123456789abcdeé", .notAToken),
            ("0123456789abcde\u{0}", .notAToken), ("a:b:0123456789abcdef", .notAToken),
            ("a:", .notAToken), ("\u{FEFF}0123456789abcdef", .notAToken),
            (":0123456789abcdef", .notAName), ("a b:0123456789abcdef", .notAName),
            ("é:0123456789abcdef", .notAName), ("a\u{1B}[0m:0123456789abcdef", .notAName),
            (String(repeating: "a", count: 65) + ":0123456789abcdef", .notAName),
            (secret("first"), .twice("f:2")), ("again:" + secret("first"), .twice("f:2")),
        ])
    func bad(line: String, fault: TokenFault) {
        let error = #expect(throws: TokenFileError.self) {
            try tokens("# comment\n\(secret("first"))\n\(line)\n")
        }
        #expect(error == .fault("f:3", fault))
        #expect("\(fault)".contains(line) == false || line == "a", "\(fault)")
    }

    @Test("one token cannot be of two files")
    func bothFiles() throws {
        let scene = try AccessScene()
        let (admin, read) = (scene.folder + "/admin", scene.folder + "/read")
        let error = #expect(throws: TokenFileError.self) {
            try scene.control(admin: Self.token, read: "\nx:\(Self.token)")
        }
        #expect(error == .fault("\(read):2", .twice("\(admin):1")))
        #expect(
            error?.description
                == "\(read):2: the token is that of \(admin):1; each may stand in one place")
    }

    @Test(
        "a file that others can get at is refused with what to do; the group may read it",
        arguments: [
            (0o600, true), (0o400, true), (0o640, true), (0o440, true), (0o644, false),
            (0o604, false), (0o602, false), (0o601, false), (0o660, false), (0o666, false),
        ] as [(mode_t, Bool)])
    func modes(mode: mode_t, isGood: Bool) throws {
        let scene = try AccessScene()
        let path = try scene.write(Self.token, as: "tokens", mode: mode)
        let files = TokenFiles(read: path)
        guard !isGood else {
            #expect(try files.tokens()?.count(.read) == 1)
            return
        }
        let error = #expect(throws: TokenFileError.self) { try files.tokens() }
        #expect(error == .exposed(path, mode: mode))
        let text = "\(path) has the mode \(String(mode, radix: 8)), so others can get at the tokens"
        #expect(error?.description == "\(text): chmod 600 \(path)")
    }

    @Test("what is no file of tokens is refused with what to do")
    func files() throws {
        let scene = try AccessScene()
        let path = try scene.write("# none yet\n\n", as: "tokens")
        let error = #expect(throws: TokenFileError.self) { try TokenFiles(admin: path).tokens() }
        #expect(
            error?.description
                == "\(path) holds no token; write one: openssl rand -hex 32 > \(path)")
        let absent = scene.folder + "/absent"
        #expect(throws: TokenFileError.unreadable(absent, ENOENT)) {
            try TokenFiles(admin: absent).tokens()
        }
        #expect(throws: TokenFileError.notAFile(scene.folder)) {
            try TokenFiles(admin: scene.folder).tokens()
        }
        let pipe = scene.folder + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(throws: TokenFileError.notAFile(pipe)) { try TokenFiles(read: pipe).tokens() }
        let line = "# " + String(repeating: "x", count: 1021) + "\n"
        let full = String(repeating: line, count: 256).dropLast(17)
        try scene.write(full + "\n" + Self.token, as: "tokens")
        #expect(try TokenFiles(read: path).tokens()?.count(.read) == 1)
        try scene.write(full + "\n" + Self.token + "\n", as: "tokens")
        #expect(throws: TokenFileError.tooLarge(path)) { try TokenFiles(read: path).tokens() }
        #expect(try TokenFiles().tokens() == nil)
    }
}
