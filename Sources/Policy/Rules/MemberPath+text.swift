/// What makes a text no way through structures.
struct PathFault: Error {
    let message: String
    var isDepth = false
}

extension MemberPath {
    /// The most members of a way.
    private static let depth = 10

    /// The steps that a text stands for.
    ///
    ///     way     = [ element ] member *( "." member ) / element
    ///     member  = name *element
    ///     element = "[" digit+ "]"
    static func steps(of text: String) throws(PathFault) -> [Step] {
        var steps: [Step] = []
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= depth else {
            throw PathFault(
                message: "\"resolve\" has \(parts.count) members; at most \(depth) are allowed",
                isDepth: true)
        }
        for (place, part) in parts.enumerated() {
            let name = part.prefix { $0 != "[" }
            guard !part.isEmpty, !name.isEmpty || place == 0, name.utf8.allSatisfy(isNameByte)
            else {
                throw PathFault(message: "\(text.quoted) is no way to a member")
            }
            if !name.isEmpty { steps.append(.member(String(name))) }
            var rest = part.dropFirst(name.count)
            while !rest.isEmpty {
                guard let end = rest.firstIndex(of: "]"),
                    let number = UInt32(rest[..<end].dropFirst())
                else {
                    throw PathFault(message: "\(text.quoted) has no number between \"[\" and \"]\"")
                }
                steps.append(.element(Int(number)))
                rest = rest[rest.index(after: end)...]
                guard rest.isEmpty || rest.hasPrefix("[") else {
                    throw PathFault(message: "\(text.quoted) is no way to a member")
                }
            }
        }
        return steps
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
