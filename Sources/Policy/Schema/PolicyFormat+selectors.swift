extension PolicyFormat {
    /// The greatest process id that Linux gives on 64-bit machines, PID_MAX_LIMIT.
    private static let greatestProcessID = 4_194_304

    static let selector = ObjectSchema(
        "a selector", "Filters that a call must all pass.",
        [
            Field(
                "matchPIDs", .list(.object(matchPIDs), count: 0...4), "Filters by process.",
                hint: "a selector has at most 4 matchPIDs, and a process must pass them all"),
            .later("matchArgs", "Filters by argument."),
            .later("matchData", "Filters by the values under data."),
            .later("matchReturnArgs", "Filters by result."),
            .later("matchActions", "What to do when the filters match."),
            .later("matchReturnActions", "What to do when the result matches."),
            .later("matchBinaries", "Filters by the executable of the process."),
            .later("matchParentBinaries", "Filters by the executable of the parent."),
            .later("matchNamespaces", "Filters by Linux namespace."),
            .later("matchNamespaceChanges", "Filters by changed Linux namespace."),
            .later("matchCapabilities", "Filters by capability."),
            .later("matchCapabilityChanges", "Filters by changed capability."),
            .later("matchWorkloads", "Filters by pod and container."),
            .later("macros", "Filters that spec.selectorsMacros names."),
            .later("label", "A name for the selector in metrics."),
        ])

    private static let matchPIDs = ObjectSchema(
        "matchPIDs", "Which processes a call may come from.",
        [
            Field(
                "operator", .choice(["In", "NotIn"]), required: true,
                "Whether the process must be listed, In, or must not be, NotIn."),
            Field(
                "values", .list(.integer(1...greatestProcessID), count: 1...8), required: true,
                "Process ids, from 1 to 8 of them.",
                hint: "list process ids from 1 to \(greatestProcessID), and at most 8, which is "
                    + "this service's limit; for more, use followForks or several selectors"),
            Field(
                "followForks", .flag(), standard: .flag(false),
                "Whether the descendants of the processes count too."),
            Field(
                "isNamespacePID", .flag(later: true), standard: .flag(false),
                "Whether the ids are those of the process's own PID namespace.",
                hint: "use the process ids of the host"),
        ])
}
