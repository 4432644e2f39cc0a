extension PolicyFormat {
    /// A hook of `uprobes`.
    static let uprobe = ObjectSchema(
        "a uprobe", as: "ProgramHook",
        "Functions of one program or library, and what to report of them.",
        [
            path,
            Field(
                "symbols", .list(symbol, count: 1...1000),
                "The functions by name; name+0x10 is a place in one.", example: "[readline]",
                hint: "name at least one function"),
            Field(
                "offsets", .list(.integer(0...Int.max), count: 1...1000),
                "The functions by offset in the file.", example: "[0x1190]",
                hint: "list at least one offset"),
            Field(
                "addrs", .list(.integer(0...Int.max), count: 1...1000),
                "The functions by address, as the program is linked.", example: "[0x401190]",
                hint: "list at least one address"),
            Field(
                "refCtrOffsets", .list(.integer(0...Int.max), count: 0...1000),
                "Where the file counts the users of each function, for static probes.",
                example: "[0x4010]", hint: "list one for each symbol or offset"),
            Field(
                "btfPath", .text(1...4095),
                "A BTF file with the program's types, for resolve with btfType.",
                example: "/usr/lib/btf/app.btf"),
            arguments(argument, "The arguments to report.", example: "[{index: 0, type: string}]"),
            data,
            .flag("return", "Whether to report the result; needs returnArg."),
            Field(
                "returnArg", .object(returnArgument), "How to read the result.",
                example: "{index: 0, type: string}"),
            Field(
                "binaryDigests", .list(.text(1...256), count: 0...64),
                "What the file's digest must be one of, as ALGORITHM:HEX.",
                example: "[\"build-id:9f2c51aa\"]"),
            Field(
                "ignore", .object(programIgnore), "Which problems of the hook to overlook.",
                example: "{digestVerificationFailure: true}"),
        ] + notes + [
            .elsewhere("call", "a uprobe is named by path and symbols"),
            .elsewhere("syscall", "a uprobe is named by path and symbols"),
            .elsewhere("symbol", "the field is symbols, a list"),
        ])

    private static let path = Field(
        "path", .text(1...4095), required: true, "The program or library.", example: "/bin/bash")

    private static let programIgnore = ObjectSchema(
        "ignore", as: "IgnoreDigest", "Which problems of a uprobe to overlook.",
        [
            .flag(
                "digestVerificationFailure",
                "Whether to leave out a program with another digest."),
            .elsewhere("callNotFound", "only hooks of kprobes and fentries have a call"),
        ])

    /// A hook of `usdts`.
    static let usdt = ObjectSchema(
        "a static probe", as: "StaticProbeHook",
        "One static probe of a program or library, and what to report of it.",
        [
            path,
            Field(
                "provider", .text(1...255), required: true, "Who declares the probe.",
                example: "libc"),
            Field("name", .text(1...255), required: true, "The probe's name.", example: "setjmp"),
            arguments(
                argument, "The probe's arguments to report.", example: "[{index: 0, type: int32}]"),
        ] + notes + [
            .elsewhere("return", "a static probe is one moment, and returns nothing"),
            .elsewhere("returnArg", "a static probe is one moment, and returns nothing"),
            .elsewhere("data", "a static probe reports what it hands over, under args"),
        ])
}
