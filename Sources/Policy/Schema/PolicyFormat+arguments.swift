extension PolicyFormat {
    static let argument = ObjectSchema(
        "an argument", as: "HookArgument", "One argument of a call, and how to read it.",
        [
            Field(
                "index", .integer(0...5), required: true, "Which argument, counted from 0.",
                example: "0", hint: "arguments are counted from 0, and the first 6 can be read")
        ] + reading + [argumentSource])

    static let returnArgument = ObjectSchema(
        "returnArg", as: "ReturnArgument", "How to read the result of a call.",
        [
            Field(
                "index", .integer(Int.min...Int.max), standard: .number(0),
                "What matchReturnArgs calls the result.", example: "0")
        ] + reading + [argumentSource])

    static let dataValue = ObjectSchema(
        "a value", as: "HookData", "A value that is no argument, and how to read it.",
        [
            Field(
                "index", .integer(0...Int.max), required: true,
                "Not used: filters count the entries of data.", example: "0"),
            Field(
                "source", .choice(of: DataValue.Source.self), required: true,
                "Where the value comes from.", example: "current_task"),
        ] + reading)

    /// What says how to read a value of a call.
    private static let reading: [Field] =
        [
            Field(
                "type", .choice(callTypes), required: true, "How to read the value.",
                example: "int"),
            label,
            .flag(
                "returnCopy",
                "Whether the call fills what the argument points to, so that it is read on return."),
            size,
            Field(
                "sizeArgIndex", .integer(1...6),
                "The argument that holds the number of elements or bytes, counted from 1.",
                example: "3",
                hint: "unlike index, sizeArgIndex counts arguments from 1: the first is 1"),
        ] + structures

    static let label = Field("label", .text(), "A name for the value in events.", example: "flags")

    static let size = Field(
        "size", .integer(1...256),
        "How many elements an int32_arr has; 2 without it. Martlet's own field.", example: "2",
        hint: "an int32_arr has from 1 to 256 elements")

    /// How to get from a value to one that it leads to.
    static let structures = [
        Field(
            "resolve", .text(0...1024), standard: .text(""),
            "The way to the value through members of structures: mm.owner.pid, or [2].name.",
            example: "file.f_path.dentry", hint: "write members with . between them, at most 10"),
        Field(
            "btfType", .text(1...511), "The structure that resolve starts from.",
            example: "task_struct"),
        Field(
            "btfTypeModule", .text(1...255), "The kernel module that declares btfType.",
            example: "nf_tables"),
        .flag("maxData", "Whether to read up to 327,360 bytes of a char_buf, and not only 4,095."),
    ]

    static let argumentSource = Field(
        "source",
        .choice(
            [""]
                + DataValue.Source.allCases.map {
                    Choice($0.rawValue, misplaced: "such a value belongs under data")
                }), standard: .text(""), "Empty: arguments come from the call. See data.",
        example: "\"\"")

    // MARK: - Types

    private static let callTypes =
        choices(
            of: ArgumentType.allCases.filter {
                ![.auto, .dataLocation, .systemCallNumber].contains($0)
            })
        + [
            Choice("auto", misplaced: "only a tracepoint's format says what its values are"),
            Choice("data_loc", misplaced: "only a tracepoint's fields tell where a text is"),
            Choice(
                "syscall64",
                misplaced: "only a tracepoint's field holds a system call's number"),
            constantBuffer,
        ]

    static let tracepointTypes = choices(of: ArgumentType.allCases) + [constantBuffer]

    private static let constantBuffer = Choice(
        "const_buf", misplaced: "it is what auto makes of an array, and cannot be written")

    private static func choices(of types: [ArgumentType]) -> [Choice] {
        types.flatMap { type in type.spellings.map { Choice($0, type.meaning) } }
    }
}

extension DataValue.Source: NamedValue {
    var meaning: String {
        switch self {
        case .currentTask: "the `struct task_struct` of the caller"
        case .registers: "the caller's registers; resolve names one, such as rax"
        }
    }
}
