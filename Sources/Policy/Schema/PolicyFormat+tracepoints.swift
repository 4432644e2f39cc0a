extension PolicyFormat {
    /// More fields than any tracepoint has; past the last, the kernel's format decides.
    private static let fields = 0...128

    static let tracepoint = ObjectSchema(
        "a tracepoint", as: "TracepointHook",
        "One tracepoint of the kernel, and what to report of it.",
        [
            Field(
                "subsystem", .text(1...255), required: true, "Its subsystem, such as sched.",
                example: "sched"),
            Field(
                "event", .text(1...255), required: true, "Its name, such as sched_process_exec.",
                example: "sched_process_exec"),
            .flag(
                "raw",
                "Whether arguments are the tracepoint's parameters, and not fields of its record."),
            arguments(
                tracepointArgument, "The fields or parameters to report.",
                example: "[{index: 5, label: pid}]"),
        ] + notes + [
            .elsewhere("call", "a tracepoint is named by subsystem and event"),
            .elsewhere("syscall", "a tracepoint is named by subsystem and event"),
            .elsewhere("return", noReturn),
            .elsewhere("returnArg", noReturn),
            .elsewhere("returnArgAction", noReturn),
            .elsewhere("data", "a tracepoint reports what it hands over, under args"),
        ])

    private static let noReturn = "a tracepoint is one moment, and returns nothing"

    private static let tracepointArgument = ObjectSchema(
        "a tracepoint's argument", as: "TracepointArgument",
        "One field of a tracepoint's record, and how to read it.",
        [
            Field(
                "index", .integer(fields), required: true,
                "Which field of the record, counted from 0 with the common ones, of which there "
                    + "are mostly 4; with raw: true a parameter, 0 to 11.",
                example: "4",
                hint: "fields are counted from 0, in the order of the tracepoint's format file; "
                    + "the first that are its own usually come after 4 common ones"),
            Field(
                "type", .choice(tracepointTypes), standard: .text(ArgumentType.auto.rawValue),
                "How to read the value; auto asks the kernel.", example: "data_loc"),
            label,
            .elsewhere("returnCopy", noReturn),
            size,
            Field(
                "sizeArgIndex", .integer(1...129),
                "The field that holds the number of elements or bytes, counted from 1.",
                example: "6",
                hint: "unlike index, sizeArgIndex counts from 1: the first field is 1"),
        ] + structures + [argumentSource])
}
