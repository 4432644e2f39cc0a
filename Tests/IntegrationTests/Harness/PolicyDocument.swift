/// A policy, written as the YAML that users upload.
struct PolicyDocument {
    var name: String
    var hooks: [Hook]
    /// `spec.options`, such as `attach-method`.
    var options: KeyValuePairs<String, String> = [:]
    /// Such as `kprobes`; a hook of `tracepoints` calls itself `SUBSYSTEM/EVENT`.
    var section = "kprobes"
    /// `spec.lists`, each written as YAML, such as `{name: pipes, values: [sys_pipe]}`.
    var lists: [String] = []

    /// One hook.
    ///
    /// Its parts are written as YAML, so that a test shows what a user would write.
    struct Hook {
        /// Such as `sys_pipe2`.
        var call: String
        /// Whether `call` is a system call: `syscall`.
        var isSystemCall = true
        /// Such as `{index: 0, type: int}`, in order.
        var args: [String] = []
        /// Such as `{index: 0, type: int}`; without it the hook has no `return`.
        var result: String?
        /// The filters of each selector, such as `{operator: In, values: [1]}`.
        var selectors: [[String]]
        /// More fields of each selector, such as `matchActions: [{action: Sigkill}]`.
        var selectorFields: [[String]] = []
        /// More fields, such as `message: "text"`.
        var more: [String] = []
    }

    init(_ name: String, _ hooks: Hook...) {
        self.name = name
        self.hooks = hooks
    }

    var yaml: String {
        var lines = [
            "apiVersion: cilium.io/v1alpha1", "kind: TracingPolicy", "metadata:", "  name: \(name)",
            "spec:",
        ]
        if !options.isEmpty { lines.append("  options:") }
        lines += options.map { "    - {name: \($0.key), value: \($0.value)}" }
        if !lists.isEmpty { lines.append("  lists:") }
        lines += lists.map { "    - " + $0 }
        lines.append("  \(section):")
        for hook in hooks {
            let name = hook.call.split(separator: "/")
            lines +=
                section == "tracepoints"
                ? ["    - subsystem: \(name[0])", "      event: \(name[1])"]
                : ["    - call: \(hook.call)", "      syscall: \(hook.isSystemCall)"]
            if !hook.args.isEmpty { lines.append("      args:") }
            lines += hook.args.map { "        - " + $0 }
            if let result = hook.result {
                lines += ["      return: true", "      returnArg: \(result)"]
            }
            lines += hook.more.map { "      " + $0 }
            if !hook.selectors.isEmpty { lines.append("      selectors:") }
            for (number, filters) in hook.selectors.enumerated() {
                lines.append("        - matchPIDs:")
                lines += filters.map { "            - " + $0 }
                guard number < hook.selectorFields.count else { continue }
                lines += hook.selectorFields[number].map { "          " + $0 }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Takes calls of these processes only.
    static func only(_ pids: Int...) -> [[String]] {
        [["{operator: In, values: [\(list(pids))]}"]]
    }

    /// Takes calls of these processes and of all that descend from them.
    static func family(_ pids: Int...) -> [[String]] {
        [["{operator: In, followForks: true, values: [\(list(pids))]}"]]
    }

    private static func list(_ pids: [Int]) -> String {
        pids.map(String.init).joined(separator: ", ")
    }
}

extension PolicyDocument.Hook {
    /// The same hook, whose selectors do this.
    func acting(_ actions: String...) -> Self {
        var hook = self
        hook.selectorFields = actions.map { ["matchActions: [\($0)]"] }
        return hook
    }

    /// A hook on a kernel function.
    static func function(
        _ name: String, _ args: [String], result: String? = nil, _ selectors: [[String]]
    ) -> Self {
        Self(call: name, isSystemCall: false, args: args, result: result, selectors: selectors)
    }

    /// Reports pipe2 with both descriptors, the flags and the result.
    static func pipe2(_ selectors: [[String]]) -> Self {
        Self(
            call: "sys_pipe2",
            args: [
                "{index: 0, type: int32_arr, label: pipefd, returnCopy: true}",
                "{index: 1, type: int, label: flags}",
            ],
            result: "{index: 0, type: int}", selectors: selectors)
    }
}

extension JSON {
    /// The arguments that ``PolicyDocument/Hook/pipe2(_:)`` reports of a call that succeeded.
    static func pipe2(_ descriptors: [Int], flags: Int = 0) -> JSON {
        [
            .values(descriptors, label: "pipefd"),
            ["int_arg": .number(flags), "label": "flags"],
        ]
    }

    /// An argument or a result that is an error's number or any other int.
    static func int(_ value: Int, label: String? = nil) -> JSON {
        labelled(["int_arg": .number(value)], label)
    }

    /// An argument that could not be reported.
    static func missing(_ reason: Missing, label: String? = nil) -> JSON {
        labelled(["error_arg": ["Message": .string(reason.rawValue)]], label)
    }

    /// Why an argument has no value.
    enum Missing: String {
        case null = "NULL pointer"
        case fault = "bad address: the memory could not be read"
        case notWritten = "not written: the call failed"
    }

    private static func labelled(_ argument: JSON, _ label: String?) -> JSON {
        var argument = argument
        if let label { argument["label"] = .string(label) }
        return argument
    }

    /// An `int32_arr` argument.
    static func values(_ values: [Int], label: String? = nil) -> JSON {
        labelled(["int32_list_arg": ["values": .array(values.map(JSON.number))]], label)
    }
}
