extension Rules {
    /// The workloads that a policy, or a filter of `matchWorkloads`, is for.
    mutating func workload(_ value: Value) -> WorkloadFilter {
        let host = value["hostSelector"]
        if let host, !host.list("matchExpressions").isEmpty || host["matchLabels"] != nil {
            report(
                .invalidValue, host, at: host.keyPosition,
                "\"hostSelector\" has no labels to look at",
                hint: "write hostSelector: {} for the host's own processes, or remove it")
        }
        if let containers = value["containerSelector"] { checkKeys(of: containers) }
        return WorkloadFilter(
            pods: value["podSelector"].map { labelSelector($0) },
            containers: value["containerSelector"].map { labelSelector($0) },
            includesHost: host != nil)
    }

    /// What a policy's own selectors rule out.
    mutating func checkWorkloads(of spec: Value, _ scope: CheckedPolicy.Scope) {
        guard case .namespace = scope else { return }
        if let host = spec["hostSelector"] {
            report(
                .conflict, host, at: host.keyPosition,
                "a TracingPolicyNamespaced is for pods, and \"hostSelector\" for the host",
                hint: "write kind: TracingPolicy, or remove hostSelector")
        }
        for section in [HookSection.uprobes, .usdts] {
            guard let hooks = spec[section.rawValue] else { continue }
            report(
                .conflict, hooks, at: hooks.keyPosition,
                "a TracingPolicyNamespaced cannot have \(section.rawValue)",
                hint: "write kind: TracingPolicy, with a podSelector if need be")
        }
        if let loader = spec.enabled("loader") {
            report(
                .conflict, loader, at: loader.keyPosition,
                "a TracingPolicyNamespaced cannot have \"loader\"",
                hint: "write kind: TracingPolicy")
        }
    }

    // MARK: - Labels

    mutating func labelSelector(_ value: Value) -> LabelSelector {
        var requirements: [LabelSelector.Requirement] = []
        if case .object(let labels)? = value["matchLabels"]?.content {
            for (key, label) in labels.fields.sorted(by: { $0.key < $1.key }) {
                guard isLabel(label) else { continue }
                requirements.append(
                    .init(key: key, comparison: .isIn, values: [label.text ?? ""]))
            }
        }
        for entry in value.list("matchExpressions") {
            if let requirement = requirement(entry) { requirements.append(requirement) }
        }
        return LabelSelector(requirements: requirements)
    }

    private mutating func requirement(_ value: Value) -> LabelSelector.Requirement? {
        let values = value.list("values")
        guard let key = value["key"]?.text, let field = value["operator"], let name = field.text,
            let comparison = LabelSelector.Requirement.Operator(rawValue: name)
        else { return nil }
        let needsValues = comparison == .isIn || comparison == .isNotIn
        if needsValues, values.isEmpty, !value.refused.contains("values") {
            report(
                .missingField, value, "\(name) needs values to compare the label with",
                hint: "add values, or use Exists or DoesNotExist")
        } else if !needsValues, let first = value["values"], !values.isEmpty {
            report(
                .conflict, first, at: first.keyPosition, "\(name) takes no values",
                hint: "remove values, or use In or NotIn")
        }
        return LabelSelector.Requirement(
            key: key, comparison: comparison,
            values: values.filter { isLabel($0) }.compactMap(\.text))
    }

    /// Whether Kubernetes lets a label have the value.
    private mutating func isLabel(_ value: Value) -> Bool {
        guard let text = value.text else { return false }
        func isAlphanumeric(_ letter: Unicode.Scalar) -> Bool {
            letter.isASCII
                && (letter.properties.isAlphabetic || ("0"..."9").contains(letter))
        }
        let scalars = text.unicodeScalars
        let isSound =
            scalars.allSatisfy { isAlphanumeric($0) || "-_.".unicodeScalars.contains($0) }
            && scalars.first.map(isAlphanumeric) ?? true && scalars.last.map(isAlphanumeric) ?? true
        if !isSound {
            report(
                .invalidValue, value, "\(text.quoted) cannot be the value of a label",
                hint:
                    "use letters, digits, \"-\", \"_\" and \".\", with a letter or digit at both ends"
            )
        }
        return isSound
    }

    /// Containers have one field.
    private mutating func checkKeys(of selector: Value) {
        if case .object(let labels)? = selector["matchLabels"]?.content {
            for (key, label) in labels.fields.sorted(by: { $0.key < $1.key }) where key != "name" {
                reportKey(key, label, at: label.keyPosition)
            }
        }
        for entry in selector.list("matchExpressions") {
            if let field = entry["key"], let key = field.text, key != "name" {
                reportKey(key, field, at: field.position)
            }
        }
    }

    private mutating func reportKey(_ key: String, _ value: Value, at position: SourcePosition) {
        report(
            .invalidValue, value, at: position, "containers have no field \(key.quoted)",
            hint: "use name, or podSelector for the labels of pods")
    }
}
