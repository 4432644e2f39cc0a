/// The policy format as data: one entry per field, each with everything that is known about it.
///
/// A field that is served is an entry here and, where it means something to a hook, a line in `Rules`.
enum PolicyFormat {
    static let apiVersion = "cilium.io/v1alpha1"

    static let document = ObjectSchema(
        "the document", "What to trace, and how to name it.",
        [
            Field(
                "apiVersion", .choice([Choice(apiVersion)]), required: true,
                "The version of the format, \(apiVersion)."),
            Field(
                "kind", .choice(["TracingPolicy", Choice("TracingPolicyNamespaced", .later)]),
                required: true, "What the document is, TracingPolicy."),
            Field("metadata", .object(metadata), required: true, "The policy's name."),
            Field("spec", .object(spec), required: true, "What to trace."),
        ])

    private static let metadata = ObjectSchema(
        "metadata", "The policy's name, and notes that the service ignores.",
        [
            Field("name", .text(), required: true, "The name that the API knows the policy by."),
            Field("labels", .map(.text()), "Notes; not used."),
            Field("annotations", .map(.text()), "Notes; not used."),
            .later("namespace", "The Kubernetes namespace of a TracingPolicyNamespaced."),
            .later("generateName", "The start of a name that Kubernetes completes."),
            .later("uid", "Set by Kubernetes."),
            .later("resourceVersion", "Set by Kubernetes."),
            .later("generation", "Set by Kubernetes."),
            .later("creationTimestamp", "Set by Kubernetes."),
            .later("deletionTimestamp", "Set by Kubernetes."),
            .later("deletionGracePeriodSeconds", "Set by Kubernetes."),
            .later("selfLink", "Set by Kubernetes."),
            .later("managedFields", "Set by Kubernetes."),
            .later("ownerReferences", "Set by Kubernetes."),
            .later("finalizers", "Set by Kubernetes."),
        ])

    /// The sections of `spec` that put hooks into the kernel.
    static let hookSections = [
        "kprobes", "fentries", "tracepoints", "uprobes", "usdts", "lsmhooks", "loader",
    ]

    /// Those of them that the service serves.
    static let servedSections = hookSections.filter { section in
        spec.fields.contains { $0.name == section && $0.support == .served }
    }

    private static func hooks(_ name: String, _ schema: ObjectSchema, _ doc: String) -> Field {
        Field(
            name, .list(.object(schema), count: 1...256), doc,
            hint: "list from 1 to 256 hooks; an empty list is nothing to trace")
    }

    private static let spec = ObjectSchema(
        "spec", "What to trace.",
        [
            hooks("kprobes", call, "Hooks on system calls and kernel functions."),
            hooks("fentries", call, "Hooks on system calls and functions by BPF trampolines."),
            hooks("tracepoints", tracepoint, "Hooks on the kernel's tracepoints."),
            Field(
                "lists", .list(.object(list), count: 0...1000),
                "Named lists of functions and system calls.",
                hint: "a policy has at most 1000 lists"),
            Field(
                "options", .list(.object(option), count: 0...64),
                "Settings of this policy alone.", hint: "set each option once"),
            .later("uprobes", "Hooks on functions of programs and libraries."),
            .later("usdts", "Hooks on the static probes of programs and libraries."),
            .later("lsmhooks", "Hooks on the kernel's security decisions."),
            .later("loader", "Reports every executable mapping."),
            .later("enforcers", "Calls at which NotifyEnforcer takes effect."),
            .later("podSelector", "The pods that the policy is for."),
            .later("containerSelector", "The containers that the policy is for."),
            .later("hostSelector", "Whether the policy is for the host's own processes."),
            .later("nodeSelector", "The nodes that the policy is for."),
            .later("selectorsMacros", "Named parts of selectors."),
        ])
}
