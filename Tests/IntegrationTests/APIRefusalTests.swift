import Testing

/// A document that is refused, and everything that the answer must say.
private struct Refusal {
    let what: String
    var body: [UInt8]
    var type: String? = "application/yaml"
    var status = 422
    var problem = "invalid-policy"
    var errors: [Finding] = []

    struct Finding: Equatable {
        var code: String
        var line: Int
        var column: Int
        var message: String
        var hint: String?
    }

    init(
        _ what: String, _ body: String, status: Int = 422, problem: String = "invalid-policy",
        _ errors: Finding...
    ) {
        self.what = what
        self.body = Array(body.utf8)
        self.status = status
        self.problem = problem
        self.errors = errors
    }
}

extension IntegrationSuite {
    @Suite("Documents that are refused")
    struct APIRefusalTests {
        private static func document(_ hook: String) -> String {
            """
            apiVersion: cilium.io/v1alpha1
            kind: TracingPolicy
            metadata:
              name: refused
            spec:
              kprobes:
              - \(hook)
            """
        }

        private static let bomb =
            "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + (1..<10).map { level in
                let alias = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
                return "a\(level): &a\(level) [\(alias)]\n"
            }.joined()

        private static let unreadable: [Refusal] = [
            Refusal(
                "nothing", "", status: 400, problem: "unreadable-policy",
                .init(
                    code: "empty_document", line: 1, column: 1, message: "the document is empty",
                    hint: "send a TracingPolicy as YAML or JSON")),
            Refusal(
                "two documents", document("call: sys_close") + "\n---\na: b\n", status: 400,
                problem: "unreadable-policy",
                .init(
                    code: "multiple_documents", line: 9, column: 1,
                    message: "a second document starts here",
                    hint: "send one policy per request")),
            Refusal(
                "no newlines", document("call: sys_close").replacing("\n", with: ""), status: 400,
                problem: "unreadable-policy",
                .init(
                    code: "newlines_missing", line: 1, column: 1,
                    message: "the document has lost its newlines; \"curl -d\" and \"--data\" "
                        + "remove them",
                    hint: "curl --data-binary @policy.yaml -H 'Content-Type: application/yaml' "
                        + "...")),
            Refusal(
                "a bomb of aliases", bomb, status: 400, problem: "unreadable-policy",
                .init(
                    code: "too_complex", line: 5, column: 15,
                    message: "the aliases stand for more than 20000 values",
                    hint: "write the values out")),
        ]

        private static let wrong: [Refusal] = [
            Refusal(
                "a key twice", document("call: sys_close\n    call: sys_open"),
                .init(
                    code: "duplicate_key", line: 8, column: 5,
                    message: "\"call\" is here twice; the first is in line 7",
                    hint: "remove one of the two")),
            Refusal(
                "an unknown field", document("call: sys_close\n    arg: []"),
                .init(
                    code: "unknown_field", line: 8, column: 5,
                    message: "a hook has no field \"arg\"", hint: "did you mean \"args\"?")),
            Refusal(
                "a wrong type", document("call: [sys_close]"),
                .init(
                    code: "wrong_type", line: 7, column: 11,
                    message: "\"call\" must be text, not a list", hint: nil)),
            Refusal(
                "an unknown call", document("call: sys_pipee2"),
                .init(
                    code: "unknown_call", line: 7, column: 11,
                    message: "this kernel has no system call pipee2",
                    hint: "did you mean sys_pipe2?")),
            Refusal(
                "a function that is no system call", document("call: do_pipe2"),
                .init(
                    code: "unknown_call", line: 7, column: 11,
                    message: "do_pipe2 is a kernel function, not a system call",
                    hint: "add \"syscall: false\" to trace the function; "
                        + "or did you mean sys_pipe2?")),
            Refusal(
                "an array of none",
                document("{call: sys_pipe2, args: [{index: 0, type: int32_arr, size: 0}]}"),
                .init(
                    code: "out_of_range", line: 7, column: 64,
                    message: "\"size\" is 0; it must be from 1 to 256", hint: nil)),
            Refusal(
                "an array of too many",
                document("{call: sys_pipe2, args: [{index: 0, type: int32_arr, size: 257}]}"),
                .init(
                    code: "out_of_range", line: 7, column: 64,
                    message: "\"size\" is 257; it must be from 1 to 256", hint: nil)),
            Refusal(
                "what is valid and not served",
                document(
                    "call: sys_connect\n    args: [{index: 1, type: sockaddr}]\n"
                        + "    selectors: [{matchArgs: "
                        + "[{index: 1, operator: Family, values: [AF_INET]}]}]"),
                .init(
                    code: "not_supported", line: 8, column: 29,
                    message: "the type \"sockaddr\" is not supported yet", hint: nil),
                .init(
                    code: "not_supported", line: 9, column: 18,
                    message: "\"matchArgs\" is not supported yet",
                    hint: "Filters by argument; a call must pass them all. Remove it to use the "
                        + "rest of the policy")),
            Refusal(
                "errors of every sort, each in its place",
                document(
                    "call: sys_pipe2\n    args: [{index: 4, type: int}]\n"
                        + "    nonsense: 1\n  - call: sys_nonesuch\n  - call: 7"),
                .init(
                    code: "unknown_field", line: 9, column: 5,
                    message: "a hook has no field \"nonsense\"", hint: nil),
                .init(
                    code: "unknown_call", line: 10, column: 11,
                    message: "this kernel has no system call nonesuch", hint: nil),
                .init(
                    code: "wrong_type", line: 11, column: 11,
                    message: "\"call\" must be text, not the number 7", hint: nil)),
        ]

