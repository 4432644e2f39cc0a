extension Rules {
    /// What a uprobe's `path` and `symbols`, `offsets` or `addrs` name.
    mutating func programTarget(of hook: Value) -> Target? {
        let places = places(of: hook)
        let digests = hook.list("binaryDigests").compactMap { digest($0) }
        let counters = hook.list("refCtrOffsets").compactMap(\.number)
        checkCounters(of: hook, counters.count, places)
        guard let path = hook["path"], let written = path.text, let places else { return nil }
        return Target(
            written: written,
            kind: .program(
                ProgramTarget(
                    path: written, places: places, counterOffsets: counters,
                    typesPath: hook["btfPath"]?.text, digests: digests,
                    toleratesOtherDigest: hook["ignore"]?.enabled("digestVerificationFailure")
                        != nil)), pointer: path.pointer, position: path.position)
    }

    private static let placeFields = ["symbols", "offsets", "addrs"]

    private mutating func places(of hook: Value) -> ProgramTarget.Places? {
        let found = Self.placeFields.compactMap { name in hook[name].map { (name, $0) } }
        if found.count > 1 {
            report(
                .conflict, found[1].1, at: found[1].1.keyPosition,
                "\(found[0].0.quoted) and \(found[1].0.quoted) both say where the functions are",
                hint: "keep one of symbols, offsets and addrs")
        }
        guard let (name, value) = found.first else {
            if hook.refused.isDisjoint(with: Self.placeFields) {
                report(
                    .missingField, hook, "nothing says where in the program the functions are",
                    hint: "add one of symbols, offsets and addrs, such as symbols: [readline]")
            }
            return nil
        }
        guard case .list(let entries) = value.content else { return nil }
        let numbers = entries.compactMap(\.number)
        return switch name {
        case "symbols": .symbols(entries.compactMap(\.text))
        case "offsets": .offsets(numbers)
        default: .addresses(numbers)
        }
    }

    private mutating func checkCounters(
        of hook: Value, _ count: Int, _ places: ProgramTarget.Places?
    ) {
        guard count > 0, let field = hook["refCtrOffsets"] else { return }
        let expected: Int? =
            switch places {
            case .symbols(let symbols): symbols.count
            case .offsets(let offsets): offsets.count
            case .addresses, nil: nil
            }
        guard let expected else {
            if case .addresses? = places {
                report(
                    .conflict, field, at: field.keyPosition,
                    "\"refCtrOffsets\" goes with symbols or offsets, and not with addrs",
                    hint: "remove it, or write offsets")
            }
            return
        }
        if count != expected {
            report(
                .conflict, field,
                "\"refCtrOffsets\" has \(count) entries for \(expected) functions",
                hint: "list one for each")
        }
    }

    /// `ALGORITHM:HEX`.
    private mutating func digest(_ value: Value) -> BinaryDigest? {
        guard let text = value.text else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let algorithms = BinaryDigest.Algorithm.allCases.map(\.rawValue)
        guard let algorithm = BinaryDigest.Algorithm(rawValue: String(parts[0])), parts.count == 2
        else {
            report(
                .invalidValue, value, "\(text.quoted) does not start with an algorithm",
                hint: "write ALGORITHM:HEX, with one of \(algorithms.joined(separator: ", "))")
            return nil
        }
        let digits = parts[1].lowercased()
        let isHex = digits.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        let expected = algorithm.digits
        guard isHex, expected.map({ $0 == digits.utf8.count }) ?? !digits.isEmpty else {
            let length = expected.map { "\($0) " } ?? ""
            report(
                .invalidValue, value, "\(text.quoted) is no digest of \(algorithm.rawValue)",
                hint: "write \(length)hexadecimal digits after the colon")
            return nil
        }
        return BinaryDigest(algorithm: algorithm, digits: digits)
    }

    /// What a static probe's `path`, `provider` and `name` name.
    mutating func probeTarget(of hook: Value) -> Target? {
        guard let path = hook["path"]?.text, let provider = hook["provider"]?.text,
            let value = hook["name"], let name = value.text
        else { return nil }
        return Target(
            written: "\(provider):\(name)",
            kind: .staticProbe(path: path, provider: provider, name: name),
            pointer: value.pointer, position: value.position)
    }

    /// What a security hook's `hook` names.
    mutating func securityTarget(of hook: Value) -> Target? {
        guard let value = hook["hook"], let written = value.text,
            isSymbol(written, value, such: "file_open")
        else { return nil }
        for prefix in ["bpf_lsm_", "security_"] where written.hasPrefix(prefix) {
            report(
                .invalidValue, value, "a security hook is named without \(prefix.quoted)",
                hint: "write \(String(written.dropFirst(prefix.utf8.count)).quoted)")
            return nil
        }
        return Target(
            written: written, kind: .securityHook(name: written), pointer: value.pointer,
            position: value.position)
    }

    /// Uprobes of one program are attached together, so they name places in one way.
    mutating func checkPlaces(of hooks: [Hook]) {
        guard !options.settings.excludesUprobeMulti else { return }
        var first: [String: ProgramTarget.Places] = [:]
        for hook in hooks {
            guard case .program(let program) = hook.target.kind else { continue }
            guard let other = first[program.path] else {
                first[program.path] = program.places
                continue
            }
            if !other.isLike(program.places) {
                reportPlace(hook.target)
            }
        }
    }

    private mutating func reportPlace(_ target: Target) {
        report(
            .conflict, Value(at: target),
            "hooks on \(target.written.quoted) name their functions in different ways",
            hint: "use one of symbols, offsets and addrs for all hooks on a program, or set the "
                + "option disable-uprobe-multi")
    }
}

extension BinaryDigest.Algorithm {
    /// How many digits a digest has, where the algorithm says it.
    fileprivate var digits: Int? {
        switch self {
        case .sha1: 40
        case .sha256: 64
        case .sha384: 96
        case .sha512: 128
        case .buildID: nil
        }
    }
}

extension ProgramTarget.Places {
    fileprivate func isLike(_ other: Self) -> Bool {
        switch (self, other) {
        case (.symbols, .symbols), (.offsets, .offsets), (.addresses, .addresses): true
        default: false
        }
    }
}
