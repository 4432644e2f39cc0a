/// Where a value comes from, as far as it matters to reading it.
enum ValuePlace {
    case argument(index: Int?, section: HookSection, isRaw: Bool)
    case data(section: HookSection)
    case result(section: HookSection)

    fileprivate var section: HookSection {
        switch self {
        case .argument(_, let section, _), .data(let section), .result(let section): section
        }
    }

    /// The argument's own index, which cannot be its size's.
    fileprivate var own: Int? {
        guard case .argument(let index, _, _) = self else { return nil }
        return index
    }

    /// Whether a value is a field of a record, and not something in memory.
    fileprivate var isField: Bool {
        guard case .argument(_, .tracepoints, let isRaw) = self else { return false }
        return !isRaw
    }
}

extension Rules {
    /// How many elements a list has where the policy does not say: pipe2(2)'s two descriptors.
    private static let standardCount = ElementCount.fixed(2)

    /// How to read the value that an argument, a returnArg or an entry of data describes.
    mutating func reading(
        of value: Value, _ type: ArgumentType, at place: ValuePlace
    ) -> ValueReading {
        ValueReading(
            type: type, path: path(of: value, at: place), label: label(of: value),
            count: count(of: value, type: type, own: place.own),
            readsMaximum: readsMaximum(value, type, at: place), pointer: value.pointer,
            position: value.position)
    }

    private func label(of value: Value) -> String? {
        value["label"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The number of elements or bytes; `own` is the index of the argument itself.
    private mutating func count(of value: Value, type: ArgumentType, own: Int?) -> ElementCount? {
        let size = value["size"]
        let parameter = value["sizeArgIndex"]
        for (field, isMeant) in [
            (size, type.isList), (parameter, type.isCounted || type == .auto),
        ] where !isMeant {
            guard let field else { continue }
            report(
                .notApplicable, field, at: field.keyPosition,
                "the type \(type.rawValue) has no number of elements",
                hint: "size is for int32_arr, sizeArgIndex for int32_arr, char_buf and char_iovec; "
                    + "remove the field")
        }
        guard type.isCounted || type == .auto else { return nil }
        if type.isList, size != nil, let parameter {
            report(
                .conflict, parameter, at: parameter.keyPosition,
                "size and sizeArgIndex both say how many elements there are",
                hint: "keep size for a fixed number, sizeArgIndex where the call carries it")
        }
        if let position = parameter?.number, let parameter, let own, position == own + 1 {
            let what = type.isList ? "the array" : "the value"
            report(
                .conflict, parameter,
                "sizeArgIndex \(position) is \(what) itself: it counts from 1, index from 0",
                hint: "name the argument that holds the number of elements, counted from 1")
        }
        if type.isList, let size = size?.number {
            return .fixed(size)
        }
        return (parameter?.number).map { .parameter($0 - 1) }
            ?? (type.isList ? Self.standardCount : nil)
    }

    private mutating func readsMaximum(
        _ value: Value, _ type: ArgumentType, at place: ValuePlace
    ) -> Bool {
        guard let field = value.enabled("maxData") else { return false }
        let obstacle: String? =
            if type != .characterBuffer {
                "it is for char_buf, not \(type.rawValue)"
            } else if value.enabled("returnCopy") != nil {
                "what is copied at return has at most 4,095 bytes"
            } else if ![.kprobes, .fentries, .lsmhooks].contains(place.section) {
                "\(place.section.noun) reports at most 4,095 bytes"
            } else {
                nil
            }
        guard let obstacle else { return true }
        report(
            severity: .warning, .noEffect, field, at: field.keyPosition,
            "\"maxData\" has no effect: \(obstacle)", hint: "remove it")
        return false
    }

    // MARK: - Paths

    private mutating func path(of value: Value, at place: ValuePlace) -> MemberPath {
        let type = value["btfType"]?.text
        let module = value["btfTypeModule"]?.text
        guard let field = value["resolve"], let text = field.text, !text.isEmpty else {
            for field in [value["btfType"], value["btfTypeModule"]].compactMap({ $0 })
            where !value.refused.contains("resolve") {
                report(
                    severity: .warning, .noEffect, field, at: field.keyPosition,
                    "\(lastToken(of: field).quoted) has no effect without \"resolve\"",
                    hint: "add resolve, the way to a member, or remove it")
            }
            return .none
        }
        if place.isField {
            report(
                .notApplicable, field, at: field.keyPosition,
                "\"resolve\" means nothing for a field of a record",
                hint: "add raw: true, and count the parameters of TP_PROTO; or remove resolve")
        }
        if module != nil, type == nil, let field = value["btfTypeModule"] {
            report(
                severity: .warning, .noEffect, field, at: field.keyPosition,
                "\"btfTypeModule\" has no effect without \"btfType\"", hint: "add btfType")
        }
        do throws(PathFault) {
            return MemberPath(steps: try MemberPath.steps(of: text), type: type, module: module)
        } catch {
            report(
                error.isDepth ? .outOfRange : .invalidValue, field, error.message,
                hint: "write members and elements, such as file.f_path.dentry or [2].name")
            return .none
        }
    }

    private func lastToken(of value: Value) -> String {
        String(value.pointer.split(separator: "/").last ?? "")
    }
}
