extension Rules {
    /// A hook of a section.
    mutating func hook(_ value: Value, in section: HookSection) -> Hook? {
        let arguments = arguments(of: value, in: section)
        let data = data(of: value, in: section)
        checkBudget(of: value, arguments, data)
        let result = result(of: value, in: section)
        let target = target(of: value, in: section)
        let scope = FilterScope(
            hook: value, section: section, target: target, arguments: arguments, data: data,
            result: result)
        let message = message(of: value)
        let selectors = value.list("selectors").map { selector($0, in: scope) }
        guard let target else { return nil }
        return Hook(
            pointer: value.pointer, position: value.position, target: target,
            method: method(for: target, of: value, in: section),
            excludedMethods: section == .kprobes ? options.excluded : [],
            toleratesMissing: value["ignore"]?.enabled("callNotFound") != nil,
            arguments: arguments, data: data, result: result, message: message,
            tags: tags(of: value), selectors: selectors)
    }

    private mutating func target(of value: Value, in section: HookSection) -> Target? {
        switch section {
        case .kprobes, .fentries: callTarget(of: value)
        case .tracepoints: tracepointTarget(of: value)
        case .uprobes: programTarget(of: value)
        case .usdts: probeTarget(of: value)
        case .lsmhooks: securityTarget(of: value)
        }
    }

    /// How to attach, where the author says it; a hook of `fentries` is attached by fentry whatever
    /// the kernel could do.
    private mutating func method(
        for target: Target, of value: Value, in section: HookSection
    ) -> ChosenMethod? {
        switch section {
        case .fentries:
            _ = methodAsked(for: target, a: section.noun, attachableBy: [.fentry])
            return ChosenMethod(method: .fentry, pointer: value.pointer, position: value.position)
        case .kprobes, .tracepoints:
            return methodAsked(
                for: target, a: target.kind.noun, attachableBy: target.kind.methods)
        case .uprobes, .usdts, .lsmhooks:
            return methodAsked(for: target, a: section.noun, attachableBy: [])
        }
    }

    /// Arguments and other values share the room of an event.
    private mutating func checkBudget(
        of hook: Value, _ arguments: [Argument], _ data: [DataValue]
    ) {
        let values = hook.list("data")
        let excess = hook.list("args").count + values.count - 5
        guard excess > 0, excess <= values.count else { return }
        report(
            .tooMany, values[values.count - excess],
            "args and data have \(5 + excess) entries; at most 5 are allowed together",
            hint: "report fewer values, or add a hook for the rest")
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
        case .program: "a function of a program"
        case .staticProbe: "a static probe"
        case .securityHook: "a security hook"
        }
    }

    /// The ways to attach that a policy may ask for; the kernel may have only some.
    fileprivate var methods: [AttachMethod] {
        let atFunctions: [AttachMethod] = [.fentry, .kprobeMulti, .kprobe]
        return switch self {
        case .systemCall, .unprefixed: atFunctions + [.tracepoint]
        case .list(let list) where !list.holdsFunctions: atFunctions + [.tracepoint]
        case .function, .list: atFunctions
        case .tracepoint: [.tracepoint]
        case .rawTracepoint: [.rawTracepoint]
        case .program, .staticProbe, .securityHook: []
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
