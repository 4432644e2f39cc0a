extension PolicyFormat {
    /// The greatest process id that Linux gives on 64-bit machines, PID_MAX_LIMIT.
    private static let greatestProcessID = 4_194_304

    static let selector = ObjectSchema(
        "a selector", as: "HookSelector",
        "Filters that a call must all pass, and what to do when it does.",
        [
            Field(
                "label", .text(1...128), "A name for the selector in metrics.", example: "writes"),
            Field(
                "macros", .list(.text(1...128), count: 0...16),
                "Parts of selectors that spec.selectorsMacros names; each adds its filters.",
                example: "[shells]"),
            Field(
                "matchPIDs", .list(.object(matchPIDs), count: 0...4), "Filters by process.",
                example: "[{operator: In, values: [4121], followForks: true}]",
                hint: "a selector has at most 4 matchPIDs, and a process must pass them all"),
            Field(
                "matchBinaries", .list(.object(matchBinaries), count: 0...1),
                "A filter by the caller's executable.",
                example: "[{operator: In, values: [/bin/bash]}]",
                hint: "a selector has one matchBinaries; list all paths under its values"),
            Field(
                "matchParentBinaries", .list(.object(matchBinaries), count: 0...1),
                "A filter by the executable of the caller's parent.",
                example: "[{operator: In, values: [/usr/sbin/sshd]}]",
                hint: "a selector has one matchParentBinaries; list all paths under its values"),
            Field(
                "matchNamespaces", .list(.object(matchNamespaces), count: 0...10),
                "Filters by the caller's namespaces.",
                example: "[{namespace: Pid, operator: NotIn, values: [host_ns]}]"),
            Field(
                "matchNamespaceChanges", .list(.object(matchNamespaceChanges), count: 0...1),
                "A filter by namespaces that the caller has changed.",
                example: "[{operator: In, values: [Mnt]}]",
                hint: "a selector has one matchNamespaceChanges; list all names there"),
            Field(
                "matchCapabilities", .list(.object(matchCapabilities), count: 0...4),
                "Filters by the caller's capabilities.",
                example: "[{type: Effective, operator: In, values: [CAP_SYS_ADMIN]}]"),
            Field(
                "matchCapabilityChanges", .list(.object(matchCapabilities), count: 0...4),
                "Filters by capabilities that the caller has changed.",
                example: "[{type: Effective, operator: In, values: [CAP_SETUID]}]"),
            Field(
                "matchWorkloads", .list(.object(workload), count: 0...16),
                "Filters by pod and container; one of them must fit.",
                example: "[{podSelector: {matchLabels: {app: web}}}]"),
        ] + argumentFilters + actionLists)

    private static let matchPIDs = ObjectSchema(
        "matchPIDs", as: "PIDFilter", "Which processes a call may come from.",
        [
            membership("Whether the process must be listed, In, or must not be, NotIn."),
            Field(
                "values", .list(.integer(0...greatestProcessID), count: 1...8), required: true,
                "Process ids, from 1 to 8 of them.", example: "[4121]",
                hint: "list process ids from 1 to \(greatestProcessID), and at most 8, which is "
                    + "this service's limit; for more, use followForks or several selectors"),
            .flag("followForks", "Whether the descendants of the processes count too."),
            .flag(
                "isNamespacePID",
                "Whether the ids are those of the process's own PID namespace."),
        ])

    /// `In` or `NotIn`.
    private static func membership(_ doc: String) -> Field {
        Field("operator", .choice(["In", "NotIn"]), required: true, doc, example: "In")
    }

    private static let matchBinaries = ObjectSchema(
        "a filter by executable", as: "BinaryFilter", "Which executables a call may come from.",
        [
            Field(
                "operator",
                .choice(["In", "NotIn", "Prefix", "NotPrefix", "Postfix", "NotPostfix"]),
                required: true, "How paths are compared.", example: "In"),
            Field(
                "values", .list(.text(1...4096), count: 1...1000), required: true,
                "Paths; for Prefix and Postfix their beginnings or ends.", example: "[/bin/bash]",
                hint: "list at least one path"),
            .flag(
                "followChildren",
                "Whether the descendants of the executable's processes count too."),
        ])

    private static let matchNamespaces = ObjectSchema(
        "a filter by namespace", as: "NamespaceFilter", "Which namespaces a call may come from.",
        [
            Field(
                "namespace", .choice(of: NamespaceKind.self), required: true,
                "Which of the caller's namespaces.", example: "Pid"),
            membership("Whether the namespace must be listed, In, or must not be, NotIn."),
            Field(
                "values", .list(.text(1...20), count: 1...4), required: true,
                "Inode numbers of namespaces as text, or host_ns for the host's.",
                example: "[host_ns]", hint: "list from 1 to 4 inode numbers, or host_ns"),
        ])

    private static let matchNamespaceChanges = ObjectSchema(
        "a filter by changed namespace", as: "NamespaceChangeFilter",
        "Which namespaces the caller must have changed since it started.",
        [
            membership("Whether a listed namespace must have changed, or another, NotIn."),
            Field(
                "values", .list(.choice(of: NamespaceKind.self), count: 1...10), required: true,
                "Names of namespaces.", example: "[Mnt, Pid]", hint: "list at least one"),
        ])

    private static let matchCapabilities = ObjectSchema(
        "a filter by capability", as: "CapabilityFilter", "Which capabilities matter.",
        [
            Field(
                "type", .choice(of: CapabilityFilter.Set.self),
                standard: .text(CapabilityFilter.Set.effective.rawValue),
                "Which of the caller's sets.", example: "Effective"),
            membership("Whether the set must have a listed capability, In, or none, NotIn."),
            .flag(
                "isNamespaceCapability",
                "Whether only processes in a user namespace of their own are looked at."),
            Field(
                "values", .list(.text(1...64), count: 1...64), required: true,
                "Capabilities, such as CAP_SYS_ADMIN.", example: "[CAP_SYS_ADMIN]",
                hint: "list at least one capability"),
        ])
}

extension NamespaceKind: NamedValue {
    var meaning: String {
        switch self {
        case .uts: "host and domain name"
        case .ipc: "System V IPC and message queues"
        case .mount: "mounts"
        case .pid: "process ids"
        case .pidForChildren: "process ids of children"
        case .network: "network devices, addresses and ports"
        case .time: "clocks"
        case .timeForChildren: "clocks of children"
        case .cgroup: "the root of control groups"
        case .user: "user and group ids"
        }
    }
}

extension CapabilityFilter.Set: NamedValue {
    var meaning: String {
        switch self {
        case .effective: "what the kernel checks"
        case .inheritable: "what survives an execve"
        case .permitted: "what the process may make effective"
        }
    }
}
