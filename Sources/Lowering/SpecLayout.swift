import CWire
import Policy

/// The fields of `struct hook_spec`, before they become bytes.
struct SpecLayout: Sendable, Equatable {
    var ignoresZero = false
    /// Not 0: every record has this size.
    var recordSize: UInt32 = 0
    var bufferSize: UInt32 = 0
    var arguments: [Value] = []
    var result: Value?
    var selectors: [[ProcessFilter]] = []

    /// One `struct spec_argument`.
    struct Value: Sendable, Equatable {
        var type: wire_type.RawValue
        var parameter: Int
        var position: Int
        var isReadAtReturn: Bool
        var countRule: spec_count.RawValue
        var count: Int
        /// Bytes for the largest payload, a multiple of 8.
        var room: Int
        /// Where the value stands in a record of fixed size.
        var offset = 0

        /// Bytes of the value in the largest record.
        var size: Int { MemoryLayout<wire_value>.size + room }

        fileprivate var wire: spec_argument {
            var argument = spec_argument()
            argument.type = UInt8(type)
            argument.parameter = UInt8(parameter)
            argument.position = UInt8(position)
            argument.moment = UInt8(
                (isReadAtReturn ? SPEC_MOMENT_RETURN : SPEC_MOMENT_ENTRY).rawValue)
            argument.count_rule = UInt8(countRule)
            argument.count = UInt32(count)
            argument.room = UInt32(room)
            argument.offset = UInt32(offset)
            return argument
        }
    }

    /// The struct without what installing assigns.
    func spec(shape: HookPlan.Shape) -> hook_spec {
        var spec = hook_spec()
        spec.shape =
            switch shape {
            case .entry: SPEC_SHAPE_ENTRY.rawValue
            case .return: SPEC_SHAPE_RETURN.rawValue
            case .pair: SPEC_SHAPE_PAIR.rawValue
            }
        spec.ignores_zero = ignoresZero ? 1 : 0
        spec.record_size = recordSize
        spec.buffer_size = bufferSize
        spec.value_count = UInt32(arguments.count + (result == nil ? 0 : 1))
        for (index, argument) in arguments.enumerated() {
            set(&spec.arguments, at: index, to: argument.wire)
        }
        if let result { spec.result = result.wire }
        return spec
    }

    /// Writes the selectors; `followSets` gives the filters that follow forks their sets, in order.
    func fill(_ spec: inout hook_spec, followSets: [UInt8]) {
        var sets = followSets[...]
        spec.follows = followSets.isEmpty ? 0 : 1
        spec.selector_count = UInt32(selectors.count)
        for (index, filters) in selectors.enumerated() {
            var selector = spec_selector()
            selector.pid_filter_count = UInt32(filters.count)
            for (index, filter) in filters.enumerated() {
                let set = filter.followsForks ? sets.popFirst() ?? 0 : 0
                Lowering.set(&selector.pid_filters, at: index, to: wire(filter, followSet: set))
            }
            set(&spec.selectors, at: index, to: selector)
        }
    }

    private func wire(_ filter: ProcessFilter, followSet: UInt8) -> spec_pid_filter {
        var wire = spec_pid_filter()
        wire.negated = filter.isNegated ? 1 : 0
        wire.follow_set = followSet
        wire.count = UInt16(filter.processes.count)
        for (index, process) in filter.processes.enumerated() {
            set(&wire.values, at: index, to: process)
        }
        return wire
    }
}

/// Sets one element of a C array, which Swift imports as a tuple.
func set<Array, Element: BitwiseCopyable>(
    _ array: inout Array, at index: Int, to element: Element
) {
    let stride = MemoryLayout<Element>.stride
    precondition((index + 1) * stride <= MemoryLayout<Array>.size, "a C array is full")
    withUnsafeMutableBytes(of: &array) {
        $0.storeBytes(of: element, toByteOffset: index * stride, as: Element.self)
    }
}
