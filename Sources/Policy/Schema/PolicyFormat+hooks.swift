extension PolicyFormat {
    // 511 is the kernel's KSYM_NAME_LEN without the terminator.
    static let kprobe = ObjectSchema(
        "a hook", "One system call or kernel function, and what to report of it.",
        [
            Field(
                "call", .text(1...511), required: true,
                "The system call or kernel function, such as sys_pipe2."),
            Field(
                "syscall", .flag(later: false), standard: .flag(true),
                "Whether the call is a system call.",
                hint: "only system calls can be traced; remove the field for sys_ calls"),
            Field(
                "args", .list(.object(argument), count: 0...5), "The arguments to report.",
                hint: "a hook reports at most 5 arguments"),
            Field("return", .flag(), standard: .flag(false), "Whether to report the result."),
            Field("returnArg", .object(returnArgument), "How to read the result."),
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
            .later("data", "Values that are not arguments."),
            .later("returnArgAction", "What to do with a returned socket."),
            .later("ignore", "Which problems of the hook to overlook."),
        ])

    private static let argument = ObjectSchema(
        "an argument", "One argument of a call, and how to read it.",
        [
            Field(
                "index", .integer(0...5), required: true, "Which argument, counted from 0.",
                hint: "arguments are counted from 0, and a system call has at most 6")
        ] + reading)

    private static let returnArgument = ObjectSchema(
        "returnArg", "How to read the result of a call.",
        [
            Field("index", .integer(Int.min...Int.max), "Not used: there is one result.")
        ] + reading)

    private static let reading: [Field] = [
        Field("type", .choice(types), required: true, "How to read the value."),
        Field("label", .text(), "A name for the value in events."),
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
        .later("resolve", "A path through the members of a kernel structure."),
        .later("btfType", "The kernel structure that resolve starts from."),
        .later("btfTypeModule", "The kernel module that declares btfType."),
        .later("source", "Where a value that is no argument comes from."),
        .later("maxData", "Whether to capture more bytes than fit one record."),
    ]

    private static let types =
        ArgumentType.allCases.filter { $0 != .auto && $0 != .dataLocation }
        .flatMap(\.spellings).map { Choice($0) }
        + [
            "auto", "filename", "char_buf", "char_iovec", "iov_iter", "const_buf", "fd", "file",
            "path", "dentry", "kiocb", "linux_binprm", "skb", "sock", "socket", "sockaddr",
            "sockaddr_un", "net_device", "data_loc", "cred", "user_namespace", "capability",
            "kernel_cap_t", "cap_inheritable", "cap_permitted", "cap_effective", "bpf_attr",
            "bpf_prog", "bpf_map", "perf_event", "bpf_cmd", "load_info", "module", "syscall64",
        ].map { Choice($0, .later) }
}
