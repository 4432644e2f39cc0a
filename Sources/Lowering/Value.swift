import CWire
import Policy

extension ArgumentType {
    /// Whether the value is what a pointer leads to, and not the parameter itself.
    var readsMemory: Bool { self == .string || self == .int32Array }

    /// The type that records carry; nop has none, auto is another by now, and the rest have none until
    /// they are served.
    var wire: wire_type.RawValue {
        let type =
            switch self {
            case .int32: WIRE_TYPE_INT
            case .uint32: WIRE_TYPE_U32
            case .int16: WIRE_TYPE_S16
            case .uint16: WIRE_TYPE_U16
            case .int8: WIRE_TYPE_S8
            case .uint8: WIRE_TYPE_U8
            case .int64: WIRE_TYPE_S64
            case .uint64: WIRE_TYPE_U64
            case .size: WIRE_TYPE_SIZE
            case .string, .dataLocation: WIRE_TYPE_STRING
            case .int32Array: WIRE_TYPE_INT32_ARR
            // What the service does not serve does not get here.
            default: WIRE_TYPE_NONE
            }
        return type.rawValue
    }
}

/// How many elements an array has, as `spec_argument` says it: a rule and its number.
private func count(_ count: ElementCount?, traits: SystemCallTraits) -> (
    rule: spec_count, number: Int
) {
    switch count {
    case .parameter(let parameter) where traits.returnsElementCount:
        (SPEC_COUNT_RETURN, parameter)
    case .parameter(let parameter): (SPEC_COUNT_PARAMETER, parameter)
    case .fixed(let count): (SPEC_COUNT_FIXED, count)
    case nil: (SPEC_COUNT_FIXED, 0)
    }
}

/// Bytes for the largest payload of a type, a multiple of 8.
private func room(_ type: ArgumentType, _ count: (rule: spec_count, number: Int)) -> Int {
    switch type {
    case .nop, .auto: return 0
    // The read takes the terminator, and one byte more to tell a cut text.
    case .string, .dataLocation: return aligned(Int(WIRE_STRING_MAX) + 2)
    case .int32Array:
        let isFixed = count.rule == SPEC_COUNT_FIXED
        return aligned(4 + 4 * (isFixed ? count.number : Int(WIRE_INT32_ARR_MAX)))
    default: return 8
    }
}

private func aligned(_ size: Int) -> Int { (size + 7) & ~7 }

/// The value that reports an argument, read as `source` says.
func value(
    of argument: Argument, at position: Int, from source: ValueSource, traits: SystemCallTraits
) -> SpecLayout.Value {
    var count = count(source.count, traits: traits)
    // Only an array that the call fills can be bounded by what the call says it filled.
    if !argument.isCopiedAtReturn && count.rule == SPEC_COUNT_RETURN {
        count.rule = SPEC_COUNT_PARAMETER
    }
    return SpecLayout.Value(
        type: source.type.wire, parameter: source.parameter, position: position,
        isReadAtReturn: argument.isCopiedAtReturn, countRule: count.rule.rawValue,
        count: count.number, room: room(source.type, count), fieldSize: source.fieldSize,
        fieldOffset: source.fieldOffset)
}

/// The value that reports what the function returns.
///
/// `elements` says how many it has, where it is an array.
func value(ofResult result: ReturnValue, elements: ElementCount?, traits: SystemCallTraits)
    -> SpecLayout.Value
{
    let count = count(elements, traits: traits)
    return SpecLayout.Value(
        type: result.type.wire, parameter: 0, position: Int(WIRE_POSITION_RETURN),
        isReadAtReturn: true, countRule: count.rule.rawValue, count: count.number,
        room: room(result.type, count))
}

/// Where a call has an argument, and as what.
struct ValueSource: Equatable {
    /// The type, which is not `auto` any more.
    var type: ArgumentType
    /// Which parameter, or in which register one of a kernel function is passed.
    var parameter = 0
    /// How many elements an array has; a parameter as above.
    var count: ElementCount?
    /// Bytes of a tracepoint's field, as `spec_argument.field_size` has it.
    var fieldSize = 0
    /// Where that stands in the tracepoint's record.
    var fieldOffset = 0
}
