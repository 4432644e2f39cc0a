/// The policy format as data: one entry per field, each with everything that is known about it.
///
/// A field is an entry here and, where it means something to a hook, a line in `Rules`. Whether this
/// version of the service serves it is another matter: see `Unserved`.
enum PolicyFormat {
    static let apiVersion = "cilium.io/v1alpha1"

    static let document = ObjectSchema(
        "the document", as: "TracingPolicy", "What to trace, and how to name it.",
        [
            Field(
                "apiVersion", .choice([Choice(apiVersion)]), required: true,
                "The version of the format, \(apiVersion).", example: apiVersion),
            Field(
                "kind", .choice(of: PolicyKind.self), required: true,
                "What the document is: TracingPolicy.", example: "TracingPolicy"),
            Field(
                "metadata", .object(metadata), required: true, "The policy's name.",
                example: "{name: pipes}"),
            Field(
                "spec", .object(spec), required: true, "What to trace.",
                example: "{kprobes: [{call: sys_pipe2}]}"),
        ])

    private static let metadata = ObjectSchema(
        "metadata", as: "PolicyMetadata", "The policy's name, and notes that the service ignores.",
        [
            Field(
                "name", .text(), required: true,
                "The name that the API knows the policy by: lower-case letters, digits, - and .",
                example: "pipes"),
            Field(
                "namespace", .text(1...63),
                "The Kubernetes namespace of a TracingPolicyNamespaced; default without it.",
                example: "payments"),
            Field("labels", .map(.text()), "Notes; not used.", example: "{team: storage}"),
            Field("annotations", .map(.text()), "Notes; not used.", example: "{author: me}"),
        ] + setByKubernetes)

    private static let setByKubernetes = [
        Field("generateName", .text(), "Set for Kubernetes; not used.", example: "pipes-"),
        Field(
            "uid", .text(), "Set by Kubernetes; not used.",
            example: "0c9b6b0e-5d2f-4f9b-9f07-3e3b6a1d8a11"),
        Field("resourceVersion", .text(), "Set by Kubernetes; not used.", example: "\"1041\""),
        Field("generation", .integer(0...Int.max), "Set by Kubernetes; not used.", example: "1"),
        Field(
            "creationTimestamp", .text(), "Set by Kubernetes; not used.",
            example: "\"2026-11-23T09:02:58Z\""),
        Field(
            "deletionTimestamp", .text(), "Set by Kubernetes; not used.",
            example: "\"2026-11-23T09:02:58Z\""),
        Field(
            "deletionGracePeriodSeconds", .integer(0...Int.max), "Set by Kubernetes; not used.",
            example: "30"),
        Field(
            "selfLink", .text(), "Set by Kubernetes; not used.",
            example: "/apis/cilium.io/v1alpha1/tracingpolicies/pipes"),
        Field(
            "managedFields", .list(.anything, count: 0...1000), "Set by Kubernetes; not used.",
            example: "[]"),
        Field(
            "ownerReferences", .list(.anything, count: 0...1000), "Set by Kubernetes; not used.",
            example: "[]"),
        Field(
            "finalizers", .list(.text(), count: 0...1000), "Set by Kubernetes; not used.",
            example: "[]"),
    ]

    private static func hooks(
        _ section: HookSection, _ schema: ObjectSchema, _ doc: String, example: String
    ) -> Field {
        Field(
            section.rawValue, .list(.object(schema), count: 1...256), doc, example: example,
            hint: "list from 1 to 256 hooks; an empty list is nothing to trace")
    }

    private static let spec = ObjectSchema(
        "spec", as: "PolicySpec",
        "What to trace: hooks of one section, or loader, and what goes with them.",
        [
            hooks(
                .kprobes, call, "Hooks on system calls and kernel functions.",
                example: "[{call: sys_pipe2}]"),
            hooks(
                .fentries, call, "The same, attached by BPF trampolines and no other way.",
                example: "[{call: do_pipe2, syscall: false}]"),
            hooks(
                .tracepoints, tracepoint, "Hooks on the kernel's tracepoints.",
                example: "[{subsystem: sched, event: sched_process_exec}]"),
            hooks(
                .uprobes, uprobe, "Hooks on functions of programs and libraries.",
                example: "[{path: /bin/bash, symbols: [readline]}]"),
            hooks(
                .usdts, usdt, "Hooks on the static probes of programs and libraries.",
                example:
                    "[{path: /usr/bin/python3, provider: python, name: import__find__load__start}]"
            ),
            hooks(
                .lsmhooks, securityHook, "Hooks on the kernel's security decisions.",
                example: "[{hook: file_open}]"),
            .flag("loader", "Whether to report every executable mapping, with its build id."),
            Field(
                "lists", .list(.object(list), count: 0...1000),
                "Named lists of functions and system calls.",
                example: "[{name: pipes, type: syscalls, values: [sys_pipe, sys_pipe2]}]",
                hint: "a policy has at most 1000 lists"),
            Field(
                "enforcers", .list(.object(enforcer), count: 0...1),
                "The calls at which NotifyEnforcer takes effect.",
                example: "[{calls: [sys_dup]}]",
                hint: "a policy has one enforcer; list all of its calls there"),
            Field(
                "options", .list(.object(option), count: 0...64),
                "Settings of this policy alone.",
                example: "[{name: attach-method, value: kprobe}]",
                hint: "set each option once"),
            Field(
                "podSelector", .object(labelSelector), "The pods that the policy is for.",
                example: "{matchLabels: {app: web}}"),
            Field(
                "containerSelector", .object(labelSelector),
                "The containers that the policy is for; name is the one field they have.",
                example: "{matchExpressions: [{key: name, operator: In, values: [main]}]}"),
            Field(
                "hostSelector", .object(labelSelector),
                "With {}, that the policy is for the host's own processes.", example: "{}"),
            Field(
                "nodeSelector", .object(labelSelector), "The nodes that the policy is for.",
                example: "{matchLabels: {zone: a}}"),
            Field(
                "selectorsMacros", .map(.object(selector)),
                "Parts of selectors by name, which selectors take under macros.",
                example: "{shells: {matchBinaries: [{operator: In, values: [/bin/bash]}]}}"),
        ])

    private static let enforcer = ObjectSchema(
        "an enforcer", as: "Enforcer", "Calls that are ended when NotifyEnforcer asks for it.",
        [
            Field(
                "calls", .list(symbol, count: 1...256), required: true,
                "System calls, security_ functions, or a list as list:NAME.",
                example: "[sys_dup, \"list:dups\"]",
                hint: "name at least one call, such as sys_dup")
        ])
}

/// What a document is.
enum PolicyKind: String, NamedValue {
    case cluster = "TracingPolicy"
    case namespaced = "TracingPolicyNamespaced"

    var meaning: String {
        switch self {
        case .cluster: "a policy for the whole machine"
        case .namespaced: "a policy for the pods of one namespace"
        }
    }
}

/// A section of `spec` that has hooks.
enum HookSection: String, CaseIterable {
    case kprobes, fentries, tracepoints, uprobes, usdts, lsmhooks

    /// A hook of the section in a sentence.
    var noun: String {
        switch self {
        case .kprobes: "a kprobe"
        case .fentries: "a hook of fentries"
        case .tracepoints: "a tracepoint"
        case .uprobes: "a uprobe"
        case .usdts: "a static probe"
        case .lsmhooks: "a security hook"
        }
    }
}
