/// What lowering needs to know of a kernel.
///
/// The running one answers in production.
public protocol KernelFacts {
    /// What the kernel says of a system call without prefix, or nil where it has none.
    func systemCall(_ name: String) -> SystemCallFacts?
    /// The system calls that can be traced, without prefix.
    func systemCallNames() -> [String]
    /// Whether the kernel has a function of this name.
    func hasFunction(_ name: String) -> Bool
}

/// A system call as the kernel declares it.
public struct SystemCallFacts: Sendable, Equatable {
    /// The parameters in order.
    public var parameters: [Parameter]

    /// A parameter's name and C type, such as `flags` and `int`.
    public struct Parameter: Sendable, Equatable {
        /// Its name, such as `flags`.
        public var name: String
        /// Its C type, such as `int`.
        public var type: String

        /// Describes one parameter.
        public init(name: String, type: String) {
            self.name = name
            self.type = type
        }

        /// Whether it points somewhere.
        var isPointer: Bool { type.hasSuffix("*") || type.hasSuffix("]") }
    }

    /// Describes a system call by its parameters.
    public init(parameters: [Parameter]) { self.parameters = parameters }

    /// `int * fildes, int flags`.
    var declaration: String {
        parameters.isEmpty
            ? "none" : parameters.map { "\($0.type) \($0.name)" }.joined(separator: ", ")
    }
}

/// What is special about some system calls and no declaration tells.
enum SystemCallTraits {
    /// Return twice: in the child as 0.
    static let fork: Set = ["clone", "clone3", "fork", "vfork"]
    /// Replace the caller's registers, so that its parameters are gone at return.
    static let replaceRegisters: Set = ["execve", "execveat", "rt_sigreturn"]
    /// Do not return.
    static let neverReturn: Set = ["exit", "exit_group", "rt_sigreturn"]
    /// Return the number of elements that they wrote.
    static let returnElementCount: Set = ["getgroups"]
}
