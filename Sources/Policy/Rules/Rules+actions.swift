extension Rules {
    /// What a selector does: posting an event where it does not say.
    mutating func actions(
        _ selector: Value, _ field: String, in scope: FilterScope
    ) -> [Action] {
        let entries = selector.list(field)
        if field == "matchReturnActions", let first = entries.first, scope.result == nil,
            scope.hook.refused.isDisjoint(with: ["return", "returnArg"]), isEverythingRead
        {
            report(
                severity: .warning, .noEffect, first,
                "\"matchReturnActions\" has no effect: the hook has no result",
                hint: "add return: true and returnArg to the hook")
        }
        let actions = entries.compactMap { action($0, in: scope) }
        return actions.isEmpty ? [.post(.standard)] : actions
    }

    private mutating func action(_ value: Value, in scope: FilterScope) -> Action? {
        guard let field = value["action"],
            let name = field.text.flatMap(ActionName.init(rawValue:))
        else { return nil }
        guard checkSection(of: name, field, in: scope), checkFields(of: name, value) else {
            return nil
        }
        switch name {
        case .post: return .post(post(value, in: scope))
        case .noPost: return .noPost
        case .sigkill:
            tally.interferes = true
            return .signal(9)
        case .signal: return signal(value)
        case .override: return override(value, in: scope)
        case .trackSock: return socket(.track, value, in: scope)
        case .untrackSock: return socket(.untrack, value, in: scope)
        case .notifyEnforcer:
            noteEnforcer(value)
            return .notifyEnforcer(
                error: value["argError"]?.number ?? 0, signal: value["argSig"]?.number ?? 0)
        case .cleanupEnforcerNotification:
            noteEnforcer(value)
            return .cleanupEnforcerNotification
        case .getURL: return (value["argUrl"]?.text).map { .getURL($0) }
        case .dnsLookup: return (value["argFqdn"]?.text).map { .dnsLookup($0) }
        case .set: return set(value, in: scope)
        }
    }

    // MARK: - What goes together

    private mutating func checkSection(
        of name: ActionName, _ field: Value, in scope: FilterScope
    ) -> Bool {
        guard !name.sections.contains(scope.section) else { return true }
        let fitting = ActionName.allCases.filter { $0.sections.contains(scope.section) }
        report(
            .notApplicable, field, "\(scope.section.noun) cannot have the action \(name.rawValue)",
            hint: "one of " + fitting.map(\.rawValue).joined(separator: ", "))
        return false
    }

    /// Whether the action has the field that it needs; one that it does not look at is a warning.
    private mutating func checkFields(of name: ActionName, _ value: Value) -> Bool {
        guard case .object(let object) = value.content else { return false }
        let others = object.fields.filter {
            !$0.value.isStandard && $0.key != "action" && !name.fields.contains($0.key)
        }
        for (key, field) in others.sorted(by: { $0.key < $1.key }) where !field.isOff {
            let isRateLimit = key == "rateLimit"
            report(
                severity: isRateLimit ? .error : .warning, isRateLimit ? .notApplicable : .noEffect,
                field, at: field.keyPosition,
                "\(key.quoted) has no effect on the action \(name.rawValue)",
                hint: isRateLimit ? "only Post can be limited; remove it" : "remove it")
        }
        guard let required = name.required, object.fields[required] == nil,
            !object.refused.contains(required)
        else { return true }
        report(
            .missingField, value, "\(required.quoted) is missing from the action \(name.rawValue)",
            hint: "add \(required)")
        return false
    }

    // MARK: - Each action

    private mutating func post(_ value: Value, in scope: FilterScope) -> Action.Post {
        let stacks = ["kernelStackTrace", "userStackTrace"].compactMap { value.enabled($0) }
        for field in stacks where ![.kprobes, .fentries].contains(scope.section) {
            report(
                severity: scope.section == .lsmhooks ? .error : .warning,
                scope.section == .lsmhooks ? .notApplicable : .noEffect, field,
                at: field.keyPosition, "events of \(scope.section.noun) have no stack",
                hint: "remove it; hooks of kprobes and fentries report stacks")
        }
        if let hash = value.enabled("imaHash"), scope.section != .lsmhooks {
            report(
                severity: .warning, .noEffect, hash, at: hash.keyPosition,
                "\"imaHash\" has no effect on \(scope.section.noun)",
                hint: "use a hook of lsmhooks, such as bprm_check_security")
        }
        return Action.Post(
            rateLimit: rateLimit(value),
            hasKernelStack: value.enabled("kernelStackTrace") != nil,
            hasUserStack: value.enabled("userStackTrace") != nil,
            hasIntegrityHash: value.enabled("imaHash") != nil)
    }

    private mutating func rateLimit(_ value: Value) -> Action.RateLimit? {
        guard let field = value["rateLimit"], let text = field.text else {
            if let scope = value["rateLimitScope"], !value.refused.contains("rateLimit") {
                report(
                    severity: .warning, .noEffect, scope, at: scope.keyPosition,
                    "\"rateLimitScope\" has no effect without \"rateLimit\"",
                    hint: "add rateLimit, such as 1m")
            }
            return nil
        }
        guard let milliseconds = RateLimitText.milliseconds(text) else {
            report(
                .invalidValue, field, "\(text.quoted) is no time",
                hint: "write a whole number of seconds, minutes or hours: 30, 30s, 5m or 1h")
            return nil
        }
        return Action.RateLimit(
            milliseconds: milliseconds,
            scope: value["rateLimitScope"]?.text.flatMap(Action.RateLimit.Scope.init) ?? .thread)
    }

    private mutating func signal(_ value: Value) -> Action? {
        guard let field = value["argSig"], let number = field.number else { return nil }
        tally.interferes = true
        guard number == 0 else { return .signal(number) }
        report(
            .outOfRange, field, "signal 0 is none", hint: "use 1 to 64, such as 15 for SIGTERM")
        return nil
    }

    private mutating func override(_ value: Value, in scope: FilterScope) -> Action? {
        tally.overrides = true
        tally.interferes = true
        var destinations: [Action.Override.Destination] = []
        if let symbol = value["argNewSymbol"]?.text { destinations.append(.symbol(symbol)) }
        if let address = value["argNewAddr"]?.number { destinations.append(.address(address)) }
        if let offset = value["argNewOffset"]?.number { destinations.append(.offset(offset)) }
        if destinations.count > 1 {
            report(
                .conflict, value,
                "argNewSymbol, argNewAddr and argNewOffset all say where to go on",
                hint: "keep one of them")
        }
        checkOverride(value, in: scope)
        return .override(
            .init(
                error: value["argError"]?.number ?? 0,
                registers: value.list("argRegs").compactMap(\.text),
                destination: destinations.first))
    }

    private mutating func checkOverride(_ value: Value, in scope: FilterScope) {
        for entry in value.list("argRegs") {
            guard let text = entry.text,
                text.split(separator: "=", omittingEmptySubsequences: false).count != 2
                    || text.hasPrefix("=") || text.hasSuffix("=")
            else { continue }
            report(
                .invalidValue, entry, "\(text.quoted) is no assignment to a register",
                hint: "write REGISTER=VALUE, such as rax=0")
        }
        if scope.section != .uprobes {
            for name in ["argRegs", "argNewSymbol", "argNewAddr", "argNewOffset"] {
                guard let field = value[name] else { continue }
                report(
                    .notApplicable, field, at: field.keyPosition,
                    "\(name.quoted) is for uprobes, and not for \(scope.section.noun)",
                    hint: "use argError, a negative errno")
            }
        }
        if scope.section == .kprobes, let target = scope.target, !target.kind.canBeOverridden,
            let field = value["action"]
        {
            report(
                .notApplicable, field,
                "Override is for system calls and security_ functions, and not for "
                    + target.written.quoted,
                hint: "hook the system call, or the security_ function that decides on it")
        }
    }

    private mutating func socket(
        _ tracking: SocketTracking, _ value: Value, in scope: FilterScope
    ) -> Action {
        let position = value["argSock"]?.number ?? 0
        let field = value["argSock"] ?? value
        guard scope.arguments.count == scope.hook.list("args").count,
            !scope.hook.refused.contains("args"), isEverythingRead
        else { return .socket(tracking, argument: position) }
        // Tetragon takes the argument's index for it, too.
        let index = scope.arguments.firstIndex { $0.index == position } ?? position
        if index >= scope.arguments.count {
            report(
                .invalidValue, field,
                "the hook has no argument \(position) for \(tracking.rawValue)",
                hint: "argSock is the position of an argument of the type sock in args")
        } else if ![.sock, .socket].contains(scope.arguments[index].type) {
            report(
                .invalidValue, field,
                "\(tracking.rawValue) needs a socket, and argument \(position) is of the type "
                    + scope.arguments[index].type.rawValue,
                hint: "argSock is the position of an argument of the type sock in args")
        }
        return .socket(tracking, argument: index)
    }

    private mutating func set(_ value: Value, in scope: FilterScope) -> Action? {
        tally.interferes = true
        let position = value["argIndex"]?.number ?? 0
        if position >= scope.hook.list("args").count, !scope.hook.refused.contains("args") {
            report(
                .invalidValue, value["argIndex"] ?? value,
                "the probe reports no argument at position \(position) for Set",
                hint: "list it under args")
        }
        return (value["argValue"]?.number).flatMap(UInt32.init(exactly:))
            .map { .set(argument: position, value: $0) }
    }
}

extension Value {
    /// Whether it is a flag that is false, which says nothing.
    fileprivate var isOff: Bool {
        if case .flag(false) = content { true } else { false }
    }
}

extension Target.Kind {
    /// Whether the kernel lets a program return in the call's place, as far as the name tells.
    fileprivate var canBeOverridden: Bool {
        func isSecurity(_ name: String) -> Bool { name.hasPrefix("security_") }
        switch self {
        case .systemCall, .unprefixed: return true
        case .function(let name): return isSecurity(name)
        case .list(let list):
            switch list.content {
            case .systemCalls, .everySystemCall: return true
            case .functions(let functions): return functions.allSatisfy { isSecurity($0.name) }
            case .functionsMatching(let pattern): return pattern.hasPrefix("^security_")
            }
        case .tracepoint, .rawTracepoint, .program, .staticProbe, .securityHook: return true
        }
    }
}
