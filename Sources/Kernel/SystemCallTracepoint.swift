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
        let enter = "events/syscalls/sys_enter_\(name)"
        let exit = "events/syscalls/sys_exit_\(name)"
        guard
            let format = tracefs.read(enter + "/format"),
            let enterID = Self.number(tracefs.read(enter + "/id")),
            let exitID = Self.number(tracefs.read(exit + "/id"))
        else { return nil }
        self.name = name
        self.enterID = enterID
        self.exitID = exitID
        parameters = Self.parameters(ofFormat: format)
    }

    private static func number(_ text: String?) -> UInt64? {
        text.flatMap { UInt64($0.prefix { $0.isNumber }) }
    }

    /// Parses the fields of a tracepoint's context.
    ///
    ///     field:const char * filename;	offset:24;	size:8;	signed:0;
    ///
    /// Parameters are the 8-byte fields from offset 16 on; before them stand the
    /// common fields and the number, and newer kernels append copies of strings.
    static func parameters(ofFormat format: String) -> [Parameter] {
        format.split(separator: "\n").compactMap { line in
            let fields = line.split(whereSeparator: { $0 == ";" || $0 == "\t" })
            guard
                let declaration = fields.first?.dropPrefix("field:"),
                let offset = fields.lazy.compactMap({ $0.dropPrefix("offset:") }).first,
                let size = fields.lazy.compactMap({ $0.dropPrefix("size:") }).first,
                let start = Int(offset), start >= 16, size == "8",
                let space = declaration.lastIndex(of: " ")
            else { return nil }
            return Parameter(
                name: String(declaration[space...].dropFirst()), type: String(declaration[..<space])
            )
        }
    }
}

extension Substring {
    /// What follows `prefix`, or nil where the text does not begin with it.
    fileprivate func dropPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}

extension Tracefs {
    /// The system calls that this kernel can trace, without prefix, sorted.
    public func systemCalls() -> [String] {
        let prefix = "sys_enter_"
        return events(of: "syscalls").filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    /// What the kernel says of the system call `name`, or nil where it has no such tracepoint.
    public func systemCall(named name: String) -> SystemCallTracepoint? {
        guard !name.isEmpty,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { return nil }
        return SystemCallTracepoint(named: name, in: self)
    }
}
