extension YAMLSyntaxError {
    /// This error in terms of the text that was read.
    func diagnostic(in bytes: UnsafeBufferPointer<UInt8>) -> Diagnostic {
        guard let position else {
            let offset = forbiddenByteOffset ?? 0
            return Diagnostic(
                code: .notText, pointer: "", position: .init(offset: offset, in: bytes),
                message: "this character is not allowed in YAML or JSON: \(problem)",
                hint: "send the policy as UTF-8 text")
        }
        // libyaml sees the end of a text in the line after it.
        let end = SourcePosition(offset: bytes.count, in: bytes)
        // libyaml has a limit of its own, and reads up to 1,024 characters ahead of its events.
        if problem.contains("Maximum nesting level") {
            return .tooDeep(pointer: "", position: position)
        }
        let isTab = problem.contains("cannot start any token") && bytes.contains(0x09)
        return Diagnostic(
            code: .syntax, pointer: "", position: min(position, end),
            message: "this is not valid YAML or JSON: \(problem)",
            hint: isTab ? "YAML is indented with spaces, not with tabs" : nil)
    }
}

extension Diagnostic {
    /// There are more lists and objects inside each other than a check follows.
    static func tooDeep(pointer: String, position: SourcePosition) -> Diagnostic {
        Diagnostic(
            code: .tooDeep, pointer: pointer, position: position,
            message: "more than \(DocumentLimit.nesting) lists and objects inside each other")
    }
}

extension SourcePosition {
    /// The place of the byte at `offset` of some UTF-8, with lines as libyaml counts them.
    init(offset: Int, in bytes: some Collection<UInt8>) {
        var line = 1
        var column = 1
        var previous: Unicode.Scalar?
        for scalar in String(decoding: bytes.prefix(offset), as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\n" where previous == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                line += 1
                column = 1
            default: column += 1
            }
            previous = scalar
        }
        self.init(line: line, column: column)
    }
}
