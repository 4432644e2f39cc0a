extension Rules {
    /// The most parameters that a raw tracepoint's program can read: MAX_BPF_FUNC_ARGS.
    private static let rawParameters = 12

    mutating func arguments(of hook: Value, in section: HookSection) -> [Argument] {
        let isRaw = section == .tracepoints && hook.enabled("raw") != nil
        var seen: Set<Int> = []
        return hook.list("args").compactMap { value in
            let index = index(of: value, newIn: &seen)
            if isRaw { checkRaw(index, value) }
            guard let type = type(of: value) else { return nil }
            let copied = value.enabled("returnCopy")
            if let copied, !type.isPointerToOutput {
                report(
                    .notApplicable, copied, at: copied.keyPosition,
                    "returnCopy means nothing for the type \(type.rawValue)",
                    hint: "returnCopy is for pointers that the call writes through, such as "
                        + "int32_arr; remove it")
            }
            let reading = reading(
                of: value, type, at: .argument(index: index, section: section, isRaw: isRaw))
            checkExtent(of: value, reading, isCopied: copied != nil)
            return index.map {
                Argument(index: $0, reading: reading, isCopiedAtReturn: copied != nil)
            }
        }
    }

    mutating func data(of hook: Value, in section: HookSection) -> [DataValue] {
        hook.list("data").compactMap { value in
            guard let type = type(of: value) else { return nil }
            let reading = reading(of: value, type, at: .data(section: section))
            if let copied = value.enabled("returnCopy") {
                report(
                    .notApplicable, copied, at: copied.keyPosition,
                    "returnCopy means nothing under data, which no call fills", hint: "remove it")
            }
            guard let source = value["source"]?.text.flatMap(DataValue.Source.init) else {
                return nil
            }
            if reading.path.steps.isEmpty, !value.refused.contains("resolve"),
                value["resolve"]?.text?.isEmpty ?? true
            {
                report(
                    .missingField, value, "\"resolve\" is missing from a value of data",
                    hint: source == .registers
                        ? "name a register, such as resolve: rax"
                        : "name a member of struct task_struct, such as resolve: pid")
            }
            return DataValue(source: source, reading: reading)
        }
    }

    mutating func result(of hook: Value, in section: HookSection) -> ReturnValue? {
        let action = hook["returnArgAction"]
        guard let value = hook["returnArg"] else {
            reportMissingResult(hook, action)
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
            index: value["index"]?.number ?? 0,
            reading: reading(of: value, type, at: .result(section: section)),
            action: action?.text.flatMap(SocketTracking.init))
    }

    private mutating func reportMissingResult(_ hook: Value, _ action: Value?) {
        guard !hook.refused.contains("returnArg") else { return }
        if let wanted = hook.enabled("return") {
            report(
                .missingField, wanted, at: wanted.keyPosition,
                "\"return\" is true and \"returnArg\" is missing",
                hint: "add returnArg with the type of the result, such as {index: 0, type: int}"
            )
        } else if let action {
            report(
                .missingField, action, at: action.keyPosition,
                "\"returnArgAction\" needs \"return: true\" and \"returnArg\"",
                hint: "add return: true and returnArg: {index: 0, type: sock}")
        }
    }

    /// The argument's index, which the hook must list only once.
    private mutating func index(of value: Value, newIn seen: inout Set<Int>) -> Int? {
        guard let field = value["index"], let index = field.number else { return nil }
        // What lies at the end of different ways are different values.
        let isWay = value["resolve"]?.text?.isEmpty == false
        if !isWay, !seen.insert(index).inserted {
            report(
                .conflict, field, "argument \(index) is listed twice",
                hint: "list each argument once")
        }
        return index
    }

    private mutating func checkRaw(_ index: Int?, _ value: Value) {
        if let index, index >= Self.rawParameters, let wrong = value["index"] {
            report(
                .outOfRange, wrong,
                "\"index\" is \(index); it must be from 0 to \(Self.rawParameters - 1)",
                hint: "raw: true counts the parameters of TP_PROTO from 0, not fields")
        }
        if type(of: value) == .dataLocation, let wrong = value["type"] {
            report(
                .notApplicable, wrong, "data_loc is a field, and raw: true has parameters",
                hint: "use string where the parameter points to a text, or remove raw")
        }
    }

    /// Whether something says how long a buffer is.
    private mutating func checkExtent(of value: Value, _ reading: ValueReading, isCopied: Bool) {
        let type = reading.type
        guard type == .characterBuffer || type == .characterVector, reading.count == nil, !isCopied,
            reading.path.steps.isEmpty, value.refused.isDisjoint(with: ["sizeArgIndex", "resolve"])
        else { return }
        report(
            .missingField, value,
            "\"sizeArgIndex\" is missing: nothing says how long the "
                + "\(type.rawValue) is",
            hint: "name the argument that holds the length, counted from 1; or, for what the call "
                + "fills, write returnCopy: true")
    }

    func type(of value: Value) -> ArgumentType? {
        (value["type"]?.text).flatMap(ArgumentType.init(spelling:))
    }
}
