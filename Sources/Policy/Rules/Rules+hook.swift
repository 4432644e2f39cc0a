extension Rules {
    /// The longest message, in bytes.
    private static let messageLimit = 256

    mutating func hook(_ value: Value) -> Hook? {
        let arguments = arguments(of: value)
        let result = result(of: value)
        let message = message(of: value)
        let selectors = selectors(of: value)
        guard let target = target(of: value) else { return nil }
        return Hook(
            pointer: value.pointer, position: value.position, target: target, method: nil,
            toleratesMissing: false, arguments: arguments, result: result, message: message,
            tags: value.list("tags").compactMap(\.text), selectors: selectors)
    }

    private mutating func target(of hook: Value) -> Target? {
        guard let value = hook["call"], let written = value.text else { return nil }
        if written.hasPrefix("list:") {
            report(
                .notSupported, value, "a list as call is not supported yet",
                hint: "write one hook for each call of the list")
            return nil
        }
        let kind = Self.systemCall(written).map(Target.Kind.systemCall)
            ?? .unprefixed(name: written)
        switch kind {
        case .systemCall(name: ""):
            report(
                .invalidValue, value, "\(written.quoted) names no system call",
                hint: "add the name, such as \"sys_pipe2\"")
            return nil
        default:
            guard written.utf8.allSatisfy(isSymbolByte) else {
                report(
                    .invalidValue, value, "\(written.quoted) is not the name of a function",
                    hint: "a name has letters, digits, \"_\" and \".\", such as \"sys_pipe2\"")
                return nil
            }
            return Target(
                written: written, kind: kind, pointer: value.pointer, position: value.position)
        }
    }

    /// The spellings of a system call: neutral, x86-64's and arm64's.
    private static let prefixes = ["sys_", "__x64_sys_", "__arm64_sys_"]

    /// The name without prefix, where there is one.
    private static func systemCall(_ written: String) -> String? {
        prefixes.first(where: written.hasPrefix).map { String(written.dropFirst($0.count)) }
    }

    private mutating func message(of hook: Value) -> String? {
        guard let value = hook["message"], let text = value.text else { return nil }
        guard text.utf8.count > Self.messageLimit else { return text }
        report(
            severity: .warning, .truncated, value,
            "the message has \(text.utf8.count) bytes; events carry the first "
                + "\(Self.messageLimit)")
        var kept = String.UnicodeScalarView()
        var size = 0
        for scalar in text.unicodeScalars {
            size += UTF8.width(scalar)
            if size > Self.messageLimit { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    private mutating func selectors(of hook: Value) -> [Selector] {
        hook.list("selectors").map { selector in
            let filters = selector.list("matchPIDs")
            if filters.isEmpty, selector.refused.isEmpty {
                report(
                    severity: .warning, .matchesEverything, selector,
                    "the selector has no filter and so matches every call",
                    hint: "add matchPIDs, or remove the selector")
            }
            return Selector(processes: filters.map(processFilter))
        }
    }

    private func processFilter(_ value: Value) -> ProcessFilter {
        ProcessFilter(
            isNegated: value["operator"]?.text == "NotIn",
            processes: value.list("values").compactMap(\.number).compactMap(UInt32.init(exactly:)),
            followsForks: value.enabled("followForks") != nil, pointer: value.pointer,
            position: value.position)
    }
}

/// Whether the kernel's symbols can have `byte`; the compiler adds parts such as `.isra.0`.
private func isSymbolByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
    default: false
    }
}
