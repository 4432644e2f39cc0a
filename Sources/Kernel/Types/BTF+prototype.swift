extension BTF {
    /// The prototype of the function with this number.
    func function(_ id: UInt32) -> FunctionPrototype {
        let function = type(id)
        return prototype(function.value, id: id, name: text(function.name), dropping: 0)
    }

    /// The prototype of a raw tracepoint, from its `typedef void (*btf_trace_NAME)(void *, ...)`.
    ///
    /// The first parameter is whatever the tracepoint was registered with.
    func rawTracepoint(_ id: UInt32, name: String) -> FunctionPrototype? {
        let pointer = type(type(id).value)
        guard pointer.kind == .pointer, type(pointer.value).kind == .prototype else { return nil }
        return prototype(pointer.value, id: id, name: name, dropping: 1)
    }

    private func prototype(_ prototype: UInt32, id: UInt32, name: String, dropping dropped: Int)
        -> FunctionPrototype
    {
        let type = type(prototype)
        let count = type.kind == .prototype ? type.count : 0
        var parameters: [FunctionPrototype.Parameter] = []
        var list: [String] = []
        for index in min(dropped, count)..<count {
            let parameter = word(2 * index + 1, of: type, prototype)
            guard parameter != 0 else {
                list.append("...")
                continue
            }
            let name = text(word(2 * index, of: type, prototype))
            parameters.append(.init(name: name, type: cType(parameter)))
            list.append(declaration(of: parameter, naming: name))
        }
        let inner = "\(name)(\(list.isEmpty ? "void" : list.joined(separator: ", ")))"
        return FunctionPrototype(
            name: name, btfID: id, module: module,
            result: type.value == 0 ? nil : cType(type.value), parameters: parameters,
            declaration: declaration(of: type.value, naming: inner))
    }

    /// The type with this number, as C writes it and as it is.
    func cType(_ id: UInt32) -> CType {
        CType(text: declaration(of: id), kind: kind(of: id))
    }

    private func kind(of id: UInt32) -> CType.Kind {
        let plain = resolve(id, skipping: \.isAlias)
        let type = type(plain)
        switch type.kind {
        case .integer:
            // u32: encoding in bits 24 to 27; signed 1, char 2, bool 4.
            let encoding = word(0, of: type, plain) >> 24 & 0xf
            return encoding & 4 != 0
                ? .boolean : .integer(bytes: Int(type.value), signed: encoding & 1 != 0)
        case .pointer: return .pointer(to: pointeeName(type.value), user: isUser(type.value))
        case .structure, .union: return .structure(bytes: Int(type.value))
        case .enumeration, .enumeration64:
            return .enumeration(bytes: Int(type.value), signed: type.flag)
        default: return .other
        }
    }

    /// The name of what is pointed to; of a structure without one, that of its typedef.
    private func pointeeName(_ id: UInt32) -> String? {
        var id = id
        var typedef: String?
        for _ in 0..<Self.depthLimit {
            id = resolve(id) { $0.isAlias && $0 != .typedef }
            let type = type(id)
            switch type.kind {
            case .typedef:
                typedef = text(type.name)
                id = type.value
            case .void: return "void"
            case .pointer, .array, .prototype, .function: return nil
            default:
                let name = text(type.name)
                return name.isEmpty ? typedef : name
            }
        }
        return nil
    }

    private func isUser(_ pointee: UInt32) -> Bool {
        let tag = type(resolve(pointee) { $0.isAlias && $0 != .typeTag })
        return tag.kind == .typeTag && text(tag.name) == "user"
    }
}

extension BTFKind {
    /// Whether it only gives another type a name or a quality.
    fileprivate var isAlias: Bool {
        switch self {
        case .typedef, .const, .volatile, .restrict, .typeTag: true
        default: false
        }
    }
}
