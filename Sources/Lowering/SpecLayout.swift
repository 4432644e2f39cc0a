import CWire
import Policy

/// The fields of `struct hook_spec`, before they become bytes.
struct SpecLayout: Sendable, Equatable {
    var subject: UInt32 = 0
    /// How many functions the hook is for.
    var targets = 1
    /// Bytes of the function's result.
    var resultBytes = 8
    var ignoresZero = false
    /// Not 0: every record has this size.
    var recordSize: UInt32 = 0
    var bufferSize: UInt32 = 0
    var arguments: [Value] = []
    var result: Value?
    var selectors: [SelectorPlan] = []

    /// Whether some selector does more than have a record sent.
    var acts: Bool { selectors.contains(where: \.acts) }

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
        /// Bytes of a tracepoint's field, as `spec_argument.field_size` has it.
        var fieldSize = 0
        /// Where that stands in the tracepoint's record.
        var fieldOffset = 0
        /// Where the value stands in a record of fixed size.
        var offset = 0

        /// Bytes of the value in the largest record.
        var size: Int { MemoryLayout<wire_value>.size + room }

        /// Whether the payload is not always as large as there is room.
        var varies: Bool {
            type == WIRE_TYPE_STRING.rawValue
                || type == WIRE_TYPE_INT32_ARR.rawValue && countRule != SPEC_COUNT_FIXED.rawValue
        }

        fileprivate var wire: spec_argument {
            var argument = spec_argument()
            argument.type = UInt8(type)
            argument.parameter = UInt8(parameter)
            argument.position = UInt8(position)
            argument.moment = UInt8(
                (isReadAtReturn ? SPEC_MOMENT_RETURN : SPEC_MOMENT_ENTRY).rawValue)
            argument.count_rule = UInt8(countRule)
            argument.field_size = UInt8(fieldSize)
            argument.field_offset = UInt16(fieldOffset)
            argument.count = UInt32(count)
            argument.room = UInt32(room)
            argument.offset = UInt32(offset)
            return argument
        }
    }

    /// Gives every value its place, or the record a buffer where the places vary.
    mutating func place(shape: Attempt.Shape) {
        let values = arguments + (result.map { [$0] } ?? [])
        let largest = values.reduce(MemoryLayout<wire_call>.size) { $0 + $1.size }
        if shape == .pair || values.contains(where: \.varies) {
            let sizes = [SPEC_BUFFER_SMALL, SPEC_BUFFER_MEDIUM].map(Int.init)
            bufferSize = UInt32(sizes.first { largest <= $0 } ?? Int(SPEC_BUFFER_LARGE))
            recordSize = 0
            return
        }
        var offset = MemoryLayout<wire_call>.size
        for index in arguments.indices {
            arguments[index].offset = offset
            offset += arguments[index].size
        }
        result?.offset = offset
        recordSize = UInt32(largest)
    }

    /// The struct without what installing assigns.
    func spec(shape: Attempt.Shape) -> hook_spec {
        var spec = hook_spec()
        spec.subject = subject
        spec.result_bytes = UInt32(resultBytes)
        spec.shape =
            switch shape {
            case .entry: SPEC_SHAPE_ENTRY.rawValue
            case .return: SPEC_SHAPE_RETURN.rawValue
            case .pair: SPEC_SHAPE_PAIR.rawValue
            }
        spec.ignores_zero = ignoresZero ? 1 : 0
        spec.record_size = recordSize
        spec.buffer_size = bufferSize
        spec.acts = acts ? 1 : 0
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
        for (index, plan) in selectors.enumerated() {
            var selector = spec_selector()
            selector.silent = plan.reports ? 0 : 1
            for (index, signal) in plan.signals.enumerated() {
                Lowering.set(&selector.signals, at: index, to: UInt8(signal))
            }
            selector.pid_filter_count = UInt32(plan.processes.count)
            for (index, filter) in plan.processes.enumerated() {
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
