/// What is special about some system calls and no declaration tells.
struct SystemCallTraits: Hashable {
    /// Returns twice: in the child as 0.
    var forks = false
    /// Replaces the caller's registers, so that its parameters are gone at return.
    var replacesRegisters = false
    /// Returns the number of elements that it wrote.
    var returnsElementCount = false

    /// What is special about a system call, by its name without prefix.
    init(of name: String) {
        forks = ["clone", "clone3", "fork", "vfork"].contains(name)
        replacesRegisters = ["execve", "execveat", "rt_sigreturn"].contains(name)
        returnsElementCount = name == "getgroups"
    }

    /// Nothing is special: a function that is no system call.
    init() {}

    /// Do not return.
    static let neverReturn: Set = ["exit", "exit_group", "rt_sigreturn"]
}
