import Testing

@testable import Policy

@Suite("Random documents of the schema")
struct SchemaRoundTripTests {
    @Test("what the schema allows is read as it was written, as YAML and as JSON", arguments: 0..<8)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<40 {
            let tree = Self.tree(of: .object(PolicyFormat.document), depth: 0, &random)
            for text in [tree.yaml(&random), tree.json] {
                let root = try #require(Intake(Array(text.utf8)).root, "\(text)")
                var walker = Walker()
                let read = walker.value(
                    of: root, as: .object(PolicyFormat.document), at: .init())
                let value = try #require(read)
                #expect(walker.diagnostics == [], "\(text)")
                #expect(Tree(value, written: tree) == tree, "\(text)")
                Self.expectStandards(value, .object(PolicyFormat.document))
            }
        }
    }

    /// Every field that has a standard value is there.
    private static func expectStandards(_ value: Value, _ kind: ValueKind) {
        switch (kind, value.content) {
        case (.object(let schema), .object(let object)):
            for field in schema.ownFields {
                let inner = object.fields[field.name]
                #expect(inner != nil || (field.standard == nil && !field.isRequired))
                if let inner { expectStandards(inner, field.kind) }
            }
        case (.list(let kind, _), .list(let entries)):
            for entry in entries { expectStandards(entry, kind) }
        case (.map(let kind), .object(let object)):
            for entry in object.fields.values { expectStandards(entry, kind) }
        default: break
        }
    }

    // MARK: - Making documents

    private static func tree(of kind: ValueKind, depth: Int, _ random: inout SplitMix) -> Tree {
        switch kind {
        case .flag: return .flag(Bool.random(using: &random))
        case .integer(let range):
            let low = max(range.lowerBound, -1000)
            return .number(Int.random(in: low...min(range.upperBound, low + 5000), using: &random))
        case .text(let bytes): return .text(text(bytes, &random))
        case .choice(let choices):
            return .text(random.one(of: choices.filter { $0.misplaced == nil }).name)
        case .list(let kind, let count):
            let most = min(count.upperBound, count.lowerBound + (depth < 6 ? 2 : 0))
            let length = Int.random(in: count.lowerBound...most, using: &random)
            return .list((0..<length).map { _ in tree(of: kind, depth: depth + 1, &random) })
        case .map(let kind):
            return .object(
                ["a", "b/c", "d~e"].filter { _ in random.chance(40) }
                    .map { .init($0, tree(of: kind, depth: depth + 1, &random)) })
        case .object(let schema):
            return .object(
                schema.ownFields.filter { $0.isRequired || random.chance(depth < 3 ? 40 : 25) }
                    .map { .init($0.name, tree(of: $0.kind, depth: depth + 1, &random)) }
                    .shuffled(using: &random))
        case .anything: return .text("anything")
        }
    }

    private static func text(_ bytes: ClosedRange<Int>, _ random: inout SplitMix) -> String {
        let letters = Array("abcXYZ019 :#-{}[],&*!|>'\"%@`~?\\\n/é")
        let length = Int.random(
            in: bytes.lowerBound...min(bytes.upperBound, bytes.lowerBound + 12), using: &random)
        var text = ""
        while text.utf8.count < length {
            let letter = random.one(of: letters)
            text += letter.utf8.count <= length - text.utf8.count ? String(letter) : "a"
        }
        return text
    }
}

extension Tree {
    /// What the schema read, without standard values, its fields in the order in which `tree` has
    /// them.
    fileprivate init(_ value: Value, written tree: Tree) {
        switch (value.content, tree) {
        case (.flag(let flag), _): self = .flag(flag)
        case (.number(let number), _): self = .number(number)
        case (.text(let text), _): self = .text(text)
        case (.unread, _): self = tree
        case (.list(let entries), .list(let trees)) where entries.count == trees.count:
            self = .list(zip(entries, trees).map { Tree($0, written: $1) })
        case (.list(let entries), _):
            self = .list(entries.map { Tree($0, written: .list([])) })
        case (.object(let object), .object(let members)):
            let written = object.fields.filter { !$0.value.isStandard }
            let known = members.compactMap { member in
                written[member.name].map { Member(member.name, Tree($0, written: member.value)) }
            }
            let others = written.keys.filter { key in !members.contains { $0.name == key } }
            self = .object(known + others.sorted().map { Member($0, .flag(false)) })
        case (.object, _): self = .object([])
        }
    }
}
