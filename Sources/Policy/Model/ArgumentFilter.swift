/// A filter by value.
public struct ArgumentFilter: Sendable, Equatable {
    /// The values that it looks at, by their positions in the hook's list, counted from 0.
    ///
    /// It is one, but for `CapabilitiesGained` and `CelExpr`; of a result always 0.
    public let positions: [Int]
    /// How they are compared.
    public let comparison: ArgumentOperator
    /// What they are compared with.
    public let operand: Operand
    /// A JSON Pointer to the filter.
    public let pointer: String
    /// Where the filter starts.
    public let position: SourcePosition

    /// What values are compared with; one of several is enough.
    public enum Operand: Sendable, Equatable {
        /// Nothing: the operator says it all.
        case none
        /// Numbers that the value's type can have.
        case numbers([Int128])
        /// Ranges of numbers, both ends included; a number alone is a range of one.
        case ranges([ClosedRange<Int128>])
        /// The calls of a list.
        case calls(CallList)
        /// Texts, without the terminator that the document may give them.
        case texts([String])
        /// Blocks of addresses.
        case addresses([AddressBlock])
        /// Kinds of files.
        case fileKinds([FileKind])
        /// An expression of the Common Expression Language.
        case expression(String)
    }
}

/// The IP addresses that begin with the same bits.
public struct AddressBlock: Sendable, Equatable {
    /// An address: 4 bytes of IPv4, 16 of IPv6.
    public let address: [UInt8]
    /// How many bits count.
    public let prefixLength: Int
}

/// What a file is.
public enum FileKind: Sendable, Equatable, CaseIterable {
    case socket, link, regular, block, directory, character, pipe
}
