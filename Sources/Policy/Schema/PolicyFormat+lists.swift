extension PolicyFormat {
    /// The values of all lists together.
    static let listValues = 65_535

    static let list = ObjectSchema(
        "a list", as: "CallList",
        "A name for several calls, which a hook's call takes as list:NAME.",
        [
            Field("name", .text(1...128), required: true, "The list's name.", example: "pipes"),
            Field(
                "type", .choice(of: ListType.self),
                standard: .text(ListType.unspecified.rawValue),
                "What is in the list: kernel functions, unless it says otherwise.",
                example: "syscalls"),
            Field(
                "values", .list(symbol, count: 1...listValues),
                "The system calls or kernel functions.", example: "[sys_pipe, sys_pipe2]",
                hint: "name at least one system call or function, and at most \(listValues)"),
            Field(
                "pattern", .text(1...256),
                "The regular expression that function names of a generated_ftrace list match.",
                example: "^vfs_.*link$", hint: "a pattern has from 1 to 256 bytes"),
            Field("validated", .flag, "Set by Tetragon; not used.", example: "true"),
        ])

    static let option = ObjectSchema(
        "an option", as: "PolicyOption", "A setting of this policy alone.",
        [
            Field(
                "name", .choice(of: PolicyOption.self), required: true, "Which setting.",
                example: "attach-method"),
            Field(
                "value", .text(0...255), required: true, "Its value, as text.", example: "kprobe"),
        ])
}

/// What a list holds.
enum ListType: String, NamedValue {
    /// Kernel functions, or system calls where every value has a system call's prefix.
    case unspecified = ""
    case systemCalls = "syscalls"
    case everySystemCall = "generated_syscalls"
    case functionsMatching = "generated_ftrace"

    /// Whether the kernel says what is in the list.
    var isGenerated: Bool { self == .everySystemCall || self == .functionsMatching }

    var meaning: String {
        switch self {
        case .unspecified: "functions, or system calls where every value has a prefix"
        case .systemCalls: "system calls, such as sys_pipe, __x64_sys_pipe or pipe"
        case .everySystemCall: "all system calls of the kernel"
        case .functionsMatching: "all functions that can be traced and match pattern"
        }
    }
}

/// The settings of a policy; all but the first are Tetragon's.
enum PolicyOption: String, NamedValue {
    /// How to attach every hook: an `AttachMethod`.
    case attachMethod = "attach-method"
    case disableKprobeMulti = "disable-kprobe-multi"
    case disableUprobeMulti = "disable-uprobe-multi"
    case overrideMethod = "override-method"
    case policyMode = "policy-mode"
    case sleepablePreloadSize = "sleepable-preload-size"

    var meaning: String {
        switch self {
        case .attachMethod:
            "how to attach every hook: "
                + AttachMethod.allCases.map(\.rawValue).joined(separator: ", ")
        case .disableKprobeMulti: "\"true\" rules kprobe.multi out"
        case .disableUprobeMulti: "\"true\" rules uprobe.multi out"
        case .overrideMethod: "fmod-ret or override-return"
        case .policyMode: "enforce or monitor: whether actions interfere with calls"
        case .sleepablePreloadSize: "entries for texts of uprobes that are read ahead, from 1"
        }
    }
}
