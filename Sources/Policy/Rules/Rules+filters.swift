/// What a filter by value looks at.
enum FilterSubject {
    case argument, data, result
}

extension Rules {
    /// A filter by argument, data or result.
    mutating func filter(
        _ value: Value, on subject: FilterSubject, in scope: FilterScope
    ) -> ArgumentFilter? {
        guard let name = value["operator"]?.text, let comparison = ArgumentOperator(rawValue: name)
        else { return nil }
        let readings: [ValueReading]
        let positions: [Int]
        switch subject {
        case .argument:
            guard let found = argumentPositions(of: value, in: scope) else { return nil }
            positions = found
            readings = found.map { scope.arguments[$0].reading }
        case .data:
            guard let found = dataPosition(of: value, in: scope) else { return nil }
            positions = [found]
            readings = [scope.data[found].reading]
        case .result:
            guard let result = result(for: value, in: scope) else { return nil }
            positions = [0]
            readings = [result.reading]
        }
        checkCount(of: readings, comparison, value)
        let types = readings.map(\.type)
        guard checkTypes(types, comparison, value), let type = types.first else { return nil }
        let operand = operand(of: value, comparison, type: type)
        checkExpression(operand, arguments: positions.count, value)
        return operand.map {
            ArgumentFilter(
                positions: positions, comparison: comparison, operand: $0,
                pointer: value.pointer, position: value.position)
        }
    }

    // MARK: - What it looks at

    private mutating func argumentPositions(
        of value: Value, in scope: FilterScope
    ) -> [Int]? {
        // What was refused is reported already, and would only move the others.
        let isKnown =
            scope.arguments.count == scope.hook.list("args").count
            && !scope.hook.refused.contains("args") && isEverythingRead
        let entries = value.list("args")
        guard entries.isEmpty else {
            let positions = entries.compactMap(\.number)
            if isKnown,
                let wrong = entries.first(where: { $0.number ?? 0 >= scope.arguments.count })
            {
                report(
                    .invalidValue, wrong,
                    "the hook has no argument at position \(wrong.number ?? 0)",
                    hint: "args counts the entries of the hook's args from 0; there are "
                        + "\(scope.arguments.count)")
                return nil
            }
            return positions.allSatisfy { $0 < scope.arguments.count } ? positions : nil
        }
        guard let field = value["index"], let index = field.number else { return nil }
        if let position = scope.arguments.firstIndex(where: { $0.index == index }) {
            return [position]
        }
        guard isKnown else { return nil }
        guard scope.section == .tracepoints, index < scope.arguments.count else {
            let known = scope.arguments.map { String($0.index) }.joined(separator: ", ")
            report(
                .invalidValue, field.isStandard ? value : field,
                "the hook does not report argument \(index), which the filter is about",
                hint: known.isEmpty
                    ? "list it under args" : "list it under args; there are \(known)")
            return nil
        }
        report(
            severity: .warning, .ambiguousIndex, field.isStandard ? value : field,
            "no field \(index) is listed under args, so the filter is about position \(index): "
                + "field \(scope.arguments[index].index)",
            hint: "write index: \(scope.arguments[index].index)")
        return [index]
    }

    private mutating func dataPosition(of value: Value, in scope: FilterScope) -> Int? {
        guard let field = value["index"], let index = field.number else { return nil }
        if index < scope.data.count { return index }
        guard scope.data.count == scope.hook.list("data").count,
            !scope.hook.refused.contains("data"), isEverythingRead
        else { return nil }
        report(
            .invalidValue, field.isStandard ? value : field,
            "the hook has no data at position "
                + "\(index)",
            hint: "matchData counts the entries of the hook's data from 0; there are "
                + "\(scope.data.count)")
        return nil
    }

    private mutating func result(for value: Value, in scope: FilterScope) -> ReturnValue? {
        guard let result = scope.result else {
            guard scope.hook.refused.isDisjoint(with: ["return", "returnArg"]), isEverythingRead
            else { return nil }
            if [.tracepoints, .usdts, .lsmhooks].contains(scope.section) {
                report(
                    .notApplicable, value, "\(scope.section.noun) has no result to filter by",
                    hint: "remove matchReturnArgs")
            } else {
                report(
                    .missingField, value, "the hook has no result for matchReturnArgs to look at",
                    hint: "add return: true and returnArg to the hook")
            }
            return nil
        }
        if let field = value["index"], let index = field.number, index != result.index {
            report(
                .invalidValue, field.isStandard ? value : field,
                "matchReturnArgs is about \(index), and returnArg has the index \(result.index)",
                hint: "write index: \(result.index)")
        }
        return result
    }

    // MARK: - How it compares

    private mutating func checkCount(
        of readings: [ValueReading], _ comparison: ArgumentOperator, _ value: Value
    ) {
        let count = readings.count
        if comparison == .capabilitiesGained, count != 2 {
            report(
                .invalidValue, value, "CapabilitiesGained compares two arguments, not \(count)",
                hint: "write args: [0, 1], the old set and then the new one")
        } else if count > 1, ![.capabilitiesGained, .expression].contains(comparison) {
            report(
                .conflict, value, "\(comparison.rawValue) looks at one argument, not \(count)",
                hint: "write index, or one filter for each argument")
        }
    }

    private mutating func checkTypes(
        _ types: [ArgumentType], _ comparison: ArgumentOperator, _ value: Value
    ) -> Bool {
        // Only the kernel knows what auto is.
        for type in types where type != .auto {
            let field = value["operator"] ?? value
            guard let filterClass = type.filterClass else {
                report(
                    .invalidValue, field, "a value of the type \(type.rawValue) cannot be filtered",
                    hint: "report it under another type, or filter by another argument")
                return false
            }
            guard !comparison.takes(filterClass) else { continue }
            let fitting = ArgumentOperator.allCases.filter { $0.takes(filterClass) }
            report(
                .invalidValue, field,
                "\(comparison.rawValue) does not compare the type \(type.rawValue), "
                    + filterClass.noun,
                hint: "one of " + fitting.map(\.rawValue).joined(separator: ", "))
            return false
        }
        return true
    }

    private mutating func checkExpression(
        _ operand: ArgumentFilter.Operand?, arguments: Int, _ value: Value
    ) {
        guard case .expression(let text)? = operand else { return }
        tally.expressions += 1
        if tally.expressions == 9 {
            report(
                .tooMany, value, "the policy has more than 8 expressions",
                hint: "use other operators, or several policies")
        }
        if let fault = ExpressionFault(text, arguments: arguments),
            let place = value.list("values").first
        {
            report(.invalidValue, place, fault.message, hint: fault.hint)
        }
    }
}
