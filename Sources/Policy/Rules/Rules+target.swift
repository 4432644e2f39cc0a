extension Rules {
    /// What the hook's `call` and `syscall` name.
    mutating func callTarget(of hook: Value) -> Target? {
        guard let value = hook["call"], let written = value.text else { return nil }
        let kind: Target.Kind? =
            if let name = Self.listName(written) {
                list(named: name, by: hook, value)
                    .map { .list($0) }
            } else if hook.enabled("syscall") != nil {
                systemCall(written, value)
            } else {
                isSymbol(written, value, such: "do_sys_openat2") ? .function(name: written) : nil
            }
        return kind.map {
            Target(written: written, kind: $0, pointer: value.pointer, position: value.position)
        }
    }

    /// The list that is named by `list:NAME`.
    static func listName(_ written: String) -> String? {
        let prefix = "list:"
        return written.hasPrefix(prefix) ? String(written.dropFirst(prefix.utf8.count)) : nil
    }

    mutating func systemCall(_ written: String, _ value: Value) -> Target.Kind? {
        guard let name = SystemCallName.withoutPrefix(written) else {
            return isSymbol(written, value, such: "sys_pipe2") ? .unprefixed(name: written) : nil
        }
        guard !name.isEmpty else {
            report(
                .invalidValue, value, "\(written.quoted) names no system call",
                hint: "add the name, such as \"sys_pipe2\"")
            return nil
        }
        return isSymbol(written, value, such: "sys_pipe2") ? .systemCall(name: name) : nil
    }

    /// Whether the kernel's symbols can have the name; reports it where not.
    mutating func isSymbol(_ written: String, _ value: Value, such example: String) -> Bool {
        guard written.utf8.allSatisfy(isSymbolByte) else {
            report(
                .invalidValue, value, "\(written.quoted) is not the name of a function",
                hint: "a name has letters, digits, \"_\" and \".\", such as \"\(example)\"")
            return false
        }
        return true
    }
}

/// How documents name system calls.
enum SystemCallName {
    /// The spellings: neutral, x86-64's and arm64's.
    private static let prefixes = ["sys_", "__x64_sys_", "__arm64_sys_"]

    /// How Tetragon spells the system calls of 32-bit programs.
    private static let narrowPrefixes = ["__ia32_", "i386/", "__arm32_", "arm32/"]

    /// The name without prefix, where there is one.
    static func withoutPrefix(_ written: String) -> String? {
        prefixes.first(where: written.hasPrefix).map { String(written.dropFirst($0.utf8.count)) }
    }

    /// Whether the name is that of a 32-bit program's system call.
    static func isNarrow(_ written: String) -> Bool {
        narrowPrefixes.contains(where: written.hasPrefix)
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
