/// A document before it is written.
indirect enum Tree: Equatable {
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([Tree])
    case object([Member])

    /// A field of an object.
    struct Member: Equatable {
        let name: String
        let value: Tree

        init(_ name: String, _ value: Tree) {
            self.name = name
            self.value = value
        }
    }
}

extension Tree {
    /// The tree as JSON, on one line.
    var json: String {
        switch self {
        case .flag(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .text(let text): Self.quoted(text)
        case .list(let entries): "[" + entries.map(\.json).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { Self.quoted($0.name) + ": " + $0.value.json }
                .joined(separator: ", ") + "}"
        }
    }

    /// The tree as YAML, in a style that chance picks for each part.
    func yaml(_ random: inout SplitMix) -> String { yaml(indent: 0, &random) }

    private func yaml(indent: Int, _ random: inout SplitMix) -> String {
        let blank = String(repeating: " ", count: indent)
        switch self {
        case .list(let entries) where !entries.isEmpty && Int.random(in: 0..<4, using: &random) > 0:
            return entries.map { entry in
                "\n\(blank)- " + entry.yaml(indent: indent + 2, &random).trimmingStart
            }.joined()
        case .object(let members)
        where !members.isEmpty && Int.random(in: 0..<4, using: &random) > 0:
            return members.map { member in
                let name = Self.scalar(member.name, &random)
                let value = member.value.yaml(indent: indent + 2, &random)
                return "\n\(blank)\(name):" + (value.hasPrefix("\n") ? value : " " + value)
            }.joined()
        case .number(let number) where number >= 0 && Bool.random(using: &random):
            return "0x" + String(number, radix: 16)
        case .text(let text): return Self.scalar(text, &random)
        default: return json
        }
    }

    private static func scalar(_ text: String, _ random: inout SplitMix) -> String {
        let isPlain =
            text.first?.isLetter == true
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
                    || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            } && !["true", "false", "null"].contains(text.lowercased())
        switch Int.random(in: 0..<3, using: &random) {
        case 0 where isPlain: return text
        case 1 where !text.unicodeScalars.contains(where: { $0.value < 32 }):
            return "'" + text.replacing("'", with: "''") + "'"
        default: return quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        "\""
            + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n") + "\""
    }
}

extension String {
    /// The text from its first letter on.
    fileprivate var trimmingStart: String { String(drop { $0 == "\n" || $0 == " " }) }
}

/// A random number generator whose numbers a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    mutating func one<Element>(of choices: some Collection<Element>) -> Element {
        choices[
            choices.index(
                choices.startIndex, offsetBy: Int.random(in: 0..<choices.count, using: &self))]
    }
}
