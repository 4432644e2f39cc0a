/// How a filter compares a value.
///
/// The raw value is what policies call it.
public enum ArgumentOperator: String, Sendable, CaseIterable {
    case equal = "Equal"
    case notEqual = "NotEqual"
    case prefix = "Prefix"
    case notPrefix = "NotPrefix"
    case postfix = "Postfix"
    case notPostfix = "NotPostfix"
    case greaterThan = "GreaterThan"
    case lessThan = "LessThan"
    case greater = "GT"
    case less = "LT"
    case mask = "Mask"
    case sourcePort = "SPort"
    case notSourcePort = "NotSPort"
    case sourcePortPrivileged = "SPortPriv"
    case notSourcePortPrivileged = "NotSportPriv"
    case destinationPort = "DPort"
    case notDestinationPort = "NotDPort"
    case destinationPortPrivileged = "DPortPriv"
    case notDestinationPortPrivileged = "NotDPortPriv"
    case sourceAddress = "SAddr"
    case notSourceAddress = "NotSAddr"
    case destinationAddress = "DAddr"
    case notDestinationAddress = "NotDAddr"
    case protocolNumber = "Protocol"
    case family = "Family"
    case state = "State"
    case inMap = "InMap"
    case notInMap = "NotInMap"
    case capabilitiesGained = "CapabilitiesGained"
    case inRange = "InRange"
    case notInRange = "NotInRange"
    case substring = "SubString"
    case substringIgnoringCase = "SubStringIgnCase"
    case expression = "CelExpr"
    case fileType = "FileType"
    case notFileType = "NotFileType"
}

/// What the values of a filter are.
enum OperandKind: Equatable {
    /// Numbers, or texts, as the value's type is.
    case numbersOrTexts
    case numbers, ranges, numbersRangesOrLists
    /// Texts of at most so many bytes.
    case texts(Int)
    case addresses, ports, protocols, families, states, fileKinds, expression
    case none
}

extension ArgumentOperator {
    /// What the values are.
    var operand: OperandKind {
        switch self {
        case .equal, .notEqual: .numbersOrTexts
        case .greaterThan, .lessThan, .greater, .less, .mask: .numbers
        case .inRange, .notInRange: .ranges
        case .inMap, .notInMap: .numbersRangesOrLists
        case .prefix, .notPrefix: .texts(256)
        case .postfix, .notPostfix: .texts(127)
        case .substring, .substringIgnoringCase: .texts(99)
        case .sourcePort, .notSourcePort, .destinationPort, .notDestinationPort: .ports
        case .sourceAddress, .notSourceAddress, .destinationAddress, .notDestinationAddress:
            .addresses
        case .protocolNumber: .protocols
        case .family: .families
        case .state: .states
        case .fileType, .notFileType: .fileKinds
        case .expression: .expression
        case .sourcePortPrivileged, .notSourcePortPrivileged, .destinationPortPrivileged,
            .notDestinationPortPrivileged, .capabilitiesGained:
            .none
        }
    }

    /// The most values, and what to use instead of more.
    var most: (values: Int, instead: String) {
        switch self {
        case .equal, .notEqual:
            (4, "use \(self == .equal ? "InMap" : "NotInMap"), which takes as many as you need")
        case .greaterThan, .lessThan, .greater, .less, .mask:
            (4, "use several filters or selectors")
        case .inRange: (4, "use InMap, which takes as many ranges as you need")
        case .notInRange: (4, "use NotInMap, which takes as many ranges as you need")
        case .fileType, .notFileType: (4, "use several selectors")
        case .substring, .substringIgnoringCase: (100, "use several selectors")
        case .expression: (1, "join the expressions with &&")
        default: (10_000, "use several selectors")
        }
    }

    /// Whether the operator can be applied to a value of that class.
    func takes(_ value: FilterClass) -> Bool {
        switch value {
        case .integer(let bits, _):
            switch operand {
            case .numbersOrTexts, .numbers, .ranges, .numbersRangesOrLists: true
            case .expression: bits >= 32
            default: false
            }
        case .systemCall:
            [.numbersOrTexts, .numbers, .ranges, .numbersRangesOrLists].contains(operand)
        case .capabilities:
            [.numbersOrTexts, .numbers].contains(operand) || self == .capabilitiesGained
        case .text: isTextual
        case .path(let hasMode): isTextual || (hasMode && operand == .fileKinds)
        case .packet: isOfPackets && operand != .states
        case .socket: isOfPackets
        case .address: isOfSource || operand == .families
        case .unixAddress:
            (isTextual && ![.postfix, .notPostfix].contains(self)) || operand == .families
        }
    }

    private var isTextual: Bool {
        switch operand {
        case .numbersOrTexts, .texts: true
        default: false
        }
    }

    private var isOfPackets: Bool {
        switch operand {
        case .addresses, .ports, .protocols, .families, .states: true
        case .none: self != .capabilitiesGained
        default: false
        }
    }

    private var isOfSource: Bool {
        [
            .sourceAddress, .notSourceAddress, .sourcePort, .notSourcePort, .sourcePortPrivileged,
            .notSourcePortPrivileged,
        ].contains(self)
    }
}

extension ArgumentOperator: NamedValue {
    var meaning: String {
        switch self {
        case .equal: "is one of the values: up to 4 numbers, or texts of up to 4,096 bytes"
        case .notEqual: "is none of the values, as with Equal"
        case .prefix: "starts with one of the values, of up to 256 bytes"
        case .notPrefix: "starts with none of the values, of up to 256 bytes"
        case .postfix: "ends with one of the values, of up to 127 bytes"
        case .notPostfix: "ends with none of the values, of up to 127 bytes"
        case .greaterThan, .greater: "is greater than one of up to 4 numbers, signed as its type is"
        case .lessThan, .less: "is less than one of up to 4 numbers, signed as its type is"
        case .mask: "has a bit of one of up to 4 numbers"
        case .sourcePort: "the source port is one of the ports, or in a range such as 80:89"
        case .notSourcePort: "the source port is none of those"
        case .sourcePortPrivileged: "the source port is below 1024; no values"
        case .notSourcePortPrivileged: "the source port is 1024 or more; no values"
        case .destinationPort: "the destination port is one of the ports, or in a range"
        case .notDestinationPort: "the destination port is none of those"
        case .destinationPortPrivileged: "the destination port is below 1024; no values"
        case .notDestinationPortPrivileged: "the destination port is 1024 or more; no values"
        case .sourceAddress: "the source address is one of the addresses or in a block (CIDR)"
        case .notSourceAddress: "the source address is none of those"
        case .destinationAddress: "the destination address is one of those or in a block (CIDR)"
        case .notDestinationAddress: "the destination address is none of those"
        case .protocolNumber: "the protocol is one of them, as IPPROTO_TCP or number"
        case .family: "the address family is one of them, as AF_INET or number"
        case .state: "the TCP state is one of them, as TCP_LISTEN or number"
        case .inMap: "is one of the numbers or in one of the ranges; list:NAME for system calls"
        case .notInMap: "is none of those"
        case .capabilitiesGained: "of two sets, args: [old, new], the new one has more; no values"
        case .inRange: "is in one of up to 4 ranges such as 1:10, both ends included"
        case .notInRange: "is in none of those"
        case .substring: "has one of the values in it, of up to 99 bytes"
        case .substringIgnoringCase: "the same, whatever the case of letters"
        case .expression: "one expression holds, such as arg0 > 4"
        case .fileType: "is one of up to 4 kinds: reg, dir, lnk, sock, blk, chr, fifo"
        case .notFileType: "is none of those"
        }
    }
}
