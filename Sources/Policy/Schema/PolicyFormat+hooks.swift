extension PolicyFormat {
    // 511 is the kernel's KSYM_NAME_LEN without the terminator.
    static let symbol = ValueKind.text(1...511)

    /// A hook of `kprobes`, and of `fentries`.
    static let call = ObjectSchema(
        "a hook", as: "KernelHook", "One system call or kernel function, and what to report of it.",
        [
            Field(
                "call", symbol, required: true,
                "The system call or kernel function, such as sys_pipe2, or list:NAME.",
                example: "sys_pipe2"),
            Field(
                "syscall", .flag, standard: .flag(true),
                "Whether the call is a system call, and not a kernel function.", example: "false"),
            arguments(argument, "The arguments to report.", example: "[{index: 0, type: int}]"),
            data,
            .flag("return", "Whether to report the result; needs returnArg."),
            Field(
                "returnArg", .object(returnArgument), "How to read the result.",
                example: "{index: 0, type: int}"),
            Field(
                "returnArgAction", .choice(of: SocketTracking.self),
                "What to do with a socket that is returned.", example: "TrackSock"),
            Field(
                "ignore", .object(callIgnore), "Which problems of the hook to overlook.",
                example: "{callNotFound: true}"),
        ] + notes)

    static func arguments(_ schema: ObjectSchema, _ doc: String, example: String) -> Field {
        Field(
            "args", .list(.object(schema), count: 0...5), doc, example: example,
            hint: "a hook reports at most 5 arguments")
    }

    static let data = Field(
        "data", .list(.object(dataValue), count: 0...5),
        "Values that are not arguments; with args at most 5.",
        example: "[{index: 0, type: int, source: current_task, resolve: pid}]",
        hint: "a hook reports at most 5 values")

    private static let callIgnore = ObjectSchema(
        "ignore", as: "IgnoreMissing", "Which problems of a hook to overlook.",
        [
            .flag("callNotFound", "Whether to leave out a call that the kernel does not have."),
            .elsewhere("digestVerificationFailure", "only uprobes have binaryDigests"),
        ])

    /// A hook of `lsmhooks`.
    static let securityHook = ObjectSchema(
        "a security hook", as: "SecurityHook",
        "One decision of the kernel's security modules, and what to report of it.",
        [
            Field(
                "hook", symbol, required: true, "Its name without bpf_lsm_, such as file_open.",
                example: "file_open"),
            arguments(
                argument, "The arguments to report.", example: "[{index: 0, type: file}]"),
        ] + notes + [
            .elsewhere("call", "a security hook is named by hook"),
            .elsewhere("syscall", "a security hook is named by hook"),
            .elsewhere("return", securityResult),
            .elsewhere("returnArg", securityResult),
            .elsewhere("data", "a security hook reports its arguments, under args"),
        ])

    private static let securityResult = "a security hook comes before the result is known"

    /// What hooks of every section have.
    static let notes = [
        Field(
            "message", .text(2...Int.max), "A text that every event carries.",
            example: "a pipe was made", hint: "write at least 2 characters, or remove it"),
        Field(
            "tags", .list(.text(2...128), count: 0...16), "Words that every event carries.",
            example: "[ipc]", hint: "at most 16 tags, each of 2 to 128 bytes"),
        Field(
            "selectors", .list(.object(selector), count: 0...5),
            "Which calls to report; without any, all of them.",
            example: "[{matchPIDs: [{operator: In, values: [4121]}]}]",
            hint: "a hook has at most 5 selectors"),
    ]
}

extension SocketTracking: NamedValue {
    var meaning: String {
        switch self {
        case .track: "events on the socket are those of this process from here on"
        case .untrack: "not any more"
        }
    }
}
