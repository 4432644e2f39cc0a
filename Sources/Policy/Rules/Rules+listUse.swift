extension Rules {
    /// The list that a hook's `call` names.
    mutating func list(named name: String, by hook: Value, _ call: Value) -> CallList? {
        guard let list = list(named: name, call) else { return nil }
        return content(of: list, for: hook).map { CallList(list, $0) }
    }

    /// The list that `value` names.
    mutating func list(named name: String, _ value: Value) -> NamedLists.Entry? {
        guard let list = lists.entries.first(where: { $0.name == name }) else {
            reportUnknownList(name, value)
            return nil
        }
        lists.used.insert(name)
        return list
    }

    /// The list where `value` needs one of system calls.
    mutating func systemCalls(of list: NamedLists.Entry, _ value: Value) -> CallList? {
        switch (list.type, list.reading) {
        case (.systemCalls, _):
            return list.values.isEmpty ? nil : CallList(list, .systemCalls(list.values))
        case (.everySystemCall, _): return CallList(list, .everySystemCall)
        case (.unspecified, .systemCalls(let calls)): return CallList(list, .systemCalls(calls))
        case (nil, _): return nil
        default:
            report(
                .invalidValue, value, "the list \(list.name.quoted) is not one of system calls",
                hint: "give the list type: syscalls")
            return nil
        }
    }

    private mutating func reportUnknownList(_ name: String, _ call: Value) {
        lists.missing += 1
        guard lists.areComplete else { return }
        // A hostile document has many long names; to compare some of them bounds the work.
        let known = lists.entries.lazy.prefix(lists.missing <= 10 ? 64 : 0).map(\.name)
        let near = nearest(to: name, in: known)
        report(
            .invalidValue, call, "there is no list \(name.quoted)",
            hint: near.map { "did you mean \(("list:" + $0).quoted)?" }
                ?? "add it to spec.lists, with the system calls or functions as values")
    }

    /// What is in the list; its type says that, and where there is none, the hook and the names.
    private mutating func content(
        of list: NamedLists.Entry, for hook: Value
    ) -> CallList.Content? {
        switch list.type {
        case .systemCalls:
            checkSyscall(of: hook, is: true, for: list)
            return list.values.isEmpty ? nil : .systemCalls(list.values)
        case .everySystemCall:
            checkSyscall(of: hook, is: true, for: list)
            return .everySystemCall
        case .functionsMatching:
            checkSyscall(of: hook, is: false, for: list)
            return list.pattern.map { .functionsMatching(pattern: $0) }
        case .unspecified where !list.values.isEmpty:
            return contentByName(of: list, for: hook)
        case .unspecified, nil:
            return nil
        }
    }

    private mutating func contentByName(
        of list: NamedLists.Entry, for hook: Value
    ) -> CallList.Content? {
        if hook.enabled("syscall") == nil { return .functions(list.values) }
        switch list.reading {
        case .systemCalls(let calls):
            return .systemCalls(calls)
        case .functions:
            checkSyscall(of: hook, is: false, for: list)
            return .functions(list.values)
        case .mixed(let odd, let isSystemCall):
            reportMixed(list, odd, isSystemCall: isSystemCall)
            return nil
        }
    }

    private mutating func reportMixed(
        _ list: NamedLists.Entry, _ odd: CallList.Entry, isSystemCall: Bool
    ) {
        guard lists.mixed.insert(list.name).inserted,
            let value = list.value.list("values").first(where: { $0.pointer == odd.pointer })
        else { return }
        report(
            .conflict, value,
            "\(odd.name.quoted) is \(isSystemCall ? "a" : "no") system call, unlike other values of "
                + "the list",
            hint: "make one list of system calls (sys_NAME) and one of kernel functions, or set "
                + "syscall: false on the hook if all are functions")
    }

    /// Warns where the hook says the contrary of the list: the list wins, as in Tetragon.
    private mutating func checkSyscall(
        of hook: Value, is expected: Bool, for list: NamedLists.Entry
    ) {
        guard let field = hook["syscall"], !field.isStandard,
            (hook.enabled("syscall") != nil) != expected
        else { return }
        report(
            severity: .warning, .noEffect, field, at: field.keyPosition,
            "\"syscall\" has no effect: the list \(list.name.quoted) has "
                + (expected ? "system calls" : "kernel functions"),
            hint: "remove syscall, or set it to \(expected)")
    }
}

extension CallList {
    fileprivate init(_ list: NamedLists.Entry, _ content: Content) {
        self.init(
            name: list.name, content: content, pointer: list.value.pointer,
            position: list.value.position)
    }
}
