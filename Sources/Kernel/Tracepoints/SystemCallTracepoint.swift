/// What the kernel's tracepoints say of one system call.
public struct SystemCallTracepoint: Sendable, Equatable {
    /// The name without prefix, such as `pipe2`.
    public let name: String
    /// The parameters in order, with their C types.
    public let parameters: [Parameter]
    /// The numbers of the two tracepoints, for perf_event_open(2).
    public let enterID: UInt64
    /// The number of the one where the call returns.
    public let exitID: UInt64

    /// One parameter as the kernel declares it.
    public struct Parameter: Sendable, Equatable {
        /// Its name, such as `flags`.
        public let name: String
        /// Its C type, such as `const char *`.
        public let type: String
        /// Whether it points somewhere.
        public var isPointer: Bool { type.hasSuffix("*") || type.hasSuffix("]") }
    }

    /// Reads `events/syscalls/sys_enter_NAME` and `sys_exit_NAME`; nil where there are none.
    init?(named name: String, in tracefs: Tracefs) {
        guard
            let enter = tracefs.tracepoint("syscalls", "sys_enter_\(name)"),
            let exit = tracefs.tracepoint("syscalls", "sys_exit_\(name)")
        else { return nil }
        self.name = name
        enterID = enter.id
        exitID = exit.id
        parameters = Self.parameters(of: enter.fields)
    }

    /// Parameters are the 8-byte fields from offset 16 on.
    ///
    /// Before them stand the common fields and the number, and newer kernels append copies of
    /// strings.
    static func parameters(of fields: [TracepointFormat.Field]) -> [Parameter] {
        fields.filter { $0.offset >= 16 && $0.size == 8 }
            .map { Parameter(name: $0.name, type: $0.type) }
    }
}

extension Tracefs {
    /// The system calls that this kernel can trace, without prefix, sorted.
    public func systemCalls() -> [String] {
        let prefix = "sys_enter_"
        return events(of: "syscalls").filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }

    /// What the kernel says of the system call `name`, or nil where it has no such tracepoint.
    public func systemCall(named name: String) -> SystemCallTracepoint? {
        SystemCallTracepoint(named: name, in: self)
    }
}
