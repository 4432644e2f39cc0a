/// Types as C writes them.
///
/// C declares inside out: `int (*f)(void)` begins with the name and ends with
/// what it returns. So each step wraps what is declared so far, and goes on with
/// the type behind it.
extension BTF {
    /// Malformed types may refer to themselves.
    static let depthLimit = 32

    /// The C declaration of something called `name`, or the type alone where that is empty.
    func declaration(of id: UInt32, naming name: String = "", depth: Int = 0) -> String {
        guard depth < Self.depthLimit else { return "..." }
        let type = type(id)
        func next(_ inner: String) -> String {
            declaration(of: type.value, naming: inner, depth: depth + 1)
        }
        switch type.kind {
        case .pointer:
            let inner = "*" + name
            return needsParentheses(behind: type.value) ? next("(\(inner))") : next(inner)
        case .array:
            let element = word(0, of: type, id), count = word(2, of: type, id)
            return declaration(
                of: element, naming: "\(name)[\(count == 0 ? "" : "\(count)")]", depth: depth + 1)
        case .prototype: return next(name + parameterList(of: id, depth: depth))
        case .function: return declaration(of: type.value, naming: name, depth: depth + 1)
        case .const, .volatile, .restrict:
            // The qualifier of a pointer stands behind its star, any other in front.
            let word = "\(type.kind)"
            return isPointer(type.value) ? next(word.joined(to: name)) : "\(word) \(next(name))"
        case .typeTag: return next("__\(text(type.name))".joined(to: name))
        default: return baseName(of: type).joined(to: name)
        }
    }

    /// `(int *fildes, int flags)`.
    private func parameterList(of prototype: UInt32, depth: Int) -> String {
        let type = type(prototype)
        guard type.count > 0 else { return "(void)" }
        let parameters = (0..<type.count).map { index in
            let name = text(word(2 * index, of: type, prototype))
            let parameter = word(2 * index + 1, of: type, prototype)
            return parameter == 0
                ? "..." : declaration(of: parameter, naming: name, depth: depth + 1)
        }
        return "(\(parameters.joined(separator: ", ")))"
    }

    private func baseName(of type: BTFType) -> String {
        let name = text(type.name)
        let keyword =
            switch type.kind {
            case .structure: "struct"
            case .union: "union"
            case .enumeration, .enumeration64: "enum"
            case .forward: type.flag ? "union" : "struct"
            case .void: "void"
            default: ""
            }
        if name.isEmpty { return type.kind == .void ? keyword : "\(keyword) {...}" }
        return keyword.joined(to: name)
    }

    private func needsParentheses(behind id: UInt32) -> Bool {
        let kind = type(skippingQualifiers(id)).kind
        return kind == .array || kind == .prototype
    }

    private func isPointer(_ id: UInt32) -> Bool { type(skippingQualifiers(id)).kind == .pointer }

    private func skippingQualifiers(_ id: UInt32) -> UInt32 {
        resolve(id) { $0 == .const || $0 == .volatile || $0 == .restrict || $0 == .typeTag }
    }

    /// Follows references as long as their kind is one to skip.
    func resolve(_ id: UInt32, skipping isSkipped: (BTFKind) -> Bool) -> UInt32 {
        var id = id
        for _ in 0..<Self.depthLimit {
            let type = type(id)
            guard isSkipped(type.kind) else { break }
            id = type.value
        }
        return id
    }
}

extension String {
    /// Both with a space between them, or the one that is not empty.
    fileprivate func joined(to other: String) -> String {
        isEmpty ? other : other.isEmpty ? self : "\(self) \(other)"
    }
}
