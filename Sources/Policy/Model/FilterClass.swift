/// What a filter can compare of a value; nil in `ArgumentType.filterClass` where there is nothing.
enum FilterClass: Sendable, Hashable {
    case integer(bits: Int, isSigned: Bool)
    case systemCall
    case capabilities
    case text
    /// A path, of which the kind of file is known where `hasMode`.
    case path(hasMode: Bool)
    case packet
    case socket
    case address
    case unixAddress

    /// The classes in a sentence.
    var noun: String {
        switch self {
        case .integer: "an integer"
        case .systemCall: "a system call's number"
        case .capabilities: "a set of capabilities"
        case .text: "a text"
        case .path: "a path"
        case .packet: "a packet"
        case .socket: "a socket"
        case .address: "a socket's address"
        case .unixAddress: "a Unix socket's address"
        }
    }
}

extension ArgumentType {
    /// What filters compare, or nil where they have nothing to compare.
    var filterClass: FilterClass? {
        switch self {
        case .int32, .bpfCommand, .capability: .integer(bits: 32, isSigned: true)
        case .uint32: .integer(bits: 32, isSigned: false)
        case .int16: .integer(bits: 16, isSigned: true)
        case .uint16: .integer(bits: 16, isSigned: false)
        case .int8: .integer(bits: 8, isSigned: true)
        case .uint8: .integer(bits: 8, isSigned: false)
        case .int64: .integer(bits: 64, isSigned: true)
        case .uint64, .size: .integer(bits: 64, isSigned: false)
        case .systemCallNumber: .systemCall
        case .capabilitySet, .inheritableCapabilities, .permittedCapabilities,
            .effectiveCapabilities:
            .capabilities
        case .string, .characterBuffer, .dataLocation, .networkDevice: .text
        case .file, .path: .path(hasMode: true)
        case .filename, .descriptor, .dentry, .kiocb, .binaryProgram: .path(hasMode: false)
        case .packet: .packet
        case .sock, .socket: .socket
        case .socketAddress: .address
        case .unixAddress: .unixAddress
        case .characterVector, .ioVectorIterator, .credentials, .userNamespace, .bpfAttributes,
            .bpfProgram, .bpfMap, .perfEvent, .loadInfo, .module, .auto, .nop, .int32Array:
            nil
        }
    }
}
