import Foundation
import Testing

extension IntegrationSuite {
    @Suite("Integers and texts")
    struct ValueTests {
        private static let words: [UInt64] = [
            0, 0xFFFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_FFFF_FF80, 0x8000_0000_8000_8000,
        ]

        /// What an integer type makes of a register, in Swift's own arithmetic.
        private static func value(_ type: String, _ word: UInt64) -> JSON {
            switch type {
            case "int", "sint32", "int32": .int(Int(Int32(truncatingIfNeeded: word)))
            case "int16", "sint16": .int(Int(Int16(truncatingIfNeeded: word)))
            case "int8", "sint8": .int(Int(Int8(truncatingIfNeeded: word)))
            case "uint32": ["uint_arg": .number(Int(UInt32(truncatingIfNeeded: word)))]
            case "uint16": ["uint_arg": .number(Int(UInt16(truncatingIfNeeded: word)))]
            case "uint8": ["uint_arg": .number(Int(UInt8(truncatingIfNeeded: word)))]
            case "int64", "sint64", "long": ["long_arg": .string("\(Int64(bitPattern: word))")]
            default: ["size_arg": .string("\(word)")]
            }
        }

        @Test(
            "an integer has the width and the sign of its type, at entry and at return",
            arguments: [
                "int", "sint32", "int32", "int16", "sint16", "int8", "sint8", "uint32", "uint16",
                "uint8", "int64", "sint64", "long", "uint64", "ulong", "size_t",
            ])
        func integers(type: String) async throws {
            let scene = try await Scene()
            // No such option, so prctl(2) looks at nothing else.
            let words = "prctl -2 " + Self.words.map(String.init).joined(separator: " ")
            let args = (1...4).map { "{index: \($0), type: \(type), label: a\($0)}" }
            let values = zip(1..., Self.words).map { index, word in
                var value = Self.value(type, word)
                value["label"] = .string("a\(index)")
                return value
            }
            try await scene.check(words, args: args, result: nil) { _ in (.array(values), nil) }
            try await scene.check(words, args: args, result: "{index: 0, type: \(type)}") { _ in
                (.array(values), Self.value(type, UInt64(bitPattern: -Int64(EINVAL))))
            }
        }

        /// Bytes of a path, and what an event makes of them.
        struct Path: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var bytes: [UInt8]
            var argument: JSON
            var error: CInt

            init(_ name: String, _ bytes: [UInt8], _ text: String, error: CInt, cut: Bool = false) {
                testDescription = name
                self.bytes = bytes
                argument = ["string_arg": .string(text), "label": "path"]
                if cut { argument["truncated"] = true }
                self.error = error
            }

            init(_ name: String, _ text: String, error: CInt) {
                self.init(name, Array(text.utf8), text, error: error)
            }

            /// `a/a/a/...`, of which 4,096 bytes are reported.
            init(length: Int, error: CInt) {
                let text = String(repeating: "a/", count: length / 2) + (length % 2 == 1 ? "b" : "")
                self.init(
                    "\(length) bytes", Array(text.utf8), String(text.prefix(4096)), error: error,
                    cut: length > 4096)
            }
        }

        private static let paths = [
            Path("a directory", "/tmp", error: 0),
            Path("nothing", "", error: ENOENT),
            Path("quotes and controls", "/\"\\\n\t\u{1b}[31m\u{7f}\u{2028}/", error: ENOENT),
            Path("beyond ASCII", "/ü/日本/🐦", error: ENOENT),
            Path(
                "bytes that are no text", [47, 0xFF, 0xFE, 111], "/\u{FFFD}\u{FFFD}o",
                error: ENOENT),
            Path("an unfinished letter", [47, 0xE2, 0x82, 120], "/\u{FFFD}x", error: ENOENT),
            Path(
                "half a surrogate", [47, 0xED, 0xA0, 0x80], "/\u{FFFD}\u{FFFD}\u{FFFD}",
                error: ENOENT),
            Path(length: 511, error: ENOENT), Path(length: 4095, error: ENOENT),
            Path(length: 4096, error: ENAMETOOLONG), Path(length: 4097, error: ENAMETOOLONG),
            Path(length: 5000, error: ENAMETOOLONG),
        ]

        private static let openat = [
            "{index: 0, type: int}", "{index: 1, type: string, label: path}",
            "{index: 2, type: int, label: flags}",
        ]

        @Test("a text is reported as it is, or as much as 4,096 bytes of it", arguments: paths)
        func texts(path: Path) async throws {
            let scene = try await Scene()
            let hex = path.bytes.map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            let words = "openat -100 s:\(hex.joined()) \(O_CLOEXEC)"
            let args: JSON = [.int(-100), path.argument, .int(Int(O_CLOEXEC), label: "flags")]
            // Sent at entry; then kept from entry to return.
            try await scene.check(words, args: Self.openat, result: nil) { _ in (args, nil) }
            let outcome = try await scene.check(words, args: Self.openat) { outcome in
                (args, .int(outcome.kernelResult))
            }
            #expect(outcome.number == path.error)
        }

        @Test(
            "a text that cannot be read is an error of the argument alone",
            arguments: [("0", JSON.Missing.null), ("1", .fault), ("-8", .fault)])
        func unreadable(pointer: String, reason: JSON.Missing) async throws {
            let scene = try await Scene()
            let args: JSON = [
                .int(-100), .missing(reason, label: "path"), .int(0, label: "flags"),
            ]
            try await scene.check("openat -100 \(pointer) 0", args: Self.openat, result: nil) { _ in
                (args, nil)
            }
            let outcome = try await scene.check("openat -100 \(pointer) 0", args: Self.openat) {
                (args, .int($0.kernelResult))
            }
            #expect(outcome.number == EFAULT)
        }

        @Test("nop reports nothing, and the others keep their order and labels", arguments: 0...2)
        func nop(place: Int) async throws {
            let scene = try await Scene()
            var args = [
                "{index: 1, type: string, label: path}", "{index: 2, type: int, label: flags}",
            ]
            args.insert("{index: 0, type: nop, label: nothing}", at: place)
            let expected: JSON = [
                ["string_arg": "/tmp", "label": "path"], .int(0, label: "flags"),
            ]
            for result in [nil, "{index: 0, type: int}"] {
                try await scene.check("openat -100 s:2f746d70 0", args: args, result: result) {
                    (expected, result == nil ? nil : .int($0.kernelResult))
                }
            }
        }

        @Test("a text that is not in memory when the call begins is read when it returns")
        func untouched() async throws {
            let scene = try await Scene()
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try "/nowhere\0".write(toFile: folder + "/text", atomically: false, encoding: .utf8)
            let outcome = try await scene.check(
                "openat -100 m:\(folder)/text 0", args: Self.openat
            ) { _ in
                (
                    [
                        .int(-100), ["string_arg": "/nowhere", "label": "path"],
                        .int(0, label: "flags"),
                    ], .int(-Int(ENOENT))
                )
            }
            #expect(outcome.number == ENOENT)
        }

        @Test("a result has the label that the policy gives it")
        func labelledResult() async throws {
            let scene = try await Scene()
            try await scene.check(
                "pipe2 o:2 0", args: [], result: "{index: 0, type: int, label: error}"
            ) { _ in (nil, .int(0, label: "error")) }
        }

        @Test("a hook without arguments reports the call")
        func noArguments() async throws {
            let scene = try await Scene()
            try await scene.check("pipe2 o:2 0", args: [], result: nil) { _ in (nil, nil) }
        }
    }
}