        @Test("each answer says what is wrong and where, and the service goes on")
        func refusals() async throws {
            let service = try await ServiceProcess.start()
            var noise = Refusal(
                "noise", "", status: 400, problem: "unreadable-policy",
                .init(
                    code: "not_text", line: 1, column: 4,
                    message: "the body is not UTF-8 text",
                    hint: "send the policy as UTF-8; gzip and UTF-16 are not read"))
            noise.body = Array("abc".utf8) + (0..<4096).map { UInt8(truncatingIfNeeded: 255 - $0) }
            var form = Refusal(
                "what curl -d sends", Self.document("call: sys_close").replacing("\n", with: ""),
                status: 415, problem: "unsupported-media-type")
            form.type = "application/x-www-form-urlencoded"
            var image = Refusal("an image", "", status: 415, problem: "unsupported-media-type")
            image.type = "image/png"
            let large = Refusal(
                "two MiB", String(repeating: "#\n", count: 1 << 20), status: 413,
                problem: "body-too-large")
            for refusal in [noise, form, image, large] + Self.unreadable + Self.wrong {
                try await check(refusal, at: service)
            }
        }

        private func check(_ refusal: Refusal, at service: ServiceProcess) async throws {
            let what = Comment(rawValue: refusal.what)
            let response = try await service.http.send(
                "POST", "/v1/policies",
                headers: refusal.type.map { [("Content-Type", $0)] } ?? [], body: refusal.body)
            #expect(response.status == refusal.status, what)
            #expect(response.headers["content-type"] == "application/problem+json", what)
            let json = try response.json
            #expect(json["type"]?.text == "/problems/" + refusal.problem, what)
            #expect(json["status"]?.number == refusal.status, what)
            let errors = (json["errors"]?.elements ?? []).map { error in
                Refusal.Finding(
                    code: error["code"]?.text ?? "", line: error["line"]?.number ?? 0,
                    column: error["column"]?.number ?? 0, message: error["message"]?.text ?? "",
                    hint: error["hint"]?.text)
            }
            #expect(errors.count == refusal.errors.count, what)
            for (error, expected) in zip(errors, refusal.errors) {
                var error = error
                // Where a test names no hint, the document's unit tests do.
                if expected.hint == nil { error.hint = nil }
                #expect(error == expected, what)
            }
            if refusal.status == 415 {
                #expect(
                    response.headers["accept-post"] == "application/yaml, application/json", what)
            }
            if refusal.type?.contains("form") == true {
                #expect(
                    json["detail"]?.text?.contains(
                        "curl --data-binary @policy.yaml -H 'Content-Type: application/yaml' URL")
                        == true)
            }
            try await service.expectWorking(what)
        }

        @Test("a name that is taken is 409, and the policy that has it stays")
        func nameTaken() async throws {
            let service = try await ServiceProcess.start()
            try await service.add(Self.document("call: sys_close"))
            let response = try await service.http.send(
                "POST", "/v1/policies", body: Array(Self.document("call: sys_pipe2").utf8))
            #expect(response.status == 409)
            #expect(try response.json["type"]?.text == "/problems/name-taken")
            let hooks = try await service.status("refused")["hooks"]
            #expect(hooks?[0]?["function"]?.text?.hasSuffix("sys_close") == true)
            try await service.expectWorking("after a taken name")
        }
    }
}

extension ServiceProcess {
    /// Checks that policies can be added and deleted, and that nothing else is there.
    func expectWorking(_ comment: Comment) async throws {
        let before = try await http.send("GET", "/v1/policies").json["count"]?.number
        try await add(PolicyDocument("works", .pipe2(PolicyDocument.only(1))).yaml)
        #expect(try await status("works")["state"]?.text == "enabled", comment)
        try await delete("works")
        let after = try await http.send("GET", "/v1/policies").json["count"]?.number
        #expect(before == after, comment)
    }
}
