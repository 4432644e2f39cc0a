extension Rules {
    mutating func readLists(of spec: Value) {
        let values = spec.list("lists")
        lists.areComplete =
            !spec.refused.contains("lists") && values.allSatisfy { $0["name"] != nil }
        checkSize(of: values)
        var names: Set<String> = []
        for value in values {
            let type = value["type"]?.text.flatMap(ListType.init)
            let entries = type.map { self.values(of: value, $0) } ?? []
            let pattern = type.flatMap { self.pattern(of: value, $0) }
            guard let field = value["name"], let name = field.text else { continue }
            if !names.insert(name).inserted {
                report(
                    .conflict, field, "there are two lists \(name.quoted)",
                    hint: "give each list a name of its own")
            }
            lists.entries.append(
                .init(
                    value: value, name: name, type: type, values: entries,
                    reading: type == .unspecified ? .init(entries) : .functions, pattern: pattern))
        }
    }

    /// A list that no hook names does nothing, as far as the document could be read.
    mutating func checkEveryListIsUsed() {
        guard isEverythingRead, lists.missing == 0 else { return }
        for list in lists.entries where !lists.used.contains(list.name) {
            report(
                severity: .warning, .noEffect, list.value,
                "no hook uses the list \(list.name.quoted)",
                hint: "name it as call: \"list:\(list.name)\", or remove it")
        }
    }

    private mutating func checkSize(of lists: [Value]) {
        var total = 0
        for list in lists {
            let count = list.list("values").count
            total += count
            guard total > PolicyFormat.listValues, let values = list["values"] else { continue }
            report(
                .tooMany, values,
                "up to here the lists have \(total) values; at most \(PolicyFormat.listValues) are "
                    + "allowed",
                hint: "use a list of the type generated_syscalls or generated_ftrace")
            return
        }
    }
}
