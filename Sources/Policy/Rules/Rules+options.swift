/// What `spec.options` says.
struct PolicyOptions {
    /// The method for every hook, and the text that names it.
    var method: (chosen: ChosenMethod, value: Value)?
    /// Whether it was said that a hook cannot be attached that way.
    var isMisfitKnown = false
    /// The methods that are ruled out.
    var excluded: Set<AttachMethod> = []
    /// How results of calls are overridden.
    var overrideMethod: OverrideMethod?
    /// Whether actions interfere with calls.
    var mode: PolicyMode?
    /// Whether uprobes are attached one by one.
    var excludesUprobeMulti = false
    /// Entries of the map that texts of uprobes are read ahead into; Tetragon's number.
    var sleepablePreloadSize = 32_768
    /// Settings that count only beside something else, and where they are.
    var conditional: [(option: PolicyOption, entry: Value)] = []

    /// The settings that a checked policy carries.
    var settings: CheckedPolicy.Options {
        .init(
            overrideMethod: overrideMethod, mode: mode, excludesUprobeMulti: excludesUprobeMulti,
            sleepablePreloadSize: sleepablePreloadSize)
    }
}

extension Rules {
    mutating func readOptions(of spec: Value) {
        var seen: Set<String> = []
        for entry in spec.list("options") {
            guard let name = entry["name"], let text = name.text else { continue }
            guard seen.insert(text).inserted else {
                report(
                    .conflict, name, "the option \(text) is set twice", hint: "keep one of them")
                continue
            }
            guard let option = PolicyOption(rawValue: text), let value = entry["value"] else {
                continue
            }
            read(
                option, entry, value,
                hasCalls: spec["kprobes"] != nil || spec.refused.contains("kprobes"))
        }
    }

    private mutating func read(
        _ option: PolicyOption, _ entry: Value, _ value: Value, hasCalls: Bool
    ) {
        let text = value.text ?? ""
        switch option {
        case .attachMethod:
            guard let method = oneOf(AttachMethod.allCases, option, value) else { return }
            options.method = (
                ChosenMethod(method: method, pointer: entry.pointer, position: entry.position),
                value
            )
            checkExclusion(value)
        case .disableKprobeMulti:
            guard let isSet = flag(option, value), isSet else { return }
            guard hasCalls else {
                reportNoEffect(option, entry, "kprobe.multi is for hooks under kprobes")
                return
            }
            options.excluded.insert(.kprobeMulti)
            checkExclusion(value)
        case .disableUprobeMulti:
            guard let isSet = flag(option, value), isSet else { return }
            options.excludesUprobeMulti = true
            options.conditional.append((option, entry))
        case .overrideMethod:
            guard let method = oneOf(OverrideMethod.allCases, option, value) else { return }
            options.overrideMethod = method
            options.conditional.append((option, entry))
        case .policyMode:
            guard let mode = oneOf(PolicyMode.allCases, option, value) else { return }
            options.mode = mode
            options.conditional.append((option, entry))
        case .sleepablePreloadSize:
            guard let size = Int(text), size > 0 else {
                reportValue(option, value, hint: "a number greater than 0")
                return
            }
            options.sleepablePreloadSize = size
            options.conditional.append((option, entry))
        }
    }

    /// Warns of settings that nothing in the policy depends on, as far as it could be read.
    mutating func checkEveryOptionCounts() {
        let hasPrograms = hooks.contains { $0.target.kind.isOfPrograms }
        for (option, entry) in options.conditional where isEverythingRead {
            switch option {
            case .disableUprobeMulti where !hasPrograms,
                .sleepablePreloadSize where !hasPrograms:
                reportNoEffect(option, entry, "no hook is a uprobe")
            case .overrideMethod where !tally.overrides:
                reportNoEffect(option, entry, "no hook overrides what a call returns")
            case .policyMode where !tally.interferes:
                reportNoEffect(option, entry, "no hook interferes with a call")
            default: break
            }
        }
    }

    private mutating func checkExclusion(_ value: Value) {
        guard let chosen = options.method?.chosen.method, options.excluded.contains(chosen) else {
            return
        }
        report(
            .conflict, value,
            "attach-method \(chosen.rawValue) and disable-kprobe-multi contradict each other",
            hint: "remove one of them")
        options.method = nil
    }

    // MARK: - Values

    private mutating func oneOf<Name: RawRepresentable<String>>(
        _ names: [Name], _ option: PolicyOption, _ value: Value
    ) -> Name? {
        let text = value.text ?? ""
        if let name = Name(rawValue: text) { return name }
        let spellings = names.map(\.rawValue)
        reportValue(
            option, value,
            hint: nearest(to: text, in: spellings).map { "did you mean \($0.quoted)?" }
                ?? "one of " + spellings.joined(separator: ", "))
        return nil
    }

    /// A Boolean as Go's strconv.ParseBool takes it.
    private mutating func flag(_ option: PolicyOption, _ value: Value) -> Bool? {
        switch value.text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default:
            reportValue(option, value, hint: "\"true\" or \"false\", in quotation marks")
            return nil
        }
    }

    private mutating func reportValue(_ option: PolicyOption, _ value: Value, hint: String) {
        report(
            .invalidValue, value,
            "\((value.text ?? "").quoted) is no value of the option \(option.rawValue)", hint: hint)
    }

    private mutating func reportNoEffect(_ option: PolicyOption, _ entry: Value, _ why: String) {
        report(
            severity: .warning, .noEffect, entry, "\(option.rawValue) has no effect: \(why)",
            hint: "remove the option")
    }
}

extension Target.Kind {
    /// Whether it is a place in a program or library.
    var isOfPrograms: Bool {
        switch self {
        case .program, .staticProbe: true
        default: false
        }
    }
}
