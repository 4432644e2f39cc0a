/// What `spec.lists` says.
struct NamedLists {
    /// What a list without a type holds, by its values' names.
    enum Reading {
        case functions
        /// Every value has the prefix of a system call; here without it, each once.
        case systemCalls([CallList.Entry])
        /// Some have it; this is the first of those that are fewer.
        case mixed(odd: CallList.Entry, isSystemCall: Bool)
    }

    /// One list, before a hook says how to read it.
    struct Entry {
        let value: Value
        let name: String
        /// Nil where the schema refused it.
        let type: ListType?
        /// As the document spells them but for prefixes of the type `syscalls`; each once.
        let values: [CallList.Entry]
        /// For lists without a type; worked out once, since many hooks may name one long list.
        let reading: Reading
        /// For `generated_ftrace` only, where it is sound.
        let pattern: String?
    }

    var entries: [Entry] = []
    /// Whether every list that the document may have is known by name.
    var areComplete = true
    /// The lists that a hook's call names.
    var used: Set<String> = []
    /// How many calls name a list that is not there, perhaps one that is, misspelled.
    var missing = 0
    /// The lists of which it was said that system calls and functions are mixed.
    var mixed: Set<String> = []
}

extension NamedLists.Reading {
    init(_ values: [CallList.Entry]) {
        let names = values.map {
            SystemCallName.withoutPrefix($0.name).flatMap { $0.isEmpty ? nil : $0 }
        }
        let systemCalls = names.count { $0 != nil }
        let isFunctionOdd = values.count - systemCalls <= systemCalls
        guard systemCalls > 0 else {
            self = .functions
            return
        }
        if systemCalls < values.count,
            let place = names.firstIndex(where: { ($0 == nil) == isFunctionOdd })
        {
            self = .mixed(odd: values[place], isSystemCall: !isFunctionOdd)
            return
        }
        var seen: Set<String> = []
        self = .systemCalls(
            zip(values, names).compactMap { value, name in
                guard let name, seen.insert(name).inserted else { return nil }
                return CallList.Entry(name: name, pointer: value.pointer, position: value.position)
            })
    }
}
