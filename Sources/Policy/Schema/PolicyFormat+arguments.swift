extension PolicyFormat {
    static let argument = ObjectSchema(
        "an argument", "One argument of a call, and how to read it.",
        [
            Field(
                "index", .integer(0...5), required: true, "Which argument, counted from 0.",
                hint: "arguments are counted from 0, and the first 6 can be read")
        ] + reading)

    static let returnArgument = ObjectSchema(
        "returnArg", "How to read the result of a call.",
        [
            Field("index", .integer(Int.min...Int.max), "Not used: there is one result.")
        ] + reading)

    private static let reading: [Field] =
        [
            Field("type", .choice(callTypes), required: true, "How to read the value."),
            label,
            Field(
                "returnCopy", .flag(), standard: .flag(false),
                "Whether the call fills what the argument points to, so that it is read on return."),
            Field(
                "size", .integer(1...256), "How many elements an int32_arr has; 2 without it.",
                hint: "an int32_arr has from 1 to 256 elements"),
            Field(
                "sizeArgIndex", .integer(1...6),
                "The argument that holds the number of elements, counted from 1.",
                hint: "unlike index, sizeArgIndex counts arguments from 1: the first is 1"),
        ] + laterReading

    static let label = Field("label", .text(), "A name for the value in events.")

    static let laterReading: [Field] = [
        .later("resolve", "A path through the members of a kernel structure."),
        .later("btfType", "The kernel structure that resolve starts from."),
        .later("btfTypeModule", "The kernel module that declares btfType."),
        .later("source", "Where a value that is no argument comes from."),
        .later("maxData", "Whether to capture more bytes than fit one record."),
    ]

    // MARK: - Types

    private static let callTypes =
        choices(of: ArgumentType.allCases.filter { $0 != .auto && $0 != .dataLocation })
        + [
            Choice("auto", .elsewhere("only a tracepoint's format says what its values are")),
            Choice("data_loc", .elsewhere("only a tracepoint's fields tell where a text is")),
            Choice(
                "syscall64", .elsewhere("only a tracepoint's field holds a system call's number")),
        ] + laterTypes

    static let tracepointTypes =
        choices(of: ArgumentType.allCases.filter { $0 != .int32Array })
        + [Choice("int32_arr", .later), Choice("syscall64", .later)] + laterTypes

    private static func choices(of types: [ArgumentType]) -> [Choice] {
        types.flatMap(\.spellings).map { Choice($0) }
    }

    private static let laterTypes =
        [
            Choice(
                "const_buf", .elsewhere("it is what auto makes of an array, and cannot be written"))
        ]
        + [
            "filename", "char_buf", "char_iovec", "iov_iter", "fd", "file", "path", "dentry",
            "kiocb", "linux_binprm", "skb", "sock", "socket", "sockaddr", "sockaddr_un",
            "net_device", "cred", "user_namespace", "capability", "kernel_cap_t",
            "cap_inheritable", "cap_permitted", "cap_effective", "bpf_attr", "bpf_prog", "bpf_map",
            "perf_event", "bpf_cmd", "load_info", "module",
        ].map { Choice($0, .later) }
}
