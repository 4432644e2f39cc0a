import CWire
import Policy

extension Resolver {
    /// A tracepoint of tracefs, and where its record has the fields.
    mutating func tracepoint(subsystem: String, event: String) -> [TargetGroup] {
        guard let found = facts.tracepoint(event, of: subsystem) else {
            unknownTracepoint(subsystem: subsystem, event: event)
            return []
        }
        let sources = hook.arguments.map { field($0, of: event, in: found) }
        guard sources.allSatisfy({ $0 != nil }) else { return [] }
        return [
            TargetGroup(
                subject: .tracepoint(subsystem: subsystem, event: event, id: found.id),
                sources: sources.compactMap { $0 })
        ]
    }

    private mutating func unknownTracepoint(subsystem: String, event: String) {
        let names = facts.tracepointNames(of: subsystem)
        let hint: String? =
            if names.isEmpty {
                nearest(to: subsystem, in: facts.tracepointSubsystems()).map {
                    "did you mean the subsystem \($0)?"
                }
            } else {
                nearest(to: event, in: names).map { "did you mean \(subsystem)/\($0)?" }
            }
        missing(
            NamedTarget(event, at: hook.target),
            names.isEmpty
                ? "this kernel has no tracepoints of a subsystem \(subsystem)"
                : "this kernel has no tracepoint \(subsystem)/\(event)",
            hint: hint ?? "/sys/kernel/tracing/available_events lists them")
    }

    private mutating func field(
        _ argument: Argument, of event: String, in tracepoint: TracepointFacts
    ) -> ValueSource? {
        if argument.type == .nop { return ValueSource(type: .nop) }
        let declaration = tracepoint.fields.enumerated()
            .map { "\($0) \($1.parameter.declaration)" }.joined(separator: ", ")
        guard argument.index < tracepoint.fields.count else {
            report(
                .error, .outOfRange, argument.pointer + "/index", argument.position,
                "\(event) has no field \(argument.index)", hint: "its fields: \(declaration)")
            return nil
        }
        let field = tracepoint.fields[argument.index]
        let declared = "field \(argument.index) of \(event) is \(field.parameter.declaration)"
        // BPF programs find the caller's registers in place of what all tracepoints have.
        guard field.offset >= 8 else {
            report(
                .error, .kernelLacks, argument.pointer + "/index", argument.position,
                "\(declared), which the kernel does not show to BPF programs",
                hint: "every event has the process and the thread")
            return nil
        }
        guard let type = type(argument, of: field, declared: declared) else { return nil }
        let isText = type == .string && (field.isLocation || field.elements != nil)
        let size = field.isLocation ? Int(SPEC_FIELD_LOCATION) : isText ? 1 : field.parameter.bytes
        return ValueSource(type: type, fieldSize: size, fieldOffset: field.offset)
    }

    /// The type to read a field as, where it can be.
    private mutating func type(
        _ argument: Argument, of field: TracepointFacts.Field, declared: String
    ) -> ArgumentType? {
        let parameter = field.parameter
        // `char[16]`, and `char[]` of what lies elsewhere.
        let isCharacters = parameter.type.prefix { $0 != "[" }.hasSuffix("char")
        if field.isLocation || field.elements != nil {
            guard isCharacters, [.auto, .string, .dataLocation].contains(argument.type) else {
                report(
                    .error, .wrongType, argument.pointer + "/type", argument.position,
                    isCharacters
                        ? "\(declared), a text" : "\(declared), an array that is not supported yet",
                    hint: isCharacters ? "use string" : "use nop to leave it out")
                return nil
            }
            return .string
        }
        var type = argument.type
        if type == .auto { type = ArgumentType(fitting: parameter) }
        guard type != .dataLocation else {
            report(
                .error, .wrongType, argument.pointer + "/type", argument.position,
                "\(declared), which is not __data_loc", hint: "use auto")
            return nil
        }
        let problems = typeProblems(argument, as: type, parameter: parameter, declared: declared)
        for problem in problems {
            report(
                problem.severity, problem.code, problem.pointer, problem.position, problem.message,
                hint: problem.hint)
        }
        return problems.contains { $0.severity == .error } ? nil : type
    }

    /// A tracepoint with the parameters of its TP_PROTO.
    mutating func rawTracepoint(subsystem: String, event: String) -> [TargetGroup] {
        guard let found = facts.rawTracepoint(event) else {
            unknownTracepoint(subsystem: subsystem, event: event)
            return []
        }
        for problem in parameterProblems(of: event, found.parameters) {
            report(
                problem.severity, problem.code, problem.pointer, problem.position, problem.message,
                hint: problem.hint)
        }
        guard hook.arguments.allSatisfy({ $0.index < found.parameters.count }) else { return [] }
        let sources = hook.arguments.map { argument in
            let parameter = found.parameters[argument.index]
            return ValueSource(
                type: argument.type == .auto ? ArgumentType(fitting: parameter) : argument.type,
                parameter: argument.index)
        }
        return [
            TargetGroup(
                subject: .rawTracepoint(subsystem: subsystem, event: event), sources: sources)
        ]
    }
}

extension ArgumentType {
    /// What the kernel's declaration makes of a value: `auto`.
    init(fitting parameter: Parameter) {
        self =
            switch (parameter.bytes, parameter.isSigned) {
            case _ where parameter.isText: .string
            case _ where parameter.isPointer: .uint64
            case (1, true): .int8
            case (1, false): .uint8
            case (2, true): .int16
            case (2, false): .uint16
            case (4, true): .int32
            case (4, false): .uint32
            case (_, true): .int64
            case (_, false): .uint64
            }
    }
}
