/// What the selectors of a hook can look at.
struct FilterScope {
    let hook: Value
    let section: HookSection
    let target: Target?
    let arguments: [Argument]
    let data: [DataValue]
    let result: ReturnValue?
}

extension Rules {
    /// A selector with the filters of its macros.
    mutating func selector(_ written: Value, in scope: FilterScope) -> Selector {
        let value = withMacros(written)
        checkIsFilter(value)
        let selector = Selector(
            label: value["label"]?.text, processes: value.list("matchPIDs").map { process($0) },
            binaries: value.list("matchBinaries").map { binary($0) },
            parentBinaries: value.list("matchParentBinaries").map { binary($0) },
            namespaces: value.list("matchNamespaces").compactMap { namespace($0) },
            namespaceChanges: value.list("matchNamespaceChanges").map { namespaceChange($0) },
            capabilities: value.list("matchCapabilities").map { capability($0) },
            capabilityChanges: value.list("matchCapabilityChanges").map { capability($0) },
            workloads: value.list("matchWorkloads").map { workload($0) },
            arguments: value.list("matchArgs").compactMap { filter($0, on: .argument, in: scope) },
            data: value.list("matchData").compactMap { filter($0, on: .data, in: scope) },
            results: value.list("matchReturnArgs").compactMap {
                filter($0, on: .result, in: scope)
            },
            actions: actions(value, "matchActions", in: scope),
            returnActions: actions(value, "matchReturnActions", in: scope))
        checkBudget(of: value)
        return selector
    }

    private mutating func checkIsFilter(_ selector: Value) {
        guard selector.refused.isEmpty, case .object(let object) = selector.content else { return }
        let says = object.fields.values.contains { value in
            guard case .list(let entries) = value.content else { return false }
            return !entries.isEmpty
        }
        guard !says else { return }
        report(
            severity: .warning, .matchesEverything, selector,
            "the selector has no filter and so matches every call",
            hint: "add matchPIDs, or remove the selector")
    }

    private mutating func checkBudget(of selector: Value) {
        let data = selector.list("matchData")
        let excess = selector.list("matchArgs").count + data.count - 5
        guard excess > 0, excess <= data.count else { return }
        report(
            .tooMany, data[data.count - excess],
            "matchArgs and matchData have \(5 + excess) entries; at most 5 are allowed together",
            hint: "use several selectors where one of the filters is enough")
    }

    // MARK: - Processes

    private mutating func process(_ value: Value) -> ProcessFilter {
        let isOfNamespace = value.enabled("isNamespacePID") != nil
        let values = value.list("values")
        if !isOfNamespace, let idle = values.first(where: { $0.number == 0 }) {
            report(
                .outOfRange, idle,
                "process 0 is the kernel's idle task and makes no calls; use ids from 1 to 4194304",
                hint: "0 means something with isNamespacePID: true only, a process outside of the "
                    + "namespace")
        }
        return ProcessFilter(
            isNegated: value["operator"]?.text == "NotIn",
            processes: values.compactMap(\.number).compactMap(UInt32.init(exactly:)),
            followsForks: value.enabled("followForks") != nil, isOfNamespace: isOfNamespace,
            pointer: value.pointer, position: value.position)
    }

    private mutating func binary(_ value: Value) -> BinaryFilter {
        let name = value["operator"]?.text ?? ""
        let (part, limit): (BinaryFilter.Part, Int) =
            if name.hasSuffix("Prefix") {
                (.start, 256)
            } else if name.hasSuffix("Postfix") {
                (.end, 127)
            } else {
                (.whole, 255)
            }
        for entry in value.list("values") {
            checkBinary(entry, name, part, limit)
        }
        let follows = value.enabled("followChildren")
        if let follows, part != .whole {
            report(
                .conflict, follows, at: follows.keyPosition,
                "\"followChildren\" goes with In and NotIn, not with \(name)",
                hint: "list whole paths, or remove followChildren")
        }
        return BinaryFilter(
            part: part, isNegated: name.hasPrefix("Not"),
            paths: value.list("values").compactMap(\.text), followsChildren: follows != nil)
    }

    private mutating func checkBinary(
        _ entry: Value, _ name: String, _ part: BinaryFilter.Part, _ limit: Int
    ) {
        guard let text = entry.text else { return }
        if text.utf8.count > limit {
            report(
                .outOfRange, entry,
                "\(text.quoted) has \(text.utf8.count) bytes; \(name) compares at most \(limit)",
                hint: part == .whole ? "use Postfix with the end of the path" : "shorten it")
        } else if part != .end, !text.hasPrefix("/") {
            report(
                severity: .warning, .noEffect, entry,
                "\(text.quoted) is no beginning of a path: paths of executables start with \"/\"",
                hint: "write the whole path, or use Postfix")
        }
    }

    // MARK: - Namespaces and capabilities

    private mutating func namespace(_ value: Value) -> NamespaceFilter? {
        var inodes: [UInt32] = []
        var includesHost = false
        for entry in value.list("values") {
            guard let text = entry.text else { continue }
            if text == "host_ns" {
                includesHost = true
            } else if let inode = UInt32(text) {
                inodes.append(inode)
            } else {
                report(
                    .invalidValue, entry, "\(text.quoted) is no inode number of a namespace",
                    hint: nearest(to: text, in: ["host_ns"]).map { "did you mean \($0.quoted)?" }
                        ?? "write a number, as ls -l /proc/self/ns shows it, or host_ns")
            }
        }
        guard let kind = value["namespace"]?.text.flatMap(NamespaceKind.init) else { return nil }
        return NamespaceFilter(
            namespace: kind, isNegated: value["operator"]?.text == "NotIn", inodes: inodes,
            includesHost: includesHost)
    }

    private func namespaceChange(_ value: Value) -> NamespaceChangeFilter {
        NamespaceChangeFilter(
            isNegated: value["operator"]?.text == "NotIn",
            namespaces: value.list("values").compactMap { $0.text.flatMap(NamespaceKind.init) })
    }

    private mutating func capability(_ value: Value) -> CapabilityFilter {
        CapabilityFilter(
            set: value["type"]?.text.flatMap(CapabilityFilter.Set.init) ?? .effective,
            isNegated: value["operator"]?.text == "NotIn",
            isOfNamespace: value.enabled("isNamespaceCapability") != nil,
            capabilities: value.list("values").compactMap { entry in
                entry.text.flatMap { capability(named: $0, entry) }
            })
    }

    /// The number of a capability; case and blanks around it do not matter.
    mutating func capability(named text: String, _ value: Value) -> Int? {
        let name = text.trimmingBlanks.uppercased()
        if let number = KernelNames.capabilities.firstIndex(of: name) { return number }
        report(
            .invalidValue, value, "there is no capability \(text.quoted)",
            hint: nearest(to: name, in: KernelNames.capabilities).map {
                "did you mean \($0.quoted)?"
            } ?? "use a name of capabilities(7), such as CAP_SYS_ADMIN")
        return nil
    }
}
