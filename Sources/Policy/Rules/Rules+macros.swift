/// A part of selectors that `spec.selectorsMacros` names.
struct Macro {
    let value: Value
    /// How many values it stands for.
    let size: Int
}

extension Rules {
    mutating func readMacros(of spec: Value) {
        guard case .object(let object)? = spec["selectorsMacros"]?.content else { return }
        for (name, macro) in object.fields.sorted(by: { $0.key < $1.key }) {
            macros[name] = Macro(value: macro, size: macro.size)
            guard let inner = macro["macros"], !macro.list("macros").isEmpty else { continue }
            report(
                .conflict, inner, at: inner.keyPosition, "a macro cannot contain macros",
                hint: "write the filters of those macros out")
        }
    }

    /// The selector with what its macros add; each kind of filter can come from one place only.
    mutating func withMacros(_ selector: Value) -> Value {
        guard case .object(var object) = selector.content else { return selector }
        for entry in selector.list("macros") {
            guard let name = entry.text, let found = macros[name],
                case .object(let macro) = found.value.content
            else {
                reportUnknownMacro(entry)
                object.refused.insert("macros")
                continue
            }
            guard countMacro(found.size, entry) else {
                object.refused.insert("macros")
                break
            }
            for (field, value) in macro.fields.sorted(by: { $0.key < $1.key })
            where field != "macros" {
                if object.fields[field] == nil {
                    object.fields[field] = value
                } else if field != "label" {
                    report(
                        .conflict, entry,
                        "the selector has \(field.quoted), and so has the macro \(name.quoted)",
                        hint: "leave \(field) to one of the two")
                }
            }
            object.refused.formUnion(macro.refused)
        }
        object.fields["macros"] = nil
        return Value(
            content: .object(object), pointer: selector.pointer, position: selector.position,
            keyPosition: selector.keyPosition)
    }

    /// Whether there is room for a macro's values once more, which bounds the work.
    private mutating func countMacro(_ size: Int, _ entry: Value) -> Bool {
        let before = tally.macroValues
        tally.macroValues += size
        guard tally.macroValues > DocumentLimit.aliasedSize else { return true }
        if before <= DocumentLimit.aliasedSize {
            report(
                .tooMany, entry,
                "the macros stand for more than \(DocumentLimit.aliasedSize) values",
                hint: "use fewer selectors with macros, or shorter ones")
        }
        return false
    }

    private mutating func reportUnknownMacro(_ entry: Value) {
        guard let name = entry.text, isEverythingRead else { return }
        let known = macros.keys
        report(
            .invalidValue, entry, "there is no macro \(name.quoted)",
            hint: nearest(to: name, in: known.sorted().prefix(64)).map {
                "did you mean \($0.quoted)?"
            } ?? "add it to spec.selectorsMacros")
    }
}
