import Policy

extension Resolver {
    /// What is wrong with the hook's arguments for a call that has these parameters.
    func parameterProblems(of name: String, _ parameters: [Parameter]) -> [Diagnostic] {
        let declaration =
            parameters.isEmpty
            ? "none" : parameters.map(\.declaration).joined(separator: ", ")
        return hook.arguments.flatMap { argument -> [Diagnostic] in
            guard argument.index < parameters.count else {
                return [
                    Diagnostic(
                        code: .outOfRange, pointer: argument.pointer + "/index",
                        position: argument.position,
                        message: "\(name) has no parameter \(argument.index)",
                        hint: "its parameters, counted from 0: \(declaration)")
                ]
            }
            let parameter = parameters[argument.index]
            var problems = typeProblems(
                argument, as: argument.type, parameter: parameter,
                declared: "parameter \(argument.index) of \(name) is \(parameter.declaration)")
            if case .parameter(let index) = argument.count, index >= parameters.count {
                problems.append(
                    Diagnostic(
                        code: .outOfRange, pointer: argument.pointer + "/sizeArgIndex",
                        position: argument.position,
                        message: "\(name) has no parameter \(index + 1)",
                        hint: "sizeArgIndex counts from 1: \(declaration)"))
            }
            return problems
        }
    }

    /// What is wrong with reading `parameter` as `type`; `declared` says what it is.
    func typeProblems(
        _ argument: Argument, as type: ArgumentType, parameter: Parameter, declared: String
    ) -> [Diagnostic] {
        func problem(_ severity: Diagnostic.Severity, _ message: String, _ hint: String)
            -> [Diagnostic]
        {
            [
                Diagnostic(
                    severity: severity, code: .wrongType, pointer: argument.pointer + "/type",
                    position: argument.position, message: message, hint: hint)
            ]
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
            if parameter.bytes == 8, case .function = hook.target.kind {
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
