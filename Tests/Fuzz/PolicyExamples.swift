import Foundation

@testable import Policy

/// Documents to begin with: those that people are offered, and some made from the schema.
struct PolicyExamples {
    private let documents: [[UInt8]]

    init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        documents = ["public/policies", "Tests/PolicyTests/Golden"].flatMap { folder in
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: "\(root.path)/\(folder)"))
                ?? []
            return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
                (try? Data(contentsOf: root.appending(path: "\(folder)/\(name)"))).map(Array.init)
            }
        }
    }

    /// A document that may be valid.
    func document(_ random: inout SplitMix) -> [UInt8] {
        if random.chance(50) { return random.one(of: documents) }
        var generator = SchemaGenerator(random: random)
        let tree = generator.document()
        random = generator.random
        return Array((random.chance(50) ? tree.json : tree.yaml(&random)).utf8)
    }

    /// What means something in a document: names, words, and YAML's own.
    static let words: [[UInt8]] = {
        var words: Set<String> = [
            "&a ", "*a", "<<: *a", "!!str ", "!!binary ", "? ", "|\n", ">-\n", "---\n", "...\n",
            "%YAML 1.2\n", "\"", "'", "[", "]", "{", "}", "- ", ": ", "\t", "\r\n", "\u{FEFF}",
            "\u{85}", "\u{2028}", "\0", "\\u0000", "0x7fffffff", "-9223372036854775808",
            "99999999999999999999", "1e400", ".inf", "~", "null", "true", "list:a", "sys_pipe2",
        ]
        collect(PolicyFormat.document, into: &words)
        return words.sorted().map { Array($0.utf8) }
            // Bytes that are no UTF-8.
            + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xFE, 0xFF]]
    }()

    private static func collect(_ schema: ObjectSchema, into words: inout Set<String>) {
        for field in schema.fields where words.insert("\n\(field.name): ").inserted {
            if case .choice(let choices) = field.kind {
                words.formUnion(choices.map(\.name).filter { !$0.isEmpty })
            }
            if let inner = field.kind.schema { collect(inner, into: &words) }
        }
    }
}

/// Makes documents from the schema, mostly within its limits, with no regard to the rules.
struct SchemaGenerator {
    var random: SplitMix

    mutating func document() -> Tree {
        value(.object(PolicyFormat.document), depth: 0)
    }

    private mutating func value(_ kind: ValueKind, depth: Int) -> Tree {
        if random.chance(2) { return anything() }
        switch kind {
        case .flag: return .flag(random.chance(50))
        case .integer(let range):
            return random.chance(80)
                ? .number(Int.random(in: range.clamped(to: -9...300), using: &random))
                : .number(random.one(of: [range.lowerBound, range.upperBound, -1, 0]))
        case .text: return .text(text())
        case .choice(let choices): return .text(random.one(of: choices).name)
        case .list(let element, let count):
            let most = max(count.lowerBound, min(count.upperBound, 3))
            let size = Int.random(in: count.lowerBound...most, using: &random)
            return .list((0..<size).map { _ in value(element, depth: depth + 1) })
        case .map(let element):
            return .object([.init(text(), value(element, depth: depth + 1))])
        case .object(let schema):
            let percent = depth < 4 ? 40 : 20
            let fields = schema.fields.filter { $0.isRequired || random.chance(percent) }
            return .object(fields.map { .init($0.name, value($0.kind, depth: depth + 1)) })
        case .anything: return anything()
        }
    }

    private mutating func text() -> String { random.one(of: Self.texts) }

    private static let texts = [
        "cilium.io/v1alpha1", "TracingPolicy", "a", "sys_pipe2", "sys_openat", "vfs_read",
        "list:a", "sched", "sched_process_exec", "fake", "numbers", "do_pipe2", "", "é",
        "^vfs_.*$", "1:2", "127.0.0.1/8", "/etc/passwd", "\u{0}", "a.b.c", "(((", "0x10",
        String(repeating: "x", count: 300),
    ]

    private mutating func anything() -> Tree {
        random.one(of: [
            .flag(true), .number(-1), .number(.max), .text(""), .list([]), .object([]),
            .list([.list([.text("a")])]),
        ])
    }
}
