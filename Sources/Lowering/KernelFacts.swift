public import Policy

/// What lowering needs to know of a kernel.
///
/// The running one answers in production.
public protocol KernelFacts {
    /// What the kernel says of a system call without prefix, or nil where it has none.
    func systemCall(_ name: String) -> SystemCallFacts?
    /// The system calls that can be traced, without prefix.
    func systemCallNames() -> [String]
    /// What the kernel's types say of a function, or nil where they have none of this name.
    func function(_ name: String) -> FunctionFacts?
    /// The functions that the kernel's types know, without those of modules.
    func functionNames() -> [String]
    /// How the kernel's symbols have functions that its types do not have.
    func symbols(_ names: Set<String>) -> [String: SymbolFacts]
    /// The functions that can be traced and match a POSIX extended regular expression.
    func traceableFunctions(matching pattern: String) -> PatternMatches
    /// What tracefs says of a tracepoint, or nil where it has none.
    func tracepoint(_ event: String, of subsystem: String) -> TracepointFacts?
    /// The tracepoints of a subsystem; empty where there is no such subsystem.
    func tracepointNames(of subsystem: String) -> [String]
    /// The subsystems that have tracepoints.
    func tracepointSubsystems() -> [String]
    /// The parameters of a tracepoint's TP_PROTO, or nil where the kernel's types have none.
    func rawTracepoint(_ event: String) -> FunctionFacts?
    /// Why this kernel cannot attach that way at all; nil where it can.
    func obstacle(to method: AttachMethod) -> String?
}

/// A parameter of a call, or a field, as the kernel declares it.
public struct Parameter: Sendable, Equatable {
    /// Its name, such as `flags`; empty where it has none.
    public var name: String
    /// Its C type, such as `int`.
    public var type: String
    /// Bytes of the value.
    public var bytes: Int
    /// Whether it is a number with a sign.
    public var isSigned: Bool

    /// Describes one parameter.
    public init(name: String, type: String, bytes: Int = 8, isSigned: Bool = false) {
        self.name = name
        self.type = type
        self.bytes = bytes
        self.isSigned = isSigned
    }

    /// Whether it points somewhere.
    var isPointer: Bool { type.hasSuffix("*") || type.hasSuffix("]") || type.contains("(*") }

    /// Whether it points to text.
    var isText: Bool {
        type.hasSuffix("*")
            && type.split(whereSeparator: { " *".contains($0) }).filter { $0 != "const" } == [
                "char"
            ]
    }

    /// `int flags`.
    var declaration: String { name.isEmpty ? type : "\(type) \(name)" }
}

/// A system call as the kernel declares it.
public struct SystemCallFacts: Sendable, Equatable {
    /// The parameters in order.
    public var parameters: [Parameter]
    /// The BTF id of the function that serves it, where the kernel's types have it.
    public var functionID: UInt32?

    /// Describes a system call.
    public init(parameters: [Parameter], functionID: UInt32? = nil) {
        self.parameters = parameters
        self.functionID = functionID
    }
}

/// A kernel function as the kernel's types declare it.
public struct FunctionFacts: Sendable, Equatable {
    /// Its BTF id.
    public var id: UInt32
    /// The module that it belongs to; nil is the kernel itself.
    public var module: String?
    /// Its parameters in order.
    public var parameters: [Parameter]
    /// What it returns; nil is nothing.
    public var result: Parameter?

    /// Describes a function.
    public init(id: UInt32, module: String? = nil, parameters: [Parameter], result: Parameter?) {
        self.id = id
        self.module = module
        self.parameters = parameters
        self.result = result
    }
}

/// What came of looking for functions by a pattern.
public enum PatternMatches: Sendable, Equatable {
    /// Their names in the kernel's order, each as often as there are functions of that name.
    case found([String])
    /// The kernel does not list what it can trace.
    case notListed
    /// The pattern is no POSIX extended regular expression, and why.
    case invalidPattern(reason: String)
}

/// What the kernel's symbols say of a name.
public struct SymbolFacts: Sendable, Equatable {
    /// Functions of exactly this name.
    public var count: Int
    /// The module that has it; nil is the kernel itself.
    public var module: String?
    /// Functions that the compiler made of it: `do_x.isra.0`.
    public var variants: [String]

    /// Describes a symbol.
    public init(count: Int = 0, module: String? = nil, variants: [String] = []) {
        self.count = count
        self.module = module
        self.variants = variants
    }
}

/// A tracepoint as tracefs describes it.
public struct TracepointFacts: Sendable, Equatable {
    /// Its number, for perf_event_open(2).
    public var id: UInt64
    /// The fields of its record in order, those that all tracepoints have included.
    public var fields: [Field]

    /// One field of a record.
    public struct Field: Sendable, Equatable {
        /// Its name and C type, and the bytes of one element.
        public var parameter: Parameter
        /// Where it stands in the record.
        public var offset: Int
        /// Elements, where it is an array in the record itself.
        public var elements: Int?
        /// Where its value is.
        public var location: Location

        /// Describes a field.
        public init(
            _ parameter: Parameter, offset: Int, elements: Int? = nil, location: Location = .inPlace
        ) {
            self.parameter = parameter
            self.offset = offset
            self.elements = elements
            self.location = location
        }
    }

    /// Where the value of a field is.
    public enum Location: Sendable, Equatable {
        /// In the field itself.
        case inPlace
        /// `__data_loc`: the field says where in the record.
        case fromRecord
        /// `__rel_loc`: the field says how far behind it.
        case fromField
    }

    /// Describes a tracepoint.
    public init(id: UInt64, fields: [Field]) {
        self.id = id
        self.fields = fields
    }
}
