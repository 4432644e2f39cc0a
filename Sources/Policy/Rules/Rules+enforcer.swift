extension Rules {
    /// Notes that an action leaves something to the enforcer, and reports where there is none.
    mutating func noteEnforcer(_ action: Value) {
        tally.interferes = true
        tally.notifiesEnforcer = true
        guard !tally.hasEnforcer, isEverythingRead, let field = action["action"] else { return }
        report(
            .missingField, field, "\(field.text ?? "") needs spec.enforcers, and there are none",
            hint: "list the calls that it may end under spec.enforcers, or use Sigkill or Override")
    }

    /// The calls at which `NotifyEnforcer` takes effect.
    mutating func enforcedCalls(of spec: Value) -> [Target] {
        spec.list("enforcers").flatMap { $0.list("calls") }.compactMap { value in
            guard let written = value.text else { return nil }
            return enforcedCall(written, value).map {
                Target(
                    written: written, kind: $0, pointer: value.pointer, position: value.position)
            }
        }
    }

    private mutating func enforcedCall(_ written: String, _ value: Value) -> Target.Kind? {
        if let name = Self.listName(written) {
            guard let list = list(named: name, value) else { return nil }
            return systemCalls(of: list, value).map { .list($0) }
        }
        if written.hasPrefix("security_") {
            return isSymbol(written, value, such: "security_file_open")
                ? .function(name: written) : nil
        }
        guard SystemCallName.withoutPrefix(written) != nil else {
            report(
                .invalidValue, value,
                "\(written.quoted) is neither a system call nor a security_ function",
                hint: "name a system call as sys_NAME, a security_ function, or a list as list:NAME"
            )
            return nil
        }
        return systemCall(written, value)
    }

    mutating func checkEnforcer(of spec: Value) {
        guard isEverythingRead, tally.hasEnforcer, !tally.notifiesEnforcer,
            let field = spec["enforcers"]
        else { return }
        report(
            severity: .warning, .noEffect, field, at: field.keyPosition,
            "\"enforcers\" has no effect: no action is NotifyEnforcer",
            hint: "add matchActions: [{action: NotifyEnforcer, argError: -1}] to a selector")
    }
}
