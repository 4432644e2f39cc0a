extension Rules {
    /// How many elements a list has where the policy does not say: pipe2(2)'s two descriptors.
    private static let standardCount = ElementCount.fixed(2)

    mutating func arguments(of hook: Value) -> [Argument] {
        var seen: Set<Int> = []
        return hook.list("args").compactMap { value in
            let index = index(of: value, newIn: &seen)
            guard let type = type(of: value) else { return nil }
            let count = count(of: value, type: type, own: index)
            let copied = value.enabled("returnCopy")
            if let copied, !type.isPointerToOutput {
                report(
                    .notApplicable, copied, at: copied.keyPosition,
                    "returnCopy means nothing for the type \(type.rawValue)",
                    hint: "returnCopy is for pointers that the call writes through, such as "
                        + "int32_arr; remove it")
            }
            guard let index else { return nil }
            return Argument(
                index: index, type: type, label: label(of: value),
                isCopiedAtReturn: copied != nil, count: count, pointer: value.pointer,
                position: value.position)
        }
    }

    mutating func result(of hook: Value) -> ReturnValue? {
        guard let value = hook["returnArg"] else {
            if let wanted = hook.enabled("return"), !hook.refused.contains("returnArg") {
                report(
                    .missingField, wanted, at: wanted.keyPosition,
                    "\"return\" is true and \"returnArg\" is missing",
                    hint: "add returnArg with the type of the result, such as {index: 0, type: int}"
                )
            }
            return nil
        }
        guard let type = type(of: value) else { return nil }
        guard hook.enabled("return") != nil || hook.refused.contains("return") else {
            report(
                severity: .warning, .noEffect, value, at: value.keyPosition,
                "\"returnArg\" has no effect without \"return: true\"",
                hint: "add \"return: true\", or remove returnArg")
            return nil
        }
        if type == .nop, let wrong = value["type"] {
            report(
                .invalidValue, wrong, "a result cannot be of the type nop",
                hint: "remove return and returnArg to report no result")
        }
        if let copied = value.enabled("returnCopy") {
            report(
                .notApplicable, copied, at: copied.keyPosition,
                "returnCopy means nothing in returnArg, which is always read on return",
                hint: "remove it")
        }
        return ReturnValue(
            type: type, label: label(of: value), count: count(of: value, type: type, own: nil),
            pointer: value.pointer, position: value.position)
    }

    /// The argument's index, which the hook must list only once.
    mutating func index(of value: Value, newIn seen: inout Set<Int>) -> Int? {
        guard let field = value["index"], let index = field.number else { return nil }
        if !seen.insert(index).inserted {
            report(
                .conflict, field, "argument \(index) is listed twice",
                hint: "list each argument once")
        }
        return index
    }

    func type(of value: Value) -> ArgumentType? {
        (value["type"]?.text).flatMap(ArgumentType.init(spelling:))
    }

    func label(of value: Value) -> String? {
        value["label"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The number of elements; `own` is the index of the argument itself.
    private mutating func count(of value: Value, type: ArgumentType, own: Int?) -> ElementCount? {
        let size = value["size"]
        let parameter = value["sizeArgIndex"]
        guard type.isList else {
            for field in [size, parameter].compactMap({ $0 }) {
                report(
                    .notApplicable, field, at: field.keyPosition,
                    "the type \(type.rawValue) has no number of elements",
                    hint: "size and sizeArgIndex are for int32_arr; remove the field")
            }
            return nil
        }
        if size != nil, let parameter {
            report(
                .conflict, parameter, at: parameter.keyPosition,
                "size and sizeArgIndex both say how many elements there are",
                hint: "keep size for a fixed number, sizeArgIndex where the call carries it")
        }
        if let position = parameter?.number, let parameter, let own, position == own + 1 {
            report(
                .conflict, parameter,
                "sizeArgIndex \(position) is the array itself: it counts from 1, index from 0",
                hint: "name the argument that holds the number of elements, counted from 1")
        }
        if let size = size?.number {
            return .fixed(size)
        }
        return (parameter?.number).map { .parameter($0 - 1) } ?? Self.standardCount
    }
}
