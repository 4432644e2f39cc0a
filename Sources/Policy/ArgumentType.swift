/// How to read a value.
///
/// The raw value is the spelling that Martlet itself uses.
public enum ArgumentType: String, Sendable, CaseIterable {
    /// The low 32 bits, signed.
    case int32
    /// The low 32 bits.
    case uint32
    /// The low 16 bits, signed.
    case int16
    /// The low 16 bits.
    case uint16
    /// The low 8 bits, signed.
    case int8
    /// The low 8 bits.
    case uint8
    /// All 64 bits, signed.
    case int64
    /// All 64 bits.
    case uint64
    /// A size in bytes, of 64 bits.
    case size = "size_t"
    /// The text that a pointer leads to, up to its terminator.
    case string
    /// The text that a tracepoint's record holds at the place that a field names.
    case dataLocation = "data_loc"
    /// What the kernel says that a tracepoint's field is.
    case auto
    /// Nothing is read.
    case nop
    /// The 32-bit signed integers that a pointer leads to.
    case int32Array = "int32_arr"

    /// Every spelling that a policy may use, the raw value among them.
    public var spellings: [String] {
        switch self {
        case .int32: ["int", "sint32", rawValue]
        case .int16: ["sint16", rawValue]
        case .int8: ["sint8", rawValue]
        case .int64: ["long", "sint64", rawValue]
        case .uint64: ["ulong", rawValue]
        case .uint32, .uint16, .uint8, .size, .string, .dataLocation, .auto, .nop, .int32Array:
            [rawValue]
        }
    }

    /// Whether the call may write to what the value points to.
    public var isPointerToOutput: Bool { self == .int32Array }

    /// Whether the value has elements, so that something must say how many.
    public var isList: Bool { self == .int32Array }

    /// The type with one of its spellings.
    ///
    /// - Parameter spelling: What the policy says.
    public init?(spelling: String) {
        guard let type = Self.allCases.first(where: { $0.spellings.contains(spelling) }) else {
            return nil
        }
        self = type
    }
}
