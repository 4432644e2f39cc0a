extension Rules {
    /// The most parameters that a raw tracepoint's program can read: MAX_BPF_FUNC_ARGS.
    private static let parameters = 12

    /// A hook of `tracepoints`.
    mutating func tracepoint(_ value: Value) -> Hook? {
        let isRaw = value.enabled("raw") != nil
        let arguments = fields(of: value, isRaw: isRaw)
        let message = message(of: value)
        let selectors = selectors(of: value)
        let subsystem = tracepointName(value["subsystem"])
        let event = tracepointName(value["event"])
        guard let name = value["event"], let subsystem, let event else { return nil }
        let target = Target(
            written: "\(subsystem)/\(event)",
            kind: isRaw
                ? .rawTracepoint(subsystem: subsystem, event: event)
                : .tracepoint(subsystem: subsystem, event: event),
            pointer: name.pointer, position: name.position)
        let method = methodAsked(
            for: target, a: target.kind.noun, attachableBy: [isRaw ? .rawTracepoint : .tracepoint])
        return Hook(
            pointer: value.pointer, position: value.position, target: target, method: method,
            excludedMethods: [], toleratesMissing: false, arguments: arguments, result: nil,
            message: message, tags: tags(of: value), selectors: selectors)
    }

    private mutating func fields(of hook: Value, isRaw: Bool) -> [Argument] {
        var seen: Set<Int> = []
        return hook.list("args").compactMap { value in
            let index = index(of: value, newIn: &seen)
            if isRaw, let index, index >= Self.parameters, let wrong = value["index"] {
                report(
                    .outOfRange, wrong,
                    "\"index\" is \(index); it must be from 0 to \(Self.parameters - 1)",
                    hint: "raw: true counts the parameters of TP_PROTO from 0, not fields")
            }
            guard let type = type(of: value), let index else { return nil }
            if isRaw, type == .dataLocation, let wrong = value["type"] {
                report(
                    .notApplicable, wrong, "data_loc is a field, and raw: true has parameters",
                    hint: "use string where the parameter points to a text, or remove raw")
            }
            return Argument(
                index: index, type: type, label: label(of: value), isCopiedAtReturn: false,
                count: nil, pointer: value.pointer, position: value.position)
        }
    }

    /// A name that tracefs can have; some subsystems are named for modules, with "-".
    private mutating func tracepointName(_ value: Value?) -> String? {
        guard let value, let name = value.text else { return nil }
        let isName = name.unicodeScalars.allSatisfy { letter in
            letter.isASCII
                && (letter.properties.isAlphabetic || ("0"..."9").contains(letter)
                    || letter == "_" || letter == "-")
        }
        guard isName else {
            report(
                .invalidValue, value, "\(name.quoted) is not the name of a tracepoint's part",
                hint: "a name has letters, digits, \"_\" and \"-\", such as subsystem: sched, "
                    + "event: sched_process_exec")
            return nil
        }
        return name
    }
}
