extension Rules {
    /// A hook of `kprobes`.
    mutating func call(_ value: Value) -> Hook? {
        call(value) { rules, target in
            let kind = target.kind
            return rules.methodAsked(for: target, a: kind.noun, attachableBy: kind.callMethods)
        }
    }

    /// A hook of `fentries`, which is attached by fentry whatever the kernel could do.
    mutating func trampoline(_ value: Value) -> Hook? {
        call(value) { rules, target in
            _ = rules.methodAsked(for: target, a: "a hook of fentries", attachableBy: [.fentry])
            return ChosenMethod(
                method: .fentry, pointer: value.pointer, position: value.position)
        }
    }

    private mutating func call(
        _ value: Value, method: (inout Rules, Target) -> ChosenMethod?
    ) -> Hook? {
        let arguments = arguments(of: value)
        let result = result(of: value)
        let message = message(of: value)
        let selectors = selectors(of: value)
        guard let target = target(of: value) else { return nil }
        return Hook(
            pointer: value.pointer, position: value.position, target: target,
            method: method(&self, target), excludedMethods: options.excluded,
            toleratesMissing: value["ignore"]?.enabled("callNotFound") != nil,
            arguments: arguments, result: result, message: message, tags: tags(of: value),
            selectors: selectors)
    }
}

extension Target.Kind {
    /// The target in a sentence.
    var noun: String {
        switch self {
        case .systemCall, .unprefixed: "a system call"
        case .function: "a kernel function"
        case .list(let list): list.holdsFunctions ? "a list of functions" : "a list of system calls"
        case .tracepoint: "a tracepoint"
        case .rawTracepoint: "a tracepoint with raw: true"
        }
    }

    /// The ways to attach to a call; the kernel may have only some.
    fileprivate var callMethods: [AttachMethod] {
        let atFunctions: [AttachMethod] = [.fentry, .kprobeMulti, .kprobe]
        return switch self {
        case .systemCall, .unprefixed: atFunctions + [.tracepoint]
        case .list(let list) where !list.holdsFunctions: atFunctions + [.tracepoint]
        case .function, .list: atFunctions
        case .tracepoint, .rawTracepoint: []
        }
    }
}

extension CallList {
    fileprivate var holdsFunctions: Bool {
        switch content {
        case .functions, .functionsMatching: true
        case .systemCalls, .everySystemCall: false
        }
    }
}
