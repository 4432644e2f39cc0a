import Testing

extension IntegrationSuite {
    @Suite("The arguments of a program")
    struct ExecArgumentTests {
        /// Arguments, and how they are shown; argv[0] never is.
        static let small: [(arguments: [String], shown: String)] = [
            (["name"], ""),
            (["name", "one", "two"], "one two"),
            (
                ["a name", "with space", " ", "\"quoted\"", "tab\there"],
                "\"with space\" \" \" \"quoted\" tab\there"
            ),
            (["name", ""], ""),
            (["", "", "x", ""], " x "),
            (
                ["name", "new\nline", "back\\slash", "ü", "\u{1}\u{7F}"],
                "new\nline back\\slash ü \u{1}\u{7F}"
            ),
        ]

        @Test("arguments are shown in a row, with quotes around what has spaces")
        func rows() async throws {
            let scene = try await LifeScene()
            for (arguments, shown) in Self.small {
                let argv = try scene.folder.list(arguments.map { Array($0.utf8) }, as: "argv")
                try await scene.check(
                    "argv:\(argv)", "exec:\(scene.program)",
                    edit: {
                        #expect($0.arguments == shown)
                    })
            }
        }

        @Test("a program without even a name has no arguments")
        func none() async throws {
            let scene = try await LifeScene()
            let argv = try scene.folder.list([], as: "argv")
            try await scene.check(
                "argv:\(argv)", "exec:\(scene.program)",
                edit: {
                    #expect($0.arguments == "")
                })
        }

        @Test("bytes that are not UTF-8 are shown as characters that stand for them")
        func invalid() async throws {
            let scene = try await LifeScene()
            let bytes: [UInt8] = [0x61, 0xFF, 0x62, 0xC3, 0x28, 0xE2, 0x82, 0x20, 0xED, 0xA0, 0x80]
            let argv = try scene.folder.list([[0xFE], bytes, [0xC3]], as: "argv")
            try await scene.check(
                "argv:\(argv)", "exec:\(scene.program)",
                edit: {
                    $0.arguments =
                        "\"a\u{FFFD}b\u{FFFD}(\u{FFFD} \u{FFFD}\u{FFFD}\u{FFFD}\" \u{FFFD}"
                })
        }

        @Test(
            "the start shows 128 KiB of arguments, and says how long they were where it shows less",
            arguments: [4096, 4097, 100 * 1024, 128 * 1024 - 1, 3 * 128 * 1024])
        func long(size: Int) async throws {
            let scene = try await LifeScene()
            // One argument may have 128 KiB with its end.
            let parts = stride(from: 0, to: size, by: 100_000).map { start in
                (start..<min(start + 100_000, size)).map { UInt8(ascii: "a") + UInt8($0 % 26) }
            }
            let vector = [Array("name".utf8)] + parts
            let argv = try scene.folder.list(vector, as: "argv")
            let whole = vector.reduce(0) { $0 + $1.count + 1 }
            try await scene.check(
                "argv:\(argv)", "exec:\(scene.program)",
                edit: { facts in
                    let line = Array(parts.joined(separator: [0x20]))
                    facts.arguments = String(
                        decoding: line[..<min(line.count, 128 * 1024 - 5)], as: UTF8.self)
                    guard whole > 128 * 1024 else { return }
                    facts.flags = "execve truncArgs clone"
                    facts.more["truncated"] = ["arguments": .number(whole)]
                })
        }
    }
}
