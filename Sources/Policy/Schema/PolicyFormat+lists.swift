extension PolicyFormat {
    /// The values of all lists together.
    static let listValues = 65_535

    static let list = ObjectSchema(
        "a list", "A name for several calls, which a hook's call takes as list:NAME.",
        [
            Field("name", .text(1...128), required: true, "The list's name."),
            Field(
                "type", .choice(ListType.allCases.map { Choice($0.rawValue) }),
                standard: .text(ListType.unspecified.rawValue),
                "What is in the list: kernel functions, unless it says otherwise."),
            Field(
                "values", .list(symbol, count: 1...listValues),
                "The system calls or kernel functions.",
                hint: "name at least one system call or function, and at most \(listValues)"),
            Field(
                "pattern", .text(1...256),
                "The regular expression that function names of a generated_ftrace list match.",
                hint: "a pattern has from 1 to 256 bytes"),
            Field("validated", .flag(), "Set by Tetragon; not used."),
        ])

    static let option = ObjectSchema(
        "an option", "A setting of this policy alone.",
        [
            Field(
                "name", .choice(PolicyOption.allCases.map { Choice($0.rawValue) }), required: true,
                "Which setting."),
            Field("value", .text(0...255), required: true, "Its value, as text."),
        ])
}

/// What a list holds.
enum ListType: String, CaseIterable {
    /// Kernel functions, or system calls where every value has a system call's prefix.
    case unspecified = ""
    case systemCalls = "syscalls"
    case everySystemCall = "generated_syscalls"
    case functionsMatching = "generated_ftrace"

    /// Whether the kernel says what is in the list.
    var isGenerated: Bool { self == .everySystemCall || self == .functionsMatching }
}

/// The settings of a policy; all but the first are Tetragon's.
enum PolicyOption: String, CaseIterable {
    /// How to attach every hook: an `AttachMethod`.
    case attachMethod = "attach-method"
    case disableKprobeMulti = "disable-kprobe-multi"
    case disableUprobeMulti = "disable-uprobe-multi"
    case overrideMethod = "override-method"
    case policyMode = "policy-mode"
    case sleepablePreloadSize = "sleepable-preload-size"
}
