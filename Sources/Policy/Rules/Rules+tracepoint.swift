extension Rules {
    /// What the hook's `subsystem` and `event` name.
    mutating func tracepointTarget(of hook: Value) -> Target? {
        let subsystem = tracepointName(hook["subsystem"])
        let event = tracepointName(hook["event"])
        guard let name = hook["event"], let subsystem, let event else { return nil }
        return Target(
            written: "\(subsystem)/\(event)",
            kind: hook.enabled("raw") != nil
                ? .rawTracepoint(subsystem: subsystem, event: event)
                : .tracepoint(subsystem: subsystem, event: event),
            pointer: name.pointer, position: name.position)
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
