extension PolicyFormat {
    static let argumentFilters = [
        filters(
            "matchArgs", "Filters by argument; a call must pass them all.", entry: argumentFilter),
        filters("matchData", "Filters by the entries of data.", entry: dataFilter),
        filters("matchReturnArgs", "Filters by the result.", entry: resultFilter),
    ]

    private static func filters(_ name: String, _ doc: String, entry: ObjectSchema) -> Field {
        Field(
            name, .list(.object(entry), count: 0...5), doc,
            example: "[{index: 0, operator: Equal, values: [\"1\"]}]",
            hint: "a selector has at most 5 filters of this kind")
    }

    private static let argumentFilter = ObjectSchema(
        "a filter by argument", as: "ArgumentFilter", "What an argument must be.",
        [
            index("The index of an argument under args."),
            Field(
                "args", .list(.integer(0...4), count: 0...5),
                "Positions in args, counted from 0, instead of index; for several arguments.",
                example: "[0, 1]", hint: "args has at most 5 entries, 0 to 4"),
        ] + comparison)

    private static let dataFilter = ObjectSchema(
        "a filter by data", as: "DataFilter", "What an entry of data must be.",
        [index("The position in data, counted from 0.")] + comparison)

    private static let resultFilter = ObjectSchema(
        "a filter by result", as: "ResultFilter", "What the result must be.",
        [index("The index of returnArg.")] + comparison)

    private static func index(_ doc: String) -> Field {
        Field("index", .integer(0...Int.max), standard: .number(0), doc, example: "0")
    }

    private static let comparison = [
        Field(
            "operator", .choice(of: ArgumentOperator.self), required: true,
            "How the value is compared.", example: "Equal"),
        Field(
            "values", .list(.text(0...4097), count: 0...10_000),
            "What it is compared with, as text; one of them is enough.",
            example: "[\"1\", \"2\"]"),
    ]
}
