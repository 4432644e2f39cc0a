extension Rules {
    /// What a filter compares a value of the type `type` with.
    mutating func operand(
        of filter: Value, _ comparison: ArgumentOperator, type: ArgumentType
    ) -> ArgumentFilter.Operand? {
        let entries = filter.list("values")
        if comparison.operand == .none {
            if let field = filter["values"], !entries.isEmpty {
                report(
                    severity: .warning, .noEffect, field, at: field.keyPosition,
                    "\"values\" has no effect: \(comparison.rawValue) says it all",
                    hint: "remove values")
            }
            return ArgumentFilter.Operand.none
        }
        guard !entries.isEmpty else {
            reportNoValues(filter, comparison)
            return nil
        }
        let isTextual = isTextual(type)
        let isUnlimited = comparison.operand == .numbersOrTexts && (isTextual || type == .auto)
        if !isUnlimited, entries.count > comparison.most.values {
            report(
                .tooMany, entries[comparison.most.values],
                "\(comparison.rawValue) has \(entries.count) values; at most "
                    + "\(comparison.most.values) are allowed",
                hint: comparison.most.instead)
        }
        switch comparison.operand {
        case .numbersOrTexts where isTextual || type == .auto:
            return texts(entries, comparison, most: 4096)
        case .numbersOrTexts, .numbers: return numbers(entries, comparison, type)
        case .ranges, .numbersRangesOrLists: return ranges(entries, comparison, type)
        case .texts(let most): return texts(entries, comparison, most: most)
        case .addresses: return addresses(entries)
        case .ports: return named(entries, "port", [:], 0...65_535)
        case .protocols: return named(entries, "protocol", KernelNames.protocols, 0...65_535)
        case .families: return named(entries, "address family", KernelNames.families, 0...65_535)
        case .states: return named(entries, "TCP state", KernelNames.states, 0...255)
        case .fileKinds: return fileKinds(entries)
        case .expression: return entries[0].text.map { .expression($0) }
        case .none: return ArgumentFilter.Operand.none
        }
    }

    private func isTextual(_ type: ArgumentType) -> Bool {
        switch type.filterClass {
        case .text, .path, .unixAddress: true
        default: false
        }
    }

    private mutating func reportNoValues(_ filter: Value, _ comparison: ArgumentOperator) {
        guard !filter.refused.contains("values"), isEverythingRead else { return }
        let field = filter["values"]
        report(
            field == nil ? .missingField : .empty, field ?? filter,
            "the filter has no values for \(comparison.rawValue) to compare with",
            hint: "list them as text, such as values: [\"1\"]")
    }

    // MARK: - Numbers

    private mutating func numbers(
        _ entries: [Value], _ comparison: ArgumentOperator, _ type: ArgumentType
    ) -> ArgumentFilter.Operand? {
        let numbers = entries.compactMap { number($0, comparison, type) }
        return numbers.count == entries.count ? .numbers(numbers) : nil
    }

    private mutating func number(
        _ entry: Value, _ comparison: ArgumentOperator, _ type: ArgumentType
    ) -> Int128? {
        guard let text = entry.text else { return nil }
        if let number = Numeral.number(text) {
            return checked(number, entry, comparison, type) ? number : nil
        }
        if type == .capability { return capability(named: text, entry).map { Int128($0) } }
        if type.filterClass == .capabilities { return capabilityMask(text, entry) }
        report(
            .invalidValue, entry, "\(text.quoted) is no number",
            hint: "write a number, such as 4, -1 or 0x40")
        return nil
    }

    /// The set that a list of names, with commas between them, stands for.
    private mutating func capabilityMask(_ text: String, _ entry: Value) -> Int128? {
        var mask: Int128 = 0
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = capability(named: String(name), entry) else { return nil }
            mask |= 1 << Int128(number)
        }
        return mask
    }

    /// Whether the type can have the number; a mask has no sign.
    private mutating func checked(
        _ number: Int128, _ entry: Value, _ comparison: ArgumentOperator, _ type: ArgumentType
    ) -> Bool {
        let range = type.numbers(isMask: comparison == .mask)
        guard !range.contains(number) else { return true }
        report(
            .outOfRange, entry,
            "\((entry.text ?? "").quoted) is no value of the type \(type.rawValue): from "
                + "\(range.lowerBound) to \(range.upperBound)",
            hint: "a filter on another number never changes")
        return false
    }

    private mutating func ranges(
        _ entries: [Value], _ comparison: ArgumentOperator, _ type: ArgumentType
    ) -> ArgumentFilter.Operand? {
        if comparison.operand == .numbersRangesOrLists,
            let named = entries.first(where: { $0.text.flatMap(Self.listName) != nil })
        {
            return calls(named, among: entries, type)
        }
        let ranges = entries.compactMap { range($0, comparison, type) }
        return ranges.count == entries.count ? .ranges(ranges) : nil
    }

    private mutating func range(
        _ entry: Value, _ comparison: ArgumentOperator, _ type: ArgumentType
    ) -> ClosedRange<Int128>? {
        guard let text = entry.text else { return nil }
        guard let (lower, upper) = Numeral.range(text) else {
            report(
                .invalidValue, entry, "\(text.quoted) is no range of numbers",
                hint: "write a range with both ends, such as 1:10, or a number")
            return nil
        }
        guard lower <= upper else {
            report(
                .invalidValue, entry, "the range \(text.quoted) ends before it starts",
                hint: "write the smaller number first")
            return nil
        }
        guard checked(lower, entry, comparison, type), checked(upper, entry, comparison, type)
        else { return nil }
        return lower...upper
    }

    /// `list:NAME`, the numbers of the list's system calls.
    private mutating func calls(
        _ entry: Value, among entries: [Value], _ type: ArgumentType
    ) -> ArgumentFilter.Operand? {
        guard let list = list(named: Self.listName(entry.text ?? "") ?? "", entry) else {
            return nil
        }
        if entries.count > 1 {
            report(
                .conflict, entries[1], "a list stands alone among the values of a filter",
                hint: "put all of the calls into one list")
            return nil
        }
        if type != .systemCallNumber, type != .auto {
            report(
                .invalidValue, entry,
                "a list of system calls is compared with the type syscall64, not \(type.rawValue)",
                hint:
                    "give the argument the type syscall64, which tells the system calls of 32-bit "
                    + "programs apart")
            return nil
        }
        return systemCalls(of: list, entry).map { .calls($0) }
    }

    // MARK: - Names

    private mutating func named(
        _ entries: [Value], _ noun: String, _ names: [String: Int], _ limits: ClosedRange<Int128>
    ) -> ArgumentFilter.Operand? {
        let ranges = entries.compactMap { entry -> ClosedRange<Int128>? in
            guard let text = entry.text else { return nil }
            if let number = names[text.uppercased()] { return Int128(number)...Int128(number) }
            guard let (lower, upper) = Numeral.range(text) else {
                reportUnknown(text, entry, noun, names)
                return nil
            }
            guard lower <= upper, limits.contains(lower), limits.contains(upper) else {
                report(
                    .outOfRange, entry, "\(text.quoted) is no \(noun)",
                    hint: "from \(limits.lowerBound) to \(limits.upperBound), the smaller number "
                        + "of a range first")
                return nil
            }
            return lower...upper
        }
        return ranges.count == entries.count ? .ranges(ranges) : nil
    }

    private mutating func reportUnknown(
        _ text: String, _ entry: Value, _ noun: String, _ names: [String: Int]
    ) {
        report(
            .invalidValue, entry, "\(text.quoted) is no \(noun)",
            hint: nearest(to: text, in: names.keys.sorted()).map { "did you mean \($0.quoted)?" }
                ?? "write one such as "
                + (names.keys.min().map { "\($0), or a number" } ?? "443 or 8000:8999"))
    }

    private mutating func fileKinds(_ entries: [Value]) -> ArgumentFilter.Operand? {
        let kinds = entries.compactMap { entry -> FileKind? in
            let text = entry.text ?? ""
            if let kind = KernelNames.fileKinds[text] { return kind }
            report(
                .invalidValue, entry, "\(text.quoted) is no kind of file",
                hint: "one of sock, lnk, reg, blk, dir, chr, fifo")
            return nil
        }
        return kinds.count == entries.count ? .fileKinds(kinds) : nil
    }

    private mutating func addresses(_ entries: [Value]) -> ArgumentFilter.Operand? {
        let blocks = entries.compactMap { entry -> AddressBlock? in
            let text = entry.text ?? ""
            if let block = AddressBlock(text) { return block }
            report(
                .invalidValue, entry, "\(text.quoted) is no IP address and no block of them",
                hint: text.contains("$")
                    ? "put the address in the place of the variable, such as 10.0.0.0/8"
                    : "write an address such as 192.0.2.1 or 2001:db8::1, or a block such as "
                        + "10.0.0.0/8")
            return nil
        }
        return blocks.count == entries.count ? .addresses(blocks) : nil
    }

    // MARK: - Texts

    private mutating func texts(
        _ entries: [Value], _ comparison: ArgumentOperator, most: Int
    ) -> ArgumentFilter.Operand? {
        var texts: [String] = []
        for entry in entries {
            guard var text = entry.text else { continue }
            // What C programmers write at the end of a text.
            if text.utf8.last == 0 { text.unicodeScalars.removeLast() }
            if text.isEmpty, comparison.operand != .numbersOrTexts {
                report(
                    .empty, entry, "\(comparison.rawValue) of nothing matches every text",
                    hint: "remove the value")
            } else if text.utf8.count > most {
                report(
                    .outOfRange, entry,
                    "\(text.quoted) has \(text.utf8.count) bytes; \(comparison.rawValue) compares "
                        + "at most \(most)", hint: "shorten it")
            } else {
                texts.append(text)
            }
        }
        return texts.count == entries.count ? .texts(texts) : nil
    }
}

extension ArgumentType {
    /// The numbers that a value can be, or that a mask can have; all where nobody can say.
    fileprivate func numbers(isMask: Bool) -> ClosedRange<Int128> {
        let everything = Int128(Int64.min)...Int128(UInt64.max)
        switch filterClass {
        case .integer(let bits, let isSigned):
            let highest = (Int128(1) << Int128(bits)) - 1
            let signed = -(Int128(1) << Int128(bits - 1))...(Int128(1) << Int128(bits - 1)) - 1
            if isMask { return signed.lowerBound...highest }
            return isSigned ? signed : 0...highest
        case .systemCall, .capabilities: return 0...Int128(UInt64.max)
        default: return everything
        }
    }
}
