/// How to read a value.
///
/// The raw value is the spelling that Martlet itself uses.
public enum ArgumentType: String, Sendable, CaseIterable {
    case int32, uint32, int16, uint16, int8, uint8, int64, uint64
    case size = "size_t"
    case string
    case filename
    case characterBuffer = "char_buf"
    case characterVector = "char_iovec"
    case ioVectorIterator = "iov_iter"
    case descriptor = "fd"
    case file, path, dentry, kiocb
    case binaryProgram = "linux_binprm"
    case packet = "skb"
    case sock, socket
    case socketAddress = "sockaddr"
    case unixAddress = "sockaddr_un"
    case networkDevice = "net_device"
    case dataLocation = "data_loc"
    case credentials = "cred"
    case userNamespace = "user_namespace"
    case capability
    case capabilitySet = "kernel_cap_t"
    case inheritableCapabilities = "cap_inheritable"
    case permittedCapabilities = "cap_permitted"
    case effectiveCapabilities = "cap_effective"
    case bpfAttributes = "bpf_attr"
    case bpfProgram = "bpf_prog"
    case bpfMap = "bpf_map"
    case bpfCommand = "bpf_cmd"
    case perfEvent = "perf_event"
    case loadInfo = "load_info"
    case module
    case systemCallNumber = "syscall64"
    case auto
    case nop
    case int32Array = "int32_arr"

    /// Every spelling that a policy may use, the raw value among them.
    public var spellings: [String] {
        switch self {
        case .int32: ["int", "sint32", rawValue]
        case .int16: ["sint16", rawValue]
        case .int8: ["sint8", rawValue]
        case .int64: ["long", "sint64", rawValue]
        case .uint64: ["ulong", rawValue]
        default: [rawValue]
        }
    }

    /// Whether the call may write to what the value points to.
    public var isPointerToOutput: Bool {
        [.int32Array, .characterBuffer, .characterVector].contains(self)
    }

    /// Whether the value has elements, so that something must say how many.
    public var isList: Bool { self == .int32Array }

    /// Whether `sizeArgIndex` says how much there is of it.
    var isCounted: Bool { isPointerToOutput }

    /// The type with one of its spellings.
    ///
    /// - Parameter spelling: What the policy says.
    public init?(spelling: String) {
        guard let type = Self.bySpelling[spelling] else { return nil }
        self = type
    }

    private static let bySpelling = Dictionary(
        uniqueKeysWithValues: allCases.flatMap { type in type.spellings.map { ($0, type) } })
}

extension ArgumentType {
    /// One sentence for the people who write policies.
    var meaning: String {
        switch self {
        case .int32: "the low 32 bits, signed"
        case .uint32: "the low 32 bits"
        case .int16: "the low 16 bits, signed"
        case .uint16: "the low 16 bits"
        case .int8: "the low 8 bits, signed"
        case .uint8: "the low 8 bits"
        case .int64: "all 64 bits, signed"
        case .uint64: "all 64 bits"
        case .size: "a size in bytes, of 64 bits"
        case .string: "the text that a pointer leads to, up to its terminator"
        case .filename: "the path in a `struct filename`"
        case .characterBuffer: "bytes, as many as `sizeArgIndex` or the result says"
        case .characterVector: "bytes in several buffers, a `struct iovec` for each"
        case .ioVectorIterator: "bytes behind a `struct iov_iter`"
        case .descriptor: "the path of what a file descriptor stands for"
        case .file: "the path of a `struct file`"
        case .path: "the path of a `struct path`"
        case .dentry: "the path of a `struct dentry` inside of its mount"
        case .kiocb: "the path of the file of a `struct kiocb`"
        case .binaryProgram: "the path of the program of a `struct linux_binprm`"
        case .packet: "a packet, `struct sk_buff`: addresses, ports, protocol"
        case .sock: "a `struct sock`: addresses, ports, state"
        case .socket: "the `struct sock` of a `struct socket`"
        case .socketAddress: "a `struct sockaddr`: family, address, port"
        case .unixAddress: "a `struct sockaddr_un`: a path, or an abstract name"
        case .networkDevice: "the name of a `struct net_device`"
        case .dataLocation: "the text that a tracepoint's record holds where a field says"
        case .credentials: "a `struct cred`: ids, capabilities, user namespace"
        case .userNamespace: "a `struct user_namespace`"
        case .capability: "a capability, by its number"
        case .capabilitySet: "a set of capabilities, `kernel_cap_t`"
        case .inheritableCapabilities: "the set of inheritable capabilities"
        case .permittedCapabilities: "the set of permitted capabilities"
        case .effectiveCapabilities: "the set of effective capabilities"
        case .bpfAttributes: "the program that a `union bpf_attr` describes"
        case .bpfProgram: "a `struct bpf_prog`"
        case .bpfMap: "a `struct bpf_map`"
        case .bpfCommand: "a command of bpf(2)"
        case .perfEvent: "a `struct perf_event`"
        case .loadInfo: "a module that is being loaded, `struct load_info`"
        case .module: "a `struct module`"
        case .systemCallNumber: "the number of a system call, and its ABI"
        case .auto: "what the kernel says that a tracepoint's field is"
        case .nop: "nothing is read; it keeps its place in the output"
        case .int32Array: "32-bit signed integers that a pointer leads to; Martlet's own type"
        }
    }
}
