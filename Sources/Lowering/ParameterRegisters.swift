/// In which registers a kernel function gets its parameters.
///
/// System V ABI, AMD64, 3.2.3: a structure of up to 16 bytes takes a register for each 8 of them,
/// or lies on the stack where there are not as many left; a larger one always lies there. A result
/// of more than 16 bytes takes the first register, for the place that it goes to.
struct ParameterRegisters {
    private static let registers = 6

    /// By parameter: the first register that it takes.
    private var first: [Int?] = []

    init(of function: FunctionFacts) {
        var next = (function.result?.bytes ?? 0) > 16 ? 1 : 0
        for parameter in function.parameters {
            let taken = (parameter.bytes + 7) / 8
            if parameter.bytes > 16 {
                first.append(nil)
            } else if next + taken <= Self.registers {
                first.append(next)
                next += taken
            } else {
                first.append(nil)
                // A smaller one could still take the rest. A trampoline numbers words in the order
                // of the parameters, so there it would have another number.
                next = Self.registers
            }
        }
    }

    /// How many parameters there are.
    var count: Int { first.count }

    /// The register of a parameter; nil where it lies on the stack.
    subscript(parameter: Int) -> Int? { first[parameter] }
}
