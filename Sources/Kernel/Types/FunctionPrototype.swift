/// A kernel function as the kernel's types declare it.
public struct FunctionPrototype: Sendable, Equatable {
    /// Its name, such as `do_pipe2`.
    public let name: String
    /// Its number in the type information of the kernel, or of ``module``.
    public let btfID: UInt32
    /// The module that has it, or nil for the kernel itself.
    public let module: String?
    /// What it returns, or nil for `void`.
    public let result: CType?
    /// Its parameters in order; the `...` of a variadic function is none.
    public let parameters: [Parameter]
    /// The whole in C, such as `int do_pipe2(int *fildes, int flags)`.
    public let declaration: String

    /// One parameter as the kernel declares it.
    public struct Parameter: Sendable, Equatable {
        /// Its name, such as `flags`; empty where the declaration has none.
        public let name: String
        /// Its type.
        public let type: CType
    }
}

/// A type as C declares it, and what a program can do with a value of it.
public struct CType: Sendable, Equatable {
    /// The type as it is written, such as `const struct path *`.
    public let text: String
    /// What it is when typedefs and qualifiers are taken off.
    public let kind: Kind

    /// What a value is made of.
    public enum Kind: Sendable, Equatable {
        case integer(bytes: Int, signed: Bool)
        case boolean
        case enumeration(bytes: Int, signed: Bool)
        /// Points to a value of the named type: `file` for `struct file *`, `unsigned int` for
        /// `u32 *`, `void`, or nil for what has no name, such as another pointer.
        ///
        /// `user` marks addresses of the process. Few kernels say so: their compiler has to.
        case pointer(to: String?, user: Bool)
        /// A structure or union that is passed by value.
        case structure(bytes: Int)
        case other
    }
}
