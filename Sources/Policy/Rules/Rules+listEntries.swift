extension Rules {
    /// The calls that a list names, where it is for the document to name them.
    mutating func values(of list: Value, _ type: ListType) -> [CallList.Entry] {
        guard let field = list["values"] else {
            if !type.isGenerated, !list.refused.contains("values") {
                report(
                    .missingField, list, "the list has no values",
                    hint: "list system calls or kernel functions under values")
            }
            return []
        }
        guard !type.isGenerated else {
            report(
                .notApplicable, field, at: field.keyPosition,
                "the kernel says what is in a list of the type \(type.rawValue)",
                hint: "remove values, or the type")
            return []
        }
        var seen: Set<String> = []
        return list.list("values").compactMap { value in
            guard let name = name(of: value, in: type) else { return nil }
            guard seen.insert(name).inserted else {
                report(
                    severity: .warning, .noEffect, value,
                    "\(name.quoted) is in the list twice", hint: "remove one of them")
                return nil
            }
            return CallList.Entry(name: name, pointer: value.pointer, position: value.position)
        }
    }

    private mutating func name(of value: Value, in type: ListType) -> String? {
        guard let written = value.text else { return nil }
        if type == .systemCalls, SystemCallName.isNarrow(written) { return written }
        guard isSymbol(written, value, such: "sys_pipe2") else { return nil }
        guard type == .systemCalls else { return written }
        let name = SystemCallName.withoutPrefix(written) ?? written
        guard !name.isEmpty else {
            report(
                .invalidValue, value, "\(written.quoted) names no system call",
                hint: "add the name, such as \"sys_pipe2\"")
            return nil
        }
        return name
    }

    /// The regular expression of a `generated_ftrace` list.
    mutating func pattern(of list: Value, _ type: ListType) -> String? {
        guard let field = list["pattern"], let pattern = field.text else {
            if type == .functionsMatching, !list.refused.contains("pattern") {
                report(
                    .missingField, list, "\"pattern\" is missing from the list",
                    hint: "add the regular expression that function names match, such as "
                        + "pattern: \"^ksys_\"")
            }
            return nil
        }
        guard type == .functionsMatching else {
            report(
                .notApplicable, field, at: field.keyPosition,
                "a pattern is for lists of the type generated_ftrace",
                hint: "remove pattern, or add type: generated_ftrace and remove values")
            return nil
        }
        if let fault = PatternFault(pattern) {
            report(.invalidValue, field, fault.message, hint: fault.hint)
            return nil
        }
        return pattern
    }
}
