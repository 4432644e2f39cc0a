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
                suggestion(for: subsystem) { $0.tracepointSubsystems() }.map {
                    "did you mean the subsystem \($0)?"
                }
            } else {
                suggestion(for: event) { _ in names }.map { "did you mean \(subsystem)/\($0)?" }
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
        let size: Int =
            switch field.location {
            case .inPlace: field.isArray ? 1 : field.parameter.bytes
            case .fromRecord, .fromField: Int(SPEC_FIELD_LOCATION)
            }
        return ValueSource(type: type, fieldSize: size, fieldOffset: field.offset)
    }

    /// The type to read a field as, where it can be.
    private mutating func type(
        _ argument: Argument, of field: TracepointFacts.Field, declared: String
    ) -> ArgumentType? {
        func refuse(_ why: String, hint: String) -> ArgumentType? {
            report(
                .error, .wrongType, argument.pointer + "/type", argument.position,
                "\(declared), \(why)", hint: hint)
            return nil
        }
        let asText: [ArgumentType] = [.string, .dataLocation]
        let leaveOut = "use nop to leave it out"
        guard field.location != .fromField else {
            return refuse("a __rel_loc, which is not supported yet", hint: leaveOut)
        }
        if field.isArray {
            switch field.elementKind {
            case .text where asText.contains(argument.type) || argument.type == .auto:
                return .string
            case .text: return refuse("a text", hint: "use string")
            case .bytes where asText.contains(argument.type): return .string
            case .bytes:
                return refuse(
                    "an array that is not supported yet",
                    hint: "use string where it holds a text, or nop to leave it out")
            case .other: return refuse("an array that is not supported yet", hint: leaveOut)
            }
        }
        guard argument.type != .dataLocation else {
            return refuse("which is not __data_loc", hint: "use auto")
        }
        guard [1, 2, 4, 8].contains(field.parameter.bytes) else {
            return refuse("a structure that is not supported yet", hint: leaveOut)
        }
        let type =
            argument.type == .auto ? ArgumentType(fitting: field.parameter) : argument.type
        let problems = typeProblems(
            Reading(argument, as: type), parameter: field.parameter, declared: declared)
        report(problems)
        return problems.contains { $0.severity == .error } ? nil : type
    }

    /// A tracepoint with the parameters of its TP_PROTO.
    mutating func rawTracepoint(subsystem: String, event: String) -> [TargetGroup] {
        guard let found = facts.rawTracepoint(event) else {
            unknownTracepoint(subsystem: subsystem, event: event)
            return []
        }
        report(parameterProblems(of: event, found.parameters))
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

extension TracepointFacts.Field {
    /// What an array is made of.
    fileprivate enum ElementKind {
        case text, bytes, other
    }

    /// Whether the record has several of its elements, or its declaration says so.
    fileprivate var isArray: Bool {
        elements != nil || location != .inPlace || parameter.type.hasSuffix("]")
    }

    /// `char[16]` is a text; what has a sign, or is called a byte, may be anything.
    fileprivate var elementKind: ElementKind {
        let words = parameter.type.prefix { $0 != "[" }.split(separator: " ")
            .filter { $0 != "const" }.joined(separator: " ")
        return switch words {
        case "char": .text
        case "signed char", "unsigned char", "s8", "u8", "__s8", "__u8", "int8_t", "uint8_t": .bytes
        default: .other
        }
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
