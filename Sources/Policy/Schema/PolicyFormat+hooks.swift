extension PolicyFormat {
    // 511 is the kernel's KSYM_NAME_LEN without the terminator.
    static let symbol = ValueKind.text(1...511)

    /// A hook of `kprobes`, and of `fentries`.
    static let call = ObjectSchema(
        "a hook", "One system call or kernel function, and what to report of it.",
        [
            Field(
                "call", symbol, required: true,
                "The system call or kernel function, such as sys_pipe2, or list:NAME."),
            Field(
                "syscall", .flag(), standard: .flag(true),
                "Whether the call is a system call, and not a kernel function."),
            Field(
                "args", .list(.object(argument), count: 0...5), "The arguments to report.",
                hint: "a hook reports at most 5 arguments"),
            Field("return", .flag(), standard: .flag(false), "Whether to report the result."),
            Field("returnArg", .object(returnArgument), "How to read the result."),
            Field("ignore", .object(ignore), "Which problems of the hook to overlook."),
        ] + notes + [
            .later("data", "Values that are not arguments."),
            .later("returnArgAction", "What to do with a returned socket."),
        ])

    private static let ignore = ObjectSchema(
        "ignore", "Which problems of a hook to overlook.",
        [
            Field(
                "callNotFound", .flag(), standard: .flag(false),
                "Whether to leave out a call that the kernel does not have."),
            .later("digestVerificationFailure", "Whether a binary may have another digest."),
        ])

    /// What hooks of every section have.
    static let notes = [
        Field(
            "message", .text(2...Int.max), "A text that every event carries.",
            hint: "write at least 2 characters, or remove it"),
        Field(
            "tags", .list(.text(2...128), count: 0...16), "Words that every event carries.",
            hint: "at most 16 tags, each of 2 to 128 bytes"),
        Field(
            "selectors", .list(.object(selector), count: 0...5),
            "Which calls to report; without any, all of them.",
            hint: "a hook has at most 5 selectors"),
    ]
}
