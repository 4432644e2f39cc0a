import Foundation
import Policy
import Testing

/// `RECORD=1 swift test --filter GoldenTests` writes the expected texts; look at what changed.
@Suite("What documents mean")
struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    static let names = [
        "actions", "capabilities", "decisions", "enforcer", "integers", "lists", "macros",
        "minimal", "offsets", "paths", "pipes", "probes", "processes", "returns", "sockets",
        "structures", "texts", "tracepoints", "uprobes", "workloads",
    ]

    /// The documents themselves.
    static let documents = names.map { name in
        Array((try? Data(contentsOf: folder.appending(path: "\(name).yaml"))) ?? Data())
    }

    @Test("a document is read as the policy that it stands for", arguments: names)
    func meaning(name: String) throws {
        let document = try Data(contentsOf: Self.folder.appending(path: "\(name).yaml"))
        let result = check(document: Array(document))
        #expect(result.diagnostics == [])
        let policy = try #require(result.policy)
        let printed = Printer.text(of: policy) + "\n"
        let file = Self.folder.appending(path: "\(name).txt")
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try Data(printed.utf8).write(to: file)
        }
        #expect(printed == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    @Test("every document of the folder is among them")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files) == Set(Self.names.flatMap { ["\($0).yaml", "\($0).txt"] }))
    }
}

/// Prints a value as a tree of its members, without the places in the document.
enum Printer {
    static func text(of value: Any) -> String {
        lines(of: value).joined(separator: "\n")
    }

    private static let places: Set = ["pointer", "position"]

    private static func lines(of value: Any) -> [String] {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            return mirror.children.first.map { lines(of: $0.value) } ?? ["-"]
        case .collection, .set:
            let entries = mirror.children.map { lines(of: $0.value) }
            if entries.allSatisfy({ $0.count == 1 }) {
                return ["[" + entries.map { $0[0] }.joined(separator: ", ") + "]"]
            }
            return entries.flatMap { inner in
                ["- " + inner[0]] + inner.dropFirst().map { "  " + $0 }
            }
        case .struct where value is any ClosedRangeOfNumbers: return ["\(value)"]
        case .struct, .tuple: return members(of: mirror)
        case .enum:
            guard let payload = mirror.children.first else { return ["\(value)"] }
            let inner = lines(of: payload.value)
            let label = payload.label ?? "\(value)"
            if inner.count == 1 { return ["\(label) \(inner[0])"] }
            return [label] + inner.map { "  " + $0 }
        default:
            return [value is String ? String(reflecting: value) : "\(value)"]
        }
    }

    private static func members(of mirror: Mirror) -> [String] {
        let children = mirror.children.filter { !places.contains($0.label ?? "") }
        if children.isEmpty { return ["{}"] }
        return children.flatMap { child -> [String] in
            let label = child.label ?? ""
            let inner = lines(of: child.value)
            return inner.count == 1 && !inner[0].hasPrefix("- ")
                ? ["\(label): \(inner[0])"] : ["\(label):"] + inner.map { "  " + $0 }
        }
    }
}

/// Ranges are printed as they are.
private protocol ClosedRangeOfNumbers {}

extension ClosedRange: ClosedRangeOfNumbers where Bound == Int128 {}
