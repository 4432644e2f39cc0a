import Policy

/// How a hook wants a value to be read: an argument, or the result.
struct Reading {
    let type: ArgumentType
    let count: ElementCount?
    let pointer: String
    let position: SourcePosition

    init(_ argument: Argument, as type: ArgumentType? = nil) {
        self.type = type ?? argument.type
        count = argument.count
        pointer = argument.pointer
        position = argument.position
    }

    init(_ result: ReturnValue) {
        type = result.type
        count = result.count
        pointer = result.pointer
        position = result.position
    }

    fileprivate func problem(
        _ severity: Diagnostic.Severity, _ code: DiagnosticCode, at field: String,
        _ message: String, hint: String
    ) -> Diagnostic {
        Diagnostic(
            severity: severity, code: code, pointer: "\(pointer)/\(field)", position: position,
            message: message, hint: hint)
    }
}

extension Resolver {
    /// What is wrong with the hook's arguments for a call that has these parameters, of a kernel
    /// function in these registers.
    func parameterProblems(
        of name: String, _ parameters: [Parameter], in registers: ParameterRegisters? = nil
    ) -> [Diagnostic] {
        hook.arguments.flatMap { argument -> [Diagnostic] in
            guard argument.index < parameters.count else {
                return [
                    Reading(argument).problem(
                        .error, .outOfRange, at: "index",
                        "\(name) has no parameter \(argument.index)",
                        hint: "its parameters, counted from 0: \(declaration(of: parameters))")
                ]
            }
            let parameter = parameters[argument.index]
            let type = argument.type == .auto ? ArgumentType(fitting: parameter) : argument.type
            let reading = Reading(argument, as: type)
            let declared = "parameter \(argument.index) of \(name) is \(parameter.declaration)"
            let problems =
                typeProblems(reading, parameter: parameter, declared: declared)
                + countProblems(reading, of: name, parameters, in: registers)
            guard let registers, registers[argument.index] == nil, argument.type != .nop,
                problems.isEmpty
            else { return problems }
            return [
                reading.problem(
                    .error, .outOfRange, at: "index", "\(declared), which is passed on the stack",
                    hint: onStack(parameters))
            ]
        }
    }

    private func declaration(of parameters: [Parameter]) -> String {
        parameters.isEmpty ? "none" : parameters.map(\.declaration).joined(separator: ", ")
    }

    private func onStack(_ parameters: [Parameter]) -> String {
        "only what is passed in the 6 registers can be read, and structures take several: "
            + declaration(of: parameters)
    }

    /// What is wrong with the parameter that says how many elements there are.
    func countProblems(
        _ reading: Reading, of name: String, _ parameters: [Parameter],
        in registers: ParameterRegisters?
    ) -> [Diagnostic] {
        guard case .parameter(let index) = reading.count else { return [] }
        func problem(_ code: DiagnosticCode, _ message: String, _ hint: String) -> [Diagnostic] {
            [reading.problem(.error, code, at: "sizeArgIndex", message, hint: hint)]
        }
        let counted = "sizeArgIndex counts from 1: \(declaration(of: parameters))"
        guard index < parameters.count else {
            return problem(.outOfRange, "\(name) has no parameter \(index + 1)", counted)
        }
        let parameter = parameters[index]
        let declared = "sizeArgIndex \(index + 1) of \(name) is \(parameter.declaration)"
        if parameter.bytes > 8 {
            return problem(.wrongType, "\(declared), a structure and no number", counted)
        }
        if let registers, registers[index] == nil {
            return problem(
                .outOfRange, "\(declared), which is passed on the stack", onStack(parameters))
        }
        return []
    }

    /// What is wrong with a value that is declared as `parameter`; `declared` says so.
    func typeProblems(_ reading: Reading, parameter: Parameter, declared: String) -> [Diagnostic] {
        let type = reading.type
        func problem(_ severity: Diagnostic.Severity, _ message: String, _ hint: String)
            -> [Diagnostic]
        {
            [reading.problem(severity, .wrongType, at: "type", message, hint: hint)]
        }
        if type == .nop { return [] }
        if parameter.bytes > 8 {
            return problem(
                .error, "\(declared), a structure that is passed by value",
                "use nop to leave it out")
        }
        if type.readsMemory {
            guard !parameter.isPointer else { return [] }
            // An address may hide in a number of its size.
            if parameter.bytes == 8, hook.target.kind.isOfFunctions {
                return problem(
                    .warning, "\(declared): no pointer for \(type.rawValue) to follow",
                    "make sure that it holds an address")
            }
            return problem(
                .error, "\(declared): no pointer for \(type.rawValue) to follow",
                "use an integer type such as int")
        }
        if parameter.isPointer && ![.size, .uint64, .int64].contains(type) {
            return problem(
                .warning, "\(declared): \(type.rawValue) reports only a part of the address",
                "use uint64 for the address, or string or int32_arr for what it points to")
        }
        return []
    }
}

extension Target.Kind {
    /// Whether it is for kernel functions, which hand over what no system call would.
    fileprivate var isOfFunctions: Bool {
        switch self {
        case .function: true
        case .list(let list):
            switch list.content {
            case .functions, .functionsMatching: true
            case .systemCalls, .everySystemCall: false
            }
        case .systemCall, .unprefixed, .tracepoint, .rawTracepoint, .program, .staticProbe,
            .securityHook:
            false
        }
    }
}
